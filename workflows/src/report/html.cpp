// Writes a document as one HTML file that loads nothing and runs nothing.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "document.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

const char* tone_class(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::warning:
      return "warning";
    case Tone::bad:
      return "bad";
    case Tone::neutral:
      break;
  }
  return "neutral";
}

std::string lines_html(const std::string& text) {
  std::string out = escape_html(text);
  for (std::size_t at = out.find('\n'); at != std::string::npos; at = out.find('\n', at)) {
    out.replace(at, 1, "<br>");
  }
  return out;
}

/// A round number of eV that holds all rows, for the common scale.
double strip_scale(const Strips& strips) {
  double largest = 0.5;
  for (const StripRow& row : strips.rows) {
    if (row.value) largest = std::max(largest, *row.value + row.uncertainty);
    for (const auto& p : row.published) largest = std::max(largest, p.high);
  }
  return std::ceil(largest * 1.05 * 5.0) / 5.0;
}

class HtmlWriter {
 public:
  void operator()(const Heading& heading) {
    const std::string id = heading.id.empty() ? "" : " id=\"" + escape_html(heading.id) + "\"";
    out += fmt::format("<h{0}{1}>{2}</h{0}>\n", heading.level, id, escape_html(heading.text));
  }

  void operator()(const Paragraph& paragraph) {
    out += "<p>" + escape_html(paragraph.text) + "</p>\n";
  }

  void operator()(const Callout& callout) {
    out += fmt::format("<section class=\"callout {}\">\n<p class=\"lead\">{}</p>\n",
                       tone_class(callout.tone), escape_html(callout.title));
    (*this)(Bullets{callout.lines});
    out += "</section>\n";
  }

  void operator()(const Bullets& bullets) {
    if (bullets.items.empty()) return;
    out += "<ul>\n";
    for (const std::string& item : bullets.items) out += "<li>" + escape_html(item) + "</li>\n";
    out += "</ul>\n";
  }

  void operator()(const Facts& facts) {
    if (facts.rows.empty()) return;
    out += "<dl class=\"facts\">\n";
    for (const auto& [name, value] : facts.rows) {
      out +=
          fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), lines_html(value));
    }
    out += "</dl>\n";
  }

  void operator()(const Table& table) {
    out += "<div class=\"table\" tabindex=\"0\">\n<table>\n";
    if (!table.caption.empty()) out += "<caption>" + escape_html(table.caption) + "</caption>\n";
    header(table);
    out += "<tbody>\n";
    for (const std::vector<Cell>& row : table.rows) {
      // A cell that spans rows opens a material: a rule is drawn above it.
      const bool opens = !row.empty() && row.front().rows > 0 && !row.front().covered;
      out += opens ? "<tr class=\"opens\">" : "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i) {
        cell(row[i], table.columns[i].number && row[i].columns == 1);
      }
      out += "</tr>\n";
    }
    out += "</tbody>\n</table>\n</div>\n";
  }

  void operator()(const Figure& figure) {
    out += fmt::format("<figure class=\"{}\">\n<figcaption><strong>{}</strong>",
                       figure.wide ? "wide" : "card", escape_html(figure.title));
    if (!figure.caption.empty()) out += "<br>" + escape_html(figure.caption);
    out += "</figcaption>\n";
    legend(figure);
    if (figure.svg) out += "<div class=\"plot\">" + *figure.svg + "</div>\n";
    if (!figure.data.rows.empty()) {
      // Without a picture the numbers must be in sight.
      out += figure.svg ? "<details><summary>Numbers</summary>\n"
                        : "<details open><summary>Numbers</summary>\n";
      (*this)(figure.data);
      out += "</details>\n";
    }
    out += "</figure>\n";
  }

  void operator()(const Strips& strips) {
    if (strips.rows.empty()) return;
    const double scale = strip_scale(strips);
    out += "<figure class=\"strips wide\">\n<div class=\"strip-rows\">\n";
    for (const StripRow& row : strips.rows) strip(row, scale);
    out += "<div class=\"strip-name\"></div><div class=\"strip-bar\">" + strip_axis(scale) +
           "</div><div class=\"strip-value\"></div>\n</div>\n";
    out +=
        "<figcaption class=\"key\"><span class=\"swatch computed\"></span>this calculation, with "
        "its "
        "stated uncertainty <span class=\"swatch seen\"></span>published, read in the source "
        "<span class=\"swatch unseen\"></span>published, not verified at the source</figcaption>\n"
        "</figure>\n";
  }

  std::string out;

 private:
  void header(const Table& table) {
    const bool grouped = std::any_of(table.columns.begin(), table.columns.end(),
                                     [](const Column& c) { return !c.group.empty(); });
    out += "<thead>\n<tr>";
    std::string second;
    for (std::size_t i = 0; i < table.columns.size();) {
      const Column& column = table.columns[i];
      const char* align = column.number ? " class=\"number\"" : "";
      if (column.group.empty()) {
        out += fmt::format("<th scope=\"col\"{}{}>{}</th>", align, grouped ? " rowspan=\"2\"" : "",
                           escape_html(column.title));
        ++i;
        continue;
      }
      std::size_t end = i;
      for (; end < table.columns.size() && table.columns[end].group == column.group; ++end) {
        second += fmt::format("<th scope=\"col\" class=\"number\">{}</th>",
                              escape_html(table.columns[end].title));
      }
      out += fmt::format("<th scope=\"colgroup\" class=\"group\" colspan=\"{}\">{}</th>", end - i,
                         escape_html(column.group));
      i = end;
    }
    out += "</tr>\n";
    if (grouped) out += "<tr>" + second + "</tr>\n";
    out += "</thead>\n";
  }

  void cell(const Cell& cell, bool number) {
    if (cell.covered) return;
    std::string classes = number ? "number" : "";
    if (cell.tone != Tone::neutral)
      classes += std::string(classes.empty() ? "" : " ") + tone_class(cell.tone);
    if (cell.strong) classes += classes.empty() ? "strong" : " strong";
    if (cell.columns > 1) classes += classes.empty() ? "aside" : " aside";
    out += "<td";
    if (!classes.empty()) out += " class=\"" + classes + "\"";
    if (cell.rows > 1) out += fmt::format(" rowspan=\"{}\"", cell.rows);
    if (cell.columns > 1) out += fmt::format(" colspan=\"{}\"", cell.columns);
    out += ">" + lines_html(cell.text);
    if (!cell.note.empty()) out += "<small>" + lines_html(cell.note) + "</small>";
    out += "</td>";
  }

  void legend(const Figure& figure) {
    if (figure.legend.empty() || !figure.svg) return;
    out += "<ul class=\"legend\">\n";
    for (const LegendEntry& entry : figure.legend) {
      out += fmt::format("<li><span class=\"swatch\" style=\"background:{}\"></span>{}</li>\n",
                         series_colour(entry.series), escape_html(entry.text));
    }
    out += "</ul>\n";
  }

  static constexpr double strip_width = 600.0;  // of the drawing's own units

  void strip(const StripRow& row, double scale) {
    const auto x = [&](double energy) {
      return std::clamp(energy / scale, 0.0, 1.0) * strip_width;
    };
    out += fmt::format("<div class=\"strip-name\">{}<small>{}</small></div>", escape_html(row.name),
                       escape_html(row.detail));
    out += fmt::format(
        "<div class=\"strip-bar\"><svg viewBox=\"-8 0 {:.0f} 40\" role=\"img\" aria-label=\"{}\">"
        "<line x1=\"0\" y1=\"20\" x2=\"{:.0f}\" y2=\"20\" class=\"track\"/>",
        strip_width + 16, escape_html(row.name), strip_width);
    for (const auto& p : row.published) {
      const char* look = p.verified ? "seen" : "unseen";
      if (p.high > p.low) {
        out += fmt::format(
            "<rect x=\"{:.1f}\" y=\"27\" width=\"{:.1f}\" height=\"6\" rx=\"3\" class=\"{}\"/>",
            x(p.low), x(p.high) - x(p.low), look);
      } else {
        out +=
            fmt::format("<circle cx=\"{:.1f}\" cy=\"30\" r=\"4.5\" class=\"{}\"/>", x(p.low), look);
      }
    }
    if (row.value) {
      const double low = x(*row.value - row.uncertainty);
      const double high = x(*row.value + row.uncertainty);
      out += fmt::format(
          "<rect x=\"{:.1f}\" y=\"6\" width=\"{:.1f}\" height=\"12\" rx=\"6\" class=\"band\"/>"
          "<circle cx=\"{:.1f}\" cy=\"12\" r=\"6\" class=\"computed\"/>",
          low, high - low, x(*row.value));
    }
    out += fmt::format("</svg></div><div class=\"strip-value\">{}</div>\n",
                       row.value ? fixed(*row.value, 3) + " eV" : std::string("no barrier"));
  }

  static std::string strip_axis(double scale) {
    std::string axis =
        fmt::format("<svg viewBox=\"-8 0 {:.0f} 22\" aria-hidden=\"true\">", strip_width + 16);
    const int ticks = static_cast<int>(std::lround(scale / 0.2));
    const int every = std::max(1, ticks / 8);
    for (int i = 0; i <= ticks; i += every) {
      const double at = 0.2 * i / scale * strip_width;
      axis += fmt::format("<text x=\"{:.1f}\" y=\"14\" class=\"tick\">{:.1f}{}</text>", at, 0.2 * i,
                          i + every > ticks ? " eV" : "");
    }
    return axis + "</svg>";
  }
};

std::string contents(const Document& document) {
  std::string out = "<nav aria-label=\"Contents\">";
  for (const Block& block : document.blocks) {
    const auto* heading = std::get_if<Heading>(&block);
    if (heading == nullptr || heading->level != 2 || heading->id.empty()) continue;
    out +=
        fmt::format("<a href=\"#{}\">{}</a>", escape_html(heading->id), escape_html(heading->text));
  }
  return out + "</nav>\n";
}

}  // namespace

std::string series_colour(int series) {
  static constexpr std::array<const char*, 8> colours = {
      "#2f6fde", "#e0631b", "#1b9e77", "#9a4fd0", "#c79a14", "#d6336c", "#16a3b8", "#7a8794"};
  return colours.at(static_cast<std::size_t>(series) % colours.size());
}

std::string to_html(const Document& document) {
  HtmlWriter writer;
  writer.out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n";
  writer.out += "<title>" + escape_html(document.title) + "</title>\n<style>\n" + style_sheet() +
                "</style>\n</head>\n<body>\n<header>\n<h1>" + escape_html(document.title) +
                "</h1>\n<p>" + escape_html(document.subtitle) + "</p>\n" + contents(document) +
                "</header>\n<main>\n";
  bool in_cards = false;
  for (const Block& block : document.blocks) {
    const auto* figure = std::get_if<Figure>(&block);
    const bool card = figure != nullptr && !figure->wide;
    if (card != in_cards) writer.out += card ? "<div class=\"cards\">\n" : "</div>\n";
    in_cards = card;
    std::visit(writer, block);
  }
  if (in_cards) writer.out += "</div>\n";
  return writer.out + "</main>\n<footer>" + escape_html(document.footer) +
         "</footer>\n</body>\n</html>\n";
}

}  // namespace ionpass::workflows::report
