// From a pair potential to its spline.
#pragma once

#include <potentials/calibrate.hpp>

namespace ionpass::calibrate {

/// The cubic spline through a function on the grid cutoff - i × step, from about `start` (which it
/// may pass by half a step), with a repulsive wall below. A function that is a cubic spline with
/// knots on the grid is reproduced exactly. Å.
[[nodiscard]] SplineCurve sampled_curve(const PairFunction& function, double start, double cutoff,
                                        double step);

}  // namespace ionpass::calibrate
