// Optimisers for forces that need not be the gradient of anything: no line search on an energy, one
// step per evaluation.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include <Eigen/Dense>

namespace ionpass::neb {

/// Limited-memory BFGS with a step limit (Nocedal & Wright, Numerical Optimization, algorithm 7.4),
/// used on the whole band at once (Sheppard, Terrell & Henkelman, J. Chem. Phys. 128, 134106
/// (2008)).
struct LbfgsSettings {
  int memory = 30;
  double max_step = 0.15;  ///< Å, longest move of an atom in one step; the whole step is scaled
  double inverse_curvature = 0.01;  ///< Å²/eV, first guess where no preconditioner is given
};

/// Fast inertial relaxation (Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006)), with the
/// semi-implicit integration and the half step back of FIRE 2.0 (Guénolé et al., Comput. Mater.
/// Sci. 175, 109584 (2020)). Unit masses.
struct FireSettings {
  double max_step = 0.15;  ///< Å
};

using OptimizerSettings = std::variant<LbfgsSettings, FireSettings>;

/// Applies an approximate inverse Hessian to forces (3 × n): a model of stiff bonds and soft
/// contacts makes all modes alike.
class Preconditioner {
 public:
  virtual ~Preconditioner() = default;
  [[nodiscard]] virtual Eigen::Matrix3Xd apply(const Eigen::Matrix3Xd& forces) const = 0;
};

/// One optimiser state for a set of coordinates. Deterministic.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// The move to make from these positions under these forces, both 3 × n (a band's images side by
  /// side), Å and eV/Å.
  [[nodiscard]] virtual Eigen::Matrix3Xd step(const Eigen::Matrix3Xd& positions,
                                              const Eigen::Matrix3Xd& forces) = 0;
  /// Forgets what it learned: after the force law changed (a climbing image chosen, another one
  /// picked).
  virtual void reset() = 0;
  /// Another approximate inverse Hessian from now on; what was learned is kept.
  virtual void precondition(std::shared_ptr<const Preconditioner> preconditioner) = 0;
};

/// FIRE takes no preconditioner and ignores it.
/// @throws InputError for settings out of range
[[nodiscard]] std::unique_ptr<Optimizer> make_optimizer(
    const OptimizerSettings& settings,
    std::shared_ptr<const Preconditioner> preconditioner = nullptr);

}  // namespace ionpass::neb
