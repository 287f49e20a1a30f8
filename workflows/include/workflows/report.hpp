// The report of a study: Markdown, JSON, and one HTML file that opens anywhere.
#pragma once

#include <chrono>
#include <string>

#include <workflows/literature.hpp>
#include <workflows/results.hpp>

namespace ionpass::workflows {

struct ReportOptions {
  std::string gnuplot =
      "gnuplot";  ///< program that draws, found on the PATH or given with its path
  std::chrono::milliseconds plot_timeout{20000};  ///< for one plot; it is killed after that
};

/// Comparison, kinetics, retention, literature and caveats as Markdown; no plots.
[[nodiscard]] std::string report_markdown(const StudyResult& study, const Literature& literature);

/// The same as JSON (indented, trailing newline). The same study gives the same bytes but for
/// members named "seconds".
[[nodiscard]] std::string report_json(const StudyResult& study, const Literature& literature);

/// The same with energy profiles and Arrhenius plot as one HTML file: nothing is loaded, nothing is
/// executed. Plots are drawn by gnuplot in a child process; without it the report says so and shows
/// the numbers as tables.
[[nodiscard]] std::string report_html(const StudyResult& study, const Literature& literature,
                                      const ReportOptions& options = {});

}  // namespace ionpass::workflows
