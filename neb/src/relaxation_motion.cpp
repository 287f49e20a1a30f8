#include "relaxation_motion.hpp"

#include <cmath>
#include <utility>

#include <neb/cell_freedom.hpp>
#include <neb/preconditioner.hpp>
#include <structures/error.hpp>
#include <structures/symmetry.hpp>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

// Of the order of the elastic constants of halide perovskites, eV/Å³ (16 GPa): sets the length of
// the first step only.
constexpr double typical_stiffness = 0.1;

/// Atoms by the model Hessian, the cell by one stiffness.
class WithCell final : public Preconditioner {
 public:
  WithCell(const Structure& structure, double cell_stiffness)
      : atoms_(structure), cell_stiffness_(cell_stiffness) {}

  [[nodiscard]] Eigen::Matrix3Xd apply(const Eigen::Matrix3Xd& forces) const override {
    Eigen::Matrix3Xd out(3, forces.cols());
    out.leftCols(forces.cols() - 3) = atoms_.apply(forces.leftCols(forces.cols() - 3));
    out.rightCols(3) = forces.rightCols(3) / cell_stiffness_;
    return out;
  }

 private:
  ModelHessian atoms_;
  double cell_stiffness_;
};

}  // namespace

RelaxationMotion::RelaxationMotion(const Structure& start, const RelaxationSettings& settings)
    : cell_(settings.cell) {
  if ((cell_ || settings.keep_symmetry) && !start.cell)
    throw InputError("relaxation: a molecule has no cell to relax and no space group to keep");
  if (cell_) (void)allowed_deformations(*start.cell, *cell_);
  if (settings.keep_symmetry) symmetry_.emplace(start, find_symmetry(start));
}

Eigen::Matrix3Xd RelaxationMotion::forces(const Structure& structure,
                                          const Evaluation& evaluation) const {
  Eigen::Matrix3Xd out = without_drift(evaluation.forces);
  return symmetry_ ? symmetry_->vectors(out, *structure.cell) : out;
}

Eigen::Matrix3d RelaxationMotion::active_stress(const Structure& structure,
                                                const Evaluation& evaluation) const {
  Eigen::Matrix3d out = Eigen::Matrix3d::Zero();
  if (!cell_) return out;
  Eigen::Matrix3d stress = *evaluation.stress;
  if (symmetry_) stress = symmetry_->tensor(stress, *structure.cell);
  for (const Eigen::Matrix3d& d : allowed_deformations(*structure.cell, *cell_))
    out += stress.cwiseProduct(d).sum() * d;
  return out;
}

double RelaxationMotion::scale(const Structure& structure) const {
  return std::cbrt(structure.cell->volume());
}

Eigen::Matrix3Xd RelaxationMotion::generalized_forces(const Structure& structure,
                                                      const Evaluation& evaluation) const {
  Eigen::Matrix3Xd atoms = forces(structure, evaluation);
  if (!cell_) return atoms;
  Eigen::Matrix3Xd out(3, atoms.cols() + 3);
  out << atoms, -structure.cell->volume() / scale(structure) * active_stress(structure, evaluation);
  return out;
}

Structure RelaxationMotion::moved(const Structure& structure, const Eigen::Matrix3Xd& step) const {
  Structure out = structure;
  const auto atoms = static_cast<Eigen::Index>(structure.size());
  out.positions += step.leftCols(atoms);
  if (!cell_) return out;
  const Eigen::Matrix3d deformation = step.rightCols(3) / scale(structure);
  out.cell = deformed(*structure.cell, deformation, *cell_);
  out.positions = out.cell->matrix() * structure.cell->inverse() * out.positions;
  return out;
}

std::shared_ptr<const Preconditioner> RelaxationMotion::preconditioner(
    const Structure& structure) const {
  if (!cell_) return std::make_shared<const ModelHessian>(structure);
  return std::make_shared<const WithCell>(structure, typical_stiffness * scale(structure));
}

}  // namespace ionpass::neb
