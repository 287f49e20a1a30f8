// What a fit pays for curvature and size.
#pragma once

#include "calibrate/design.hpp"

namespace ionpass::calibrate {

/// Penalty of all columns for one choice; columns of blocks that it did not choose are zero.
[[nodiscard]] Eigen::MatrixXd penalty_matrix(const Columns& columns, const FitSettings& settings,
                                             const Choice& choice);

/// Whether a block has the cut-off that was chosen for its pair.
[[nodiscard]] bool is_chosen(const Block& block, const Choice& choice);

}  // namespace ionpass::calibrate
