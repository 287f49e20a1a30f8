// A report as a list of blocks: what it says, apart from how Markdown or HTML write it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ionpass::workflows::report {

enum class Tone { neutral, good, warning, bad };

/// All texts are plain: the writers escape them. A newline in a cell starts a new line there.
struct Heading {
  int level = 2;
  std::string text;
  std::string id;  ///< anchor, letters and hyphens; empty: none
};

struct Paragraph {
  std::string text;
};

struct Callout {
  Tone tone = Tone::neutral;
  std::string title;
  std::vector<std::string> lines;
};

struct Bullets {
  std::vector<std::string> items;
};

/// Names with their values.
struct Facts {
  std::vector<std::pair<std::string, std::string>> rows;
};

struct Column {
  std::string title;
  std::string group = {};  ///< heading over neighbouring columns that share it; empty: none
  bool number = false;     ///< aligned to the right
};

struct Cell {
  std::string text;
  std::string note = {};  ///< small, below the text
  Tone tone = Tone::neutral;
  bool strong = false;
  int rows = 1;          ///< how many rows it spans
  bool covered = false;  ///< taken by a spanning cell above
  int columns = 1;       ///< how many columns it spans; the cells it takes are left out of the row
};

struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

struct LegendEntry {
  std::string text;
  int series = 0;
};

/// A plot with what it shows as numbers; writers without pictures take the table.
struct Figure {
  std::string title;
  std::string caption;
  std::optional<std::string> svg;  ///< ready to be put into HTML
  std::vector<LegendEntry> legend;
  Table data;
  bool wide = false;
};

/// One line of the overview: a computed barrier beside published ones.
struct StripRow {
  std::string name;
  std::string detail;
  std::optional<double> value;  ///< eV
  double uncertainty = 0.0;     ///< eV
  struct Published {
    double low = 0.0, high = 0.0;  ///< eV
    bool verified = false;
  };
  std::vector<Published> published;
};

/// Barriers on one common scale; only HTML draws it, since the numbers stand in the tables.
struct Strips {
  std::vector<StripRow> rows;
};

using Block = std::variant<Heading, Paragraph, Callout, Bullets, Facts, Table, Figure, Strips>;

struct Document {
  std::string title;
  std::string subtitle;
  std::string footer;
  std::vector<Block> blocks;
};

[[nodiscard]] std::string to_markdown(const Document& document);
[[nodiscard]] std::string to_html(const Document& document);

/// Colour of a series in plots and legends, "#rrggbb": readable on white and on dark ground.
[[nodiscard]] std::string series_colour(int series);

/// The style sheet of the HTML report.
[[nodiscard]] const char* style_sheet();

}  // namespace ionpass::workflows::report
