// The model Hessian: springs between near atoms, summed into a sparse matrix and factorised.
#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

#include <neb/preconditioner.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/neighbors.hpp>

namespace ionpass::neb {
namespace {

// Springs softer than this are lost in the diagonal.
constexpr double least_stiffness = 0.02;    // eV/Å²
constexpr double largest_stiffness = 60.0;  // eV/Å², where atoms come too close
// A pair is a bond up to this multiple of the sum of covalent radii.
constexpr double bond_reach = 1.3;

/// A bond seen from one of its atoms.
struct Bond {
  std::size_t other = 0;
  Eigen::Vector3d vector;  ///< Å
  double stiffness = 0.0;  ///< eV/Å²
};

/// Collects springs into the triplets of a sparse matrix.
class SpringSum {
 public:
  void add(std::size_t a, std::size_t b, const Eigen::Matrix3d& block) {
    if (a == b) return;  // a spring to the own periodic image resists nothing at fixed cell
    add_block(a, a, block);
    add_block(b, b, block);
    add_block(a, b, -block);
    add_block(b, a, -block);
  }
  void add_diagonal(std::size_t atoms, double value) {
    for (int i = 0; i < 3 * static_cast<int>(atoms); ++i) entries_.emplace_back(i, i, value);
  }
  [[nodiscard]] const std::vector<Eigen::Triplet<double>>& entries() const { return entries_; }

 private:
  void add_block(std::size_t a, std::size_t b, const Eigen::Matrix3d& block) {
    const int row = 3 * static_cast<int>(a);
    const int column = 3 * static_cast<int>(b);
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) entries_.emplace_back(row + i, column + j, block(i, j));
    }
  }
  std::vector<Eigen::Triplet<double>> entries_;
};

double radius_sum(const Structure& structure, const NeighborPair& pair) {
  return covalent_radius(structure.numbers[pair.first]) +
         covalent_radius(structure.numbers[pair.second]);
}

double stiffness(double r, double r0, const ModelHessianSettings& settings) {
  const double badger = std::min(1.0, std::pow(settings.bond_length / r0, 3));
  const double k = settings.bond_stiffness * badger * std::exp(-settings.decay * (r / r0 - 1.0));
  return std::min(k, largest_stiffness);
}

double longest_spring(const Structure& structure, const ModelHessianSettings& settings) {
  double radius = 0.0;
  for (const int number : structure.numbers) radius = std::max(radius, covalent_radius(number));
  return 2.0 * radius *
         (1.0 + std::log(settings.bond_stiffness / least_stiffness) / settings.decay);
}

/// Holds the angles between strong bonds by springs between their far ends, which, unlike springs
/// across the bonds, do not hinder a molecule from turning.
void add_angles(const std::vector<std::vector<Bond>>& bonds, double angle, SpringSum& sum) {
  for (const std::vector<Bond>& around : bonds) {
    for (std::size_t i = 0; i < around.size(); ++i) {
      for (std::size_t j = i + 1; j < around.size(); ++j) {
        const double k = angle * around[i].stiffness * around[j].stiffness;
        const Eigen::Vector3d across = around[j].vector - around[i].vector;
        const double length = across.norm();
        if (k < least_stiffness || length < 1e-6) continue;
        const Eigen::Vector3d n = across / length;
        sum.add(around[i].other, around[j].other, k * n * n.transpose());
      }
    }
  }
}

SpringSum model_springs(const Structure& structure, const ModelHessianSettings& settings) {
  SpringSum sum;
  std::vector<std::vector<Bond>> bonds(structure.size());
  for (const NeighborPair& pair : neighbor_pairs(structure, longest_spring(structure, settings))) {
    if (pair.distance < 1e-6) continue;
    const double r0 = radius_sum(structure, pair);
    const double k = stiffness(pair.distance, r0, settings);
    if (k < least_stiffness) continue;
    const Eigen::Vector3d n = pair.vector / pair.distance;
    const double across = std::min(settings.transverse * k, settings.transverse_limit);
    sum.add(pair.first, pair.second,
            across * Eigen::Matrix3d::Identity() + (k - across) * n * n.transpose());
    if (pair.distance < bond_reach * r0) {
      bonds[pair.first].push_back({pair.second, pair.vector, k});
      bonds[pair.second].push_back({pair.first, -pair.vector, k});
    }
  }
  add_angles(bonds, settings.angle, sum);
  sum.add_diagonal(structure.size(), settings.diagonal);
  return sum;
}

}  // namespace

struct ModelHessian::Factor {
  Eigen::SparseMatrix<double> matrix;
  Eigen::SimplicialLLT<Eigen::SparseMatrix<double>> cholesky;
};

ModelHessian::ModelHessian(const Structure& structure, const ModelHessianSettings& settings) {
  const SpringSum sum = model_springs(structure, settings);
  auto factor = std::make_shared<Factor>();
  const auto size = 3 * static_cast<Eigen::Index>(structure.size());
  factor->matrix.resize(size, size);
  factor->matrix.setFromTriplets(sum.entries().begin(), sum.entries().end());
  factor->cholesky.compute(factor->matrix);
  if (factor->cholesky.info() != Eigen::Success) {
    throw Error("model Hessian: the factorisation failed; are the positions finite?");
  }
  factor_ = std::move(factor);
}

Eigen::Matrix3Xd ModelHessian::apply(const Eigen::Matrix3Xd& forces) const {
  const Eigen::VectorXd solution = factor_->cholesky.solve(forces.reshaped());
  return solution.reshaped(3, forces.cols());
}

Eigen::Matrix3Xd ModelHessian::multiply(const Eigen::Matrix3Xd& displacement) const {
  const Eigen::VectorXd product = factor_->matrix * displacement.reshaped();
  return product.reshaped(3, displacement.cols());
}

}  // namespace ionpass::neb
