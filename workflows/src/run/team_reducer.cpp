#include "team_reducer.hpp"

#include <optional>
#include <utility>

#include <hpc/grid_eigensolver.hpp>
#include <potentials/eigensolver.hpp>

namespace ionpass::workflows {
namespace {

template <typename Scalar>
std::span<const Scalar> numbers(const typename Eigensolver<Scalar>::Matrix& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.size())};
}
template <typename Scalar>
std::span<Scalar> numbers(typename Eigensolver<Scalar>::Matrix& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.size())};
}

/// The ranks of a team meet before each step on the grid, which cannot be left once it has begun.
template <typename Scalar>
class GridSolver final : public Eigensolver<Scalar> {
 public:
  using typename Eigensolver<Scalar>::Matrix;
  using typename Eigensolver<Scalar>::States;

  explicit GridSolver(const hpc::Team& team) : team_(team) {}

  [[nodiscard]] bool factorise(const Matrix& overlap) override {
    team_.meet();
    grid_.emplace(team_.ranks(), static_cast<int>(overlap.rows()));
    return grid_->factorise(numbers<Scalar>(overlap));
  }
  [[nodiscard]] bool solve(Eigen::VectorXd& eigenvalues, Precision /*at_least*/) override {
    eigenvalues.resize(this->hamiltonian_.rows());
    team_.meet();
    return grid_->solve(numbers<Scalar>(std::as_const(this->hamiltonian_)),
                        {eigenvalues.data(), static_cast<std::size_t>(eigenvalues.size())});
  }
  [[nodiscard]] Matrix coefficients(Eigen::Index first, Eigen::Index count) const override {
    Matrix out(this->hamiltonian_.rows(), count);
    team_.meet();
    grid_->states(static_cast<int>(first), numbers<Scalar>(out));
    return out;
  }
  [[nodiscard]] States states(Eigen::Index first, Eigen::Index count) const override {
    const Eigen::Index rows = this->hamiltonian_.rows();
    States out{Matrix(rows, count), Matrix(rows, count)};
    team_.meet();
    grid_->states(static_cast<int>(first), numbers<Scalar>(out.coefficients),
                  numbers<Scalar>(out.projected));
    return out;
  }

 private:
  const hpc::Team& team_;
  std::optional<hpc::GridEigensolver<Scalar>> grid_;
};

}  // namespace

bool TeamReducer::has_eigensolver() const noexcept {
  return on_grid_ && hpc::has_grid_eigensolver();
}

std::unique_ptr<Eigensolver<double>> TeamReducer::real_eigensolver() const {
  return std::make_unique<GridSolver<double>>(team_);
}

std::unique_ptr<Eigensolver<std::complex<double>>> TeamReducer::complex_eigensolver() const {
  return std::make_unique<GridSolver<std::complex<double>>>(team_);
}

}  // namespace ionpass::workflows
