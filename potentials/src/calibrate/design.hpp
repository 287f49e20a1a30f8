// The linear problem behind a fit: columns of the basis, rows of the data, normal equations.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <potentials/calibrate.hpp>
#include <potentials/calibrate_base.hpp>

#include "calibrate/bspline_basis.hpp"

namespace ionpass::calibrate {

/// Columns of one pair with one cut-off.
struct Block {
  ElementPair pair;
  BsplineBasis basis;
  double start = 0.0;     ///< Å, of the basis: a margin below the shortest distance, on the grid
  double shortest = 0.0;  ///< Å
  std::size_t distances = 0;
  Eigen::Index offset = 0;  ///< of its first column
};

/// Columns of one triple of elements.
struct TripleBlock {
  std::size_t group = 0;  ///< place in the list of groups that the columns were made for
  ElementTriple triple;
  std::size_t count = 0;    ///< in the data
  Eigen::Index offset = 0;  ///< of its first column
};

/// Blocks for all candidates of all pairs that the data hold, then those of triples, then a column
/// per energy constant.
class Columns {
 public:
  /// @param cutoffs candidates per pair, Å; a pair without an entry is not fitted
  /// @param three_body groups of triples
  Columns(std::span<const Sample> samples, const FitSettings& settings,
          const std::function<std::vector<double>(ElementPair)>& cutoffs,
          std::span<const Choice::ThreeBody> three_body = {});
  /// Those of a choice alone.
  Columns(std::span<const Sample> samples, const FitSettings& settings, const Choice& choice);

  [[nodiscard]] const std::vector<Block>& blocks() const noexcept { return blocks_; }
  [[nodiscard]] const std::vector<TripleBlock>& triples() const noexcept { return triples_; }
  /// A group of triples, its elements ascending.
  struct Group {
    Choice::ThreeBody choice;
    std::vector<int> elements;
  };
  [[nodiscard]] const std::vector<Group>& groups() const noexcept { return groups_; }
  [[nodiscard]] Eigen::Index size_of(const TripleBlock& block) const {
    return three_body_size(groups_[block.group].choice.shape, block.triple);
  }
  /// An energy constant: its key, and the mean of label minus base, which is taken off before the
  /// fit so that no digits are lost in total energies.
  struct Constant {
    std::string key;
    double mean = 0.0;  ///< eV
    std::size_t structures = 0;
  };
  [[nodiscard]] const std::vector<Constant>& constants() const noexcept { return constants_; }
  [[nodiscard]] Eigen::Index first_constant() const noexcept { return first_constant_; }
  [[nodiscard]] Eigen::Index size() const noexcept {
    return first_constant_ + static_cast<Eigen::Index>(constants_.size());
  }
  [[nodiscard]] double range() const noexcept { return range_; }  ///< Å, longest cut-off

 private:
  void add_triples(std::span<const Sample> samples, const FitSettings& settings,
                   std::span<const Choice::ThreeBody> three_body);

  std::vector<Block> blocks_;
  std::vector<TripleBlock> triples_;
  std::vector<Group> groups_;
  std::vector<Constant> constants_;
  Eigen::Index first_constant_ = 0;
  double range_ = 0.0;
};

/// A'A, A'y and y'y of weighted rows.
struct Normal {
  Eigen::MatrixXd matrix;
  Eigen::VectorXd vector;
  double square = 0.0;
  double rows = 0.0;  ///< that have a weight
  double structures = 0.0;

  explicit Normal(Eigen::Index size)
      : matrix(Eigen::MatrixXd::Zero(size, size)), vector(Eigen::VectorXd::Zero(size)) {}
  Normal& operator+=(const Normal& other);
  Normal& operator-=(const Normal& other);
  /// Rows and columns of a selection.
  [[nodiscard]] Normal part(const std::vector<Eigen::Index>& columns) const;
  /// (A c - y)'(A c - y)
  [[nodiscard]] double error(const Eigen::VectorXd& c) const;
};

/// The prior, and the wall of all other pairs of elements in the samples.
[[nodiscard]] PairFunctions with_wall(std::span<const Sample> samples, const PairFunctions& prior,
                                      double share);

/// Label minus base minus prior, with zeros where there is no label.
[[nodiscard]] PairSum residual(const Sample& sample, const PairFunctions& prior);

/// Weighted rows of one sample: forces, the energy, stress.
struct Rows {
  Eigen::MatrixXd matrix;
  Eigen::VectorXd values, weights;
  /// Forces stand above the energy, six components of the stress below.
  [[nodiscard]] Eigen::Index energy_row() const { return matrix.rows() - 7; }
};
/// Calls a function with the weighted rows of each sample in turn.
void visit_rows(std::span<const Sample> samples, const PairFunctions& prior,
                const FitWeights& weights, const Columns& columns,
                const std::function<void(std::size_t, Rows&)>& visit);

/// Sums of the rows of samples, one per fold.
/// @param slopes of parameters of the base, each a further column behind the others
[[nodiscard]] std::vector<Normal> normal_equations(
    std::span<const Sample> samples, const PairFunctions& prior, const FitWeights& weights,
    const Columns& columns, std::span<const std::size_t> folds, const BaseSlopes& slopes = {});

/// An energy constant that only the left-out fold knows is its best value there: what is judged
/// are energy differences within the fold.
/// @param others, left_out with these constants in columns first … end-1
void settle_constants(const Normal& others, const Normal& left_out, Eigen::Index first,
                      Eigen::Index end, Eigen::VectorXd& c);
/// What a fold's squared error counts: the root, times that of its structures, so that one
/// structure that nothing describes does not decide all.
[[nodiscard]] double fold_size(const Normal& fold, double square_error);

/// Scaled to 1 on the diagonal; columns that nothing speaks of get a 1 there.
struct ScaledMatrix {
  Eigen::MatrixXd matrix;
  Eigen::VectorXd scale;
  explicit ScaledMatrix(Eigen::MatrixXd unscaled);
};

/// Minimises c'(A'A + P)c - 2 c'A'y. Constants without data stay 0.
[[nodiscard]] Eigen::VectorXd solve(const Normal& normal, const Eigen::MatrixXd& penalty);

}  // namespace ionpass::calibrate
