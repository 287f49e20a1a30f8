#include "skgen/radial_basis.hpp"

#include <algorithm>

namespace ionpass::skgen {

Eigen::Index RadialBasis::size(int l) const {
  const Block& last = blocks(l).back();
  return last.first_function + last.values.cols();
}

Eigen::Index RadialBasis::bandwidth(int l) const {
  Eigen::Index widest = 1;
  for (const Block& block : blocks(l)) widest = std::max(widest, block.values.cols());
  return widest - 1;
}

RadialFunction RadialBasis::on_grid(int l, const Eigen::VectorXd& coefficients) const {
  RadialFunction out;
  out.value.resize(grid_.size());
  out.slope.resize(grid_.size());
  for (const Block& block : blocks(l)) {
    const auto c = coefficients.segment(block.first_function, block.values.cols());
    out.value.segment(block.first_point, block.values.rows()) = (block.values * c).array();
    out.slope.segment(block.first_point, block.values.rows()) = (block.slopes * c).array();
  }
  return out;
}

Eigen::MatrixXd RadialBasis::matrix(int l, const Kernel& kernel) const {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size(l), size(l));
  for (const Block& block : blocks(l)) {
    const Eigen::Index n = block.values.cols(), points = block.values.rows();
    const auto weights = grid_.weights().segment(block.first_point, points);
    const auto scaled = [&](const Eigen::ArrayXd& k, const Eigen::MatrixXd& functions) {
      const Eigen::VectorXd w = (weights * k.segment(block.first_point, points)).matrix();
      return Eigen::MatrixXd(w.asDiagonal() * functions);
    };
    auto part = out.block(block.first_function, block.first_function, n, n);
    if (kernel.vv.size() > 0)
      part.noalias() += block.values.transpose() * scaled(kernel.vv, block.values);
    if (kernel.dd.size() > 0)
      part.noalias() += block.slopes.transpose() * scaled(kernel.dd, block.slopes);
    if (kernel.vd.size() > 0) {
      const Eigen::MatrixXd mixed = block.slopes.transpose() * scaled(kernel.vd, block.values);
      part += mixed + mixed.transpose();
    }
  }
  return out;
}

}  // namespace ionpass::skgen
