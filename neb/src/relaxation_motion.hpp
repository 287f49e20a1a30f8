// The coordinates a relaxation moves: the atoms, and the cell if it is free.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <Eigen/Dense>

#include <neb/optimizer.hpp>
#include <neb/relaxation.hpp>
#include <structures/structure.hpp>
#include <structures/symmetrize.hpp>

namespace ionpass::neb {

/// Maps between a structure and what an optimiser sees: 3 × n for the atoms, and three more columns
/// for the deformation of the cell since the last step, scaled to the length of the cell's edge so
/// that it moves by Å as the atoms do (Tadmor et al., Phys. Rev. B 59, 235 (1999), sec. II for the
/// idea of common coordinates).
class RelaxationMotion {
 public:
  /// @throws InputError for a free cell of a molecule, or constraints that leave nothing to change
  RelaxationMotion(const Structure& start, const RelaxationSettings& settings);

  [[nodiscard]] bool has_cell() const noexcept { return cell_.has_value(); }

  /// Forces on the atoms without drift, averaged over the symmetry to be kept.
  [[nodiscard]] Eigen::Matrix3Xd forces(const Structure& structure,
                                        const Evaluation& evaluation) const;
  /// The part of the stress that acts on what may change, eV/Å³; zero for a fixed cell.
  [[nodiscard]] Eigen::Matrix3d active_stress(const Structure& structure,
                                              const Evaluation& evaluation) const;
  /// Forces and, beside them, the negative gradient along the deformation.
  [[nodiscard]] Eigen::Matrix3Xd generalized_forces(const Structure& structure,
                                                    const Evaluation& evaluation) const;
  /// The structure after a step.
  [[nodiscard]] Structure moved(const Structure& structure, const Eigen::Matrix3Xd& step) const;
  /// A preconditioner for these coordinates.
  [[nodiscard]] std::shared_ptr<const Preconditioner> preconditioner(
      const Structure& structure) const;

 private:
  /// Å by which a deformation of 1 moves the optimiser's coordinate.
  [[nodiscard]] double scale(const Structure& structure) const;

  std::optional<CellConstraints> cell_;
  std::optional<Symmetrizer> symmetry_;
};

}  // namespace ionpass::neb
