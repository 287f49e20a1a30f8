// Which k-points a space group leaves to be computed.
#pragma once

#include <optional>
#include <vector>

#include <potentials/kpoints.hpp>
#include <structures/symmetrize.hpp>

namespace ionpass::tightbinding {

/// One k-point per star, and the operations that join the others to it.
struct ReducedKpoints {
  std::vector<Kpoint> points;
  std::optional<Symmetrizer> symmetrizer;  ///< nothing if no operation but the identity is left
};

/// Uses the operations that carry the set of points onto itself, with equal weights; k and -k count
/// as one point. In fractional coordinates, x' = W x takes k to W^T k (up to the inverse, which is
/// in the group as well).
[[nodiscard]] ReducedKpoints reduced(const std::vector<Kpoint>& points,
                                     const Symmetrizer& symmetrizer);

}  // namespace ionpass::tightbinding
