// Two sets of Slater–Koster tables side by side, as text and as a page with plots.
#pragma once

#include <string>

#include <potentials/table_comparison.hpp>

namespace ionpass::workflows {

/// Names of the two sets, as the user gave them.
struct ComparedSets {
  std::string first, second;
};

[[nodiscard]] std::string comparison_text(const skgen::SetComparison& comparison,
                                          const ComparedSets& names);
/// One HTML file; plots by gnuplot, where it is.
[[nodiscard]] std::string comparison_html(const skgen::SetComparison& comparison,
                                          const ComparedSets& names);

}  // namespace ionpass::workflows
