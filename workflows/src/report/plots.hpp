// Plots of a report, drawn by gnuplot as SVG. No text of the user's goes into them: names stand in
// the page around.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <potentials/table_comparison.hpp>
#include <workflows/kinetics.hpp>
#include <workflows/report.hpp>
#include <workflows/results.hpp>

namespace ionpass::workflows::report {

/// A line of the Arrhenius plot.
struct ArrheniusLine {
  Barrier barrier;
  int series = 0;  ///< colour
};

/// Draws plots until gnuplot turns out to be missing or stuck; then says so and draws no more.
class Plotter {
 public:
  explicit Plotter(const ReportOptions& options) : options_(options) {}

  /// Energy along a path, with its images and, for a converged hop, its saddle.
  [[nodiscard]] std::optional<std::string> profile(const HopResult& hop);
  /// Rates over 1000/T with the band of their uncertainty, and points at the study's temperatures.
  [[nodiscard]] std::optional<std::string> arrhenius(const std::vector<ArrheniusLine>& lines,
                                                     const KineticsAssumptions& kinetics);

  /// Integrals of a pair in two sets of tables, and their differences, over the distance.
  [[nodiscard]] std::optional<std::string> tables(const skgen::PairComparison& pair);

  /// What went wrong first; empty if nothing did.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

 private:
  [[nodiscard]] std::optional<std::string> draw(const std::string& script, std::string_view label);

  const ReportOptions& options_;
  std::string problem_;
  bool gave_up_ = false;
  int drawn_ = 0;
};

/// Terminal, size and common look of every plot.
[[nodiscard]] std::string plot_preamble(int width, int height);
[[nodiscard]] std::string tables_script(const skgen::PairComparison& pair);

/// An SVG document made ready for a page: without prolog and titles, its ids prefixed so that
/// several can stand in one page, and with a label for those who cannot see it. Nothing if the text
/// is no complete SVG or holds anything active.
[[nodiscard]] std::optional<std::string> inline_svg(std::string_view svg,
                                                    std::string_view id_prefix,
                                                    std::string_view label);

}  // namespace ionpass::workflows::report
