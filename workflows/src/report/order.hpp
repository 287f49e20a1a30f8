// Whether the barriers of a study have the order that the paper reports: one-dimensional above
// three-dimensional.
#pragma once

#include <vector>

#include "analysis.hpp"

namespace ionpass::workflows::report {

[[nodiscard]] OrderFinding find_order(const StudyResult& study, const Literature& literature,
                                      const std::vector<MaterialSummary>& summaries);

}  // namespace ionpass::workflows::report
