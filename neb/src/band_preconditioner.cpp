// Approximate inverse Hessian of a whole band.
#include "band_preconditioner.hpp"

#include <utility>

#include "drift.hpp"

namespace ionpass::neb {
namespace {

// Keeps the chain from being softer along the path than the softest mode across it.
constexpr double least_chain_stiffness = 0.4;  // eV/Å²

/// Second derivative of the springs for moves along the tangents; climbing images neither feel nor
/// pass on their pull.
Eigen::MatrixXd chain_matrix(const std::vector<BandPreconditioner::Image>& images,
                             std::span<const double> springs) {
  const auto count = static_cast<Eigen::Index>(images.size());
  Eigen::MatrixXd out = least_chain_stiffness * Eigen::MatrixXd::Identity(count, count);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    if (images[i].is_climbing) continue;
    out(row, row) += springs[i] + springs[i + 1];
    if (i + 1 < images.size() && !images[i + 1].is_climbing) {
      out(row, row + 1) -= springs[i + 1];
      out(row + 1, row) -= springs[i + 1];
    }
  }
  return out;
}

}  // namespace

BandPreconditioner::BandPreconditioner(std::vector<Image> images, std::span<const double> springs)
    : images_(std::move(images)), chain_(chain_matrix(images_, springs)) {
  for (const Image& image : images_) solved_tangents_.push_back(image.model->apply(image.tangent));
}

Eigen::Matrix3Xd BandPreconditioner::apply(const Eigen::Matrix3Xd& forces) const {
  const Eigen::Index atoms = images_.front().tangent.cols();
  const auto count = static_cast<Eigen::Index>(images_.size());
  Eigen::Matrix3Xd out(3, forces.cols());
  Eigen::VectorXd along = Eigen::VectorXd::Zero(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Eigen::Matrix3Xd force = forces.middleCols(i * atoms, atoms);
    Eigen::Matrix3Xd move = images_[k].model->apply(force);
    if (!images_[k].is_climbing) {
      // The softest answer to this force that does not move along the tangent.
      const Eigen::Matrix3Xd& w = solved_tangents_[k];
      move -= inner_product(move, images_[k].tangent) / inner_product(w, images_[k].tangent) * w;
      along[i] = inner_product(force, images_[k].tangent);
    }
    out.middleCols(i * atoms, atoms) = move;
  }
  const Eigen::VectorXd slide = chain_.solve(along);
  for (Eigen::Index i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (!images_[k].is_climbing) out.middleCols(i * atoms, atoms) += slide[i] * images_[k].tangent;
  }
  return out;
}

}  // namespace ionpass::neb
