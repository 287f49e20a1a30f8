#include "recipe/comparison_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <workflows/report.hpp>

#include "cli/output.hpp"
#include "report/document.hpp"
#include "report/plots.hpp"

namespace ionpass::workflows {
namespace {

using skgen::HeaderComparison;
using skgen::LargestDifference;
using skgen::PairComparison;
using skgen::SetComparison;

std::vector<std::string> header_row(const HeaderComparison& h) {
  return {h.shell, fmt::format("{:.8f}", h.onsite),
          fmt::format("{:.1e}", h.onsite - h.other_onsite), fmt::format("{:.8f}", h.hubbard),
          fmt::format("{:.1e}", h.hubbard - h.other_hubbard)};
}

const std::vector<std::string> header_titles{"shell", "on-site (Ha)", "difference", "U (Ha)",
                                             "difference"};

std::vector<std::string> pair_row(const PairComparison& pair) {
  const auto difference = [](const LargestDifference& d) {
    return d.column.empty() ? std::string("0")
                            : fmt::format("{:.1e} ({}, {:.2f})", d.value, d.column, d.distance);
  };
  return {pair.pair, fmt::format("{:.2f}", pair.range), fmt::format("{:.2f}", pair.other_range),
          difference(pair.hamiltonian), difference(pair.overlap)};
}

const std::vector<std::string> pair_titles{"pair", "range (bohr)", "range of the other",
                                           "largest ΔH (Ha; integral, bohr)",
                                           "largest ΔS (integral, bohr)"};

template <class Rows, class Make>
report::Table document_table(const std::string& caption, const std::vector<std::string>& titles,
                             const Rows& rows, Make make) {
  report::Table table{.caption = caption, .columns = {}, .rows = {}};
  for (std::size_t i = 0; i < titles.size(); ++i)
    table.columns.push_back({.title = titles[i], .number = i > 0});
  for (const auto& row : rows) {
    std::vector<report::Cell> cells;
    for (const std::string& text : make(row)) cells.push_back({.text = text});
    table.rows.push_back(cells);
  }
  return table;
}

template <class Rows, class Make>
std::string text_table(const std::vector<std::string>& titles, const Rows& rows, Make make) {
  TextTable table(titles);
  for (const auto& row : rows) table.add(make(row));
  return table.text();
}

std::string summary(const SetComparison& comparison) {
  LargestDifference h, s;
  std::string h_pair, s_pair;
  for (const PairComparison& pair : comparison.pairs) {
    if (pair.hamiltonian.value > h.value) h = pair.hamiltonian, h_pair = pair.pair;
    if (pair.overlap.value > s.value) s = pair.overlap, s_pair = pair.pair;
  }
  if (h.value == 0.0 && s.value == 0.0)
    return fmt::format("{} compared: all integrals are the same",
                       counted(comparison.pairs.size(), "pair"));
  return fmt::format("{} compared: H differs by up to {:.1e} Ha ({}), S by up to {:.1e} ({})",
                     counted(comparison.pairs.size(), "pair"), h.value, h_pair, s.value, s_pair);
}

std::string missing_text(const SetComparison& comparison) {
  return fmt::format("in one set only: {}", fmt::join(comparison.missing, ", "));
}

}  // namespace

std::string comparison_text(const SetComparison& comparison, const ComparedSets& names) {
  std::string out =
      fmt::format("{} against {}\n{}\n\n", names.first, names.second, summary(comparison));
  if (!comparison.missing.empty()) out += missing_text(comparison) + "\n\n";
  return out + text_table(header_titles, comparison.headers, header_row) + "\n" +
         text_table(pair_titles, comparison.pairs, pair_row);
}

std::string comparison_html(const SetComparison& comparison, const ComparedSets& names) {
  const ReportOptions options;
  report::Plotter plotter(options);
  report::Document document{
      .title = fmt::format("Slater–Koster tables: {} against {}", names.first, names.second),
      .subtitle = summary(comparison) + ".",
      .footer =
          "Lines: the first set. Dashed and black: the second. Differences below 1e-12 are "
          "drawn at 1e-12.",
      .blocks = {}};
  if (!comparison.missing.empty())
    document.blocks.push_back(report::Paragraph{missing_text(comparison)});
  document.blocks.push_back(report::Heading{2, "Atoms", "atoms"});
  document.blocks.push_back(document_table(
      "On-site energies and Hubbard parameters of the first set; first minus second.",
      header_titles, comparison.headers, header_row));
  document.blocks.push_back(report::Heading{2, "Pairs", "pairs"});
  document.blocks.push_back(
      document_table("Largest differences.", pair_titles, comparison.pairs, pair_row));
  document.blocks.push_back(report::Heading{2, "Integrals", "integrals"});
  for (const PairComparison& pair : comparison.pairs)
    document.blocks.push_back(
        report::Figure{.title = pair.pair,
                       .caption = fmt::format("Largest difference: H {:.1e} Ha, S {:.1e}.",
                                              pair.hamiltonian.value, pair.overlap.value),
                       .svg = plotter.tables(pair),
                       .legend = {},
                       .data = document_table("", pair_titles, std::vector{pair}, pair_row)});
  if (!plotter.problem().empty())
    document.blocks.push_back(
        report::Callout{report::Tone::warning,
                        "Plots are missing",
                        {plotter.problem() + "; make the page again with a working gnuplot."}});
  return report::to_html(document);
}

}  // namespace ionpass::workflows
