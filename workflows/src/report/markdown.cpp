// Writes a document as Markdown (CommonMark with pipe tables).
#include <algorithm>

#include <fmt/format.h>

#include "document.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

class MarkdownWriter {
 public:
  void operator()(const Heading& heading) {
    out += fmt::format("{} {}\n\n", std::string(static_cast<std::size_t>(heading.level), '#'),
                       escape_markdown(heading.text));
  }

  void operator()(const Paragraph& paragraph) { out += escape_markdown(paragraph.text) + "\n\n"; }

  void operator()(const Callout& callout) {
    out += "> **" + escape_markdown(callout.title) + "**\n";
    for (const std::string& line : callout.lines) out += ">\n> " + escape_markdown(line) + "\n";
    out += "\n";
  }

  void operator()(const Bullets& bullets) {
    for (const std::string& item : bullets.items) out += "- " + escape_markdown(item) + "\n";
    if (!bullets.items.empty()) out += "\n";
  }

  void operator()(const Facts& facts) {
    for (const auto& [name, value] : facts.rows) {
      out += fmt::format("- **{}:** {}\n", escape_markdown(name), lines(value));
    }
    if (!facts.rows.empty()) out += "\n";
  }

  void operator()(const Table& table) {
    if (!table.caption.empty()) out += "*" + escape_markdown(table.caption) + "*\n\n";
    std::string rule = "|";
    out += "|";
    for (const Column& column : table.columns) {
      const std::string title =
          column.group.empty() ? column.title : column.group + " " + column.title;
      out.append(" ").append(escape_markdown(title)).append(" |");
      rule += column.number ? " ---: |" : " --- |";
    }
    out += "\n" + rule + "\n";
    for (const std::vector<Cell>& row : table.rows) {
      out += "|";
      for (const Cell& cell : row) {
        out.append(" ").append(cell_text(cell)).append(" |");
        for (int i = 1; i < cell.columns; ++i) out += " |";
      }
      out += "\n";
    }
    out += "\n";
  }

  void operator()(const Figure& figure) {
    out += "**" + escape_markdown(figure.title) + "**\n\n";
    if (!figure.caption.empty()) out += escape_markdown(figure.caption) + "\n\n";
    if (!figure.data.rows.empty()) (*this)(figure.data);
  }

  void operator()(const Strips& /*overview*/) {}

  std::string out;

 private:
  /// Text whose lines stay lines, also in a table cell.
  static std::string lines(const std::string& text) {
    std::string out;
    std::size_t start = 0;
    while (start <= text.size()) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      if (start > 0) out += "<br>";
      out += escape_markdown(std::string_view(text).substr(start, end - start));
      start = end + 1;
    }
    return out;
  }

  static std::string cell_text(const Cell& cell) {
    if (cell.covered) return "";
    std::string text = lines(cell.text);
    if (cell.strong && !text.empty()) text = "**" + text + "**";
    if (!cell.note.empty()) text += " (" + escape_markdown(cell.note) + ")";
    return text;
  }
};

}  // namespace

std::string to_markdown(const Document& document) {
  MarkdownWriter writer;
  writer.out = "# " + escape_markdown(document.title) + "\n\n";
  if (!document.subtitle.empty()) writer.out += escape_markdown(document.subtitle) + "\n\n";
  for (const Block& block : document.blocks) std::visit(writer, block);
  writer.out += "---\n\n" + escape_markdown(document.footer) + "\n";
  return writer.out;
}

}  // namespace ionpass::workflows::report
