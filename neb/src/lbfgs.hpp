// Limited-memory BFGS without line search.
#pragma once

#include <deque>
#include <limits>
#include <memory>

#include <neb/optimizer.hpp>

namespace ionpass::neb {

class Lbfgs final : public Optimizer {
 public:
  Lbfgs(const LbfgsSettings& settings, std::shared_ptr<const Preconditioner> preconditioner);

  [[nodiscard]] Eigen::Matrix3Xd step(const Eigen::Matrix3Xd& positions,
                                      const Eigen::Matrix3Xd& forces) override;
  void reset() override;
  void precondition(std::shared_ptr<const Preconditioner> preconditioner) override;

 private:
  /// A move and the change of the negative force along it.
  struct Pair {
    Eigen::Matrix3Xd s;  ///< Å
    Eigen::Matrix3Xd y;  ///< eV/Å
    double rho = 0.0;    ///< 1 / (s.y)
  };

  void adapt(const Eigen::Matrix3Xd& forces);
  void learn(const Eigen::Matrix3Xd& positions, const Eigen::Matrix3Xd& forces);
  [[nodiscard]] Eigen::Matrix3Xd initial_guess(const Eigen::Matrix3Xd& forces) const;
  /// The preconditioner alone, or the forces themselves.
  [[nodiscard]] Eigen::Matrix3Xd unscaled(const Eigen::Matrix3Xd& forces) const;
  [[nodiscard]] Eigen::Matrix3Xd direction(const Eigen::Matrix3Xd& forces) const;

  LbfgsSettings settings_;
  std::shared_ptr<const Preconditioner> preconditioner_;
  std::deque<Pair> pairs_;
  double scale_ = 1.0;   ///< of the preconditioner; how soft the system is survives a reset
  double allowed_step_;  ///< Å, at most max_step
  double least_norm_ =
      std::numeric_limits<double>::infinity();  ///< eV/Å, of all forces, since the last reset
  int growing_steps_ = 0;                       ///< in a row
  Eigen::Matrix3Xd last_positions_;
  Eigen::Matrix3Xd last_forces_;
};

}  // namespace ionpass::neb
