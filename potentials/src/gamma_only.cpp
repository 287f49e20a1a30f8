#include "gamma_only.hpp"

#include <fmt/format.h>

namespace ionpass {

std::optional<std::string> gamma_only_warning(const Structure& structure,
                                              const std::vector<Kpoint>& points) {
  constexpr double small_cell = 14.0;  // Å between periodic images
  if (!structure.cell || points.size() != 1 || !points[0].fractional.isZero(0.0))
    return std::nullopt;
  const double shortest = structure.cell->shortest_vector();
  if (shortest >= small_cell) return std::nullopt;
  return fmt::format(
      "a cell with {:.1f} Å between periodic images is sampled at Γ only: energies of small "
      "perovskite cells are then wrong by eV; use a k-point mesh",
      shortest);
}

}  // namespace ionpass
