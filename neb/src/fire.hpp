// Fast inertial relaxation.
#pragma once

#include <memory>

#include <neb/optimizer.hpp>

namespace ionpass::neb {

class Fire final : public Optimizer {
 public:
  explicit Fire(const FireSettings& settings);

  [[nodiscard]] Eigen::Matrix3Xd step(const Eigen::Matrix3Xd& positions,
                                      const Eigen::Matrix3Xd& forces) override;
  void reset() override;
  void precondition(std::shared_ptr<const Preconditioner> preconditioner) override;

 private:
  FireSettings settings_;
  Eigen::Matrix3Xd velocity_;  ///< Å per unit of time; masses are 1
  double time_step_;
  double mixing_;
  int downhill_steps_ = 0;
};

}  // namespace ionpass::neb
