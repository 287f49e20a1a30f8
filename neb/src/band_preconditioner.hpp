// Approximate inverse Hessian of a whole band.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <neb/preconditioner.hpp>

namespace ionpass::neb {

/// Across the path every image has the model Hessian P of its structure; along it, where the true
/// force plays no part, the images are a chain held by the springs. The climbing image has P in all
/// directions and is a fixed wall to the chain.
class BandPreconditioner final : public Preconditioner {
 public:
  /// One entry per intermediate image.
  struct Image {
    std::shared_ptr<const ModelHessian> model;
    Eigen::Matrix3Xd tangent;  ///< unit length
    bool is_climbing = false;
  };

  /// @param springs eV/Å², one more than images
  BandPreconditioner(std::vector<Image> images, std::span<const double> springs);

  [[nodiscard]] Eigen::Matrix3Xd apply(const Eigen::Matrix3Xd& forces) const override;

 private:
  std::vector<Image> images_;
  std::vector<Eigen::Matrix3Xd> solved_tangents_;  ///< P^-1 t
  Eigen::LLT<Eigen::MatrixXd> chain_;
};

}  // namespace ionpass::neb
