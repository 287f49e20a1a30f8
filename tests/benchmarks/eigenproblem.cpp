#include "eigenproblem.hpp"

#include <complex>
#include <stdexcept>
#include <utility>

#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

#include "stopwatch.hpp"
#include "tightbinding/bloch.hpp"
#include "tightbinding/tight_binding_potential.hpp"

namespace ionpass::bench {

namespace {

template <typename Matrix, typename Solve>
double timed(const Eigen::MatrixXcd& hamiltonian, const Eigen::MatrixXcd& overlap, int threads,
             const Solve& solve) {
  Matrix h, s;
  if constexpr (Eigen::NumTraits<typename Matrix::Scalar>::IsComplex) {
    h = hamiltonian;
    s = overlap;
  } else {
    h = hamiltonian.real();
    s = overlap.real();
  }
  Eigen::VectorXd eigenvalues(h.rows());
  const auto n = static_cast<lapack_int>(h.rows());
  const Stopwatch watch(threads);
  const lapack_int info = solve(n, h.data(), s.data(), eigenvalues.data());
  const double seconds = watch.seconds();
  if (info != 0) throw std::runtime_error("LAPACK could not solve the bare eigenproblem");
  return seconds;
}

}  // namespace

BareEigenproblem::BareEigenproblem(const Case& test) {
  const Structure& structure = test.structure;
  const auto potential = make_potential(test.settings, parameter_data());
  const auto& engine = dynamic_cast<const tightbinding::TightBindingPotential&>(*potential);
  const auto model = engine.make_model(structure);
  const tightbinding::PairBlocks& blocks = model->blocks();
  const Eigen::Vector3d k = kpoints(test.settings.kpoints, *structure.cell).front().fractional;
  real_ = tightbinding::has_real_phases(k);
  auto matrices = tightbinding::bloch_matrices<std::complex<double>>(blocks, k);
  hamiltonian_ = std::move(matrices.hamiltonian);
  overlap_ = std::move(matrices.overlap);
}

double BareEigenproblem::solve(int threads) const {
  if (real_) {
    return timed<Eigen::MatrixXd>(
        hamiltonian_, overlap_, threads, [](lapack_int n, double* h, double* s, double* e) {
          return LAPACKE_dsygvd(LAPACK_COL_MAJOR, 1, 'V', 'L', n, h, n, s, n, e);
        });
  }
  return timed<Eigen::MatrixXcd>(
      hamiltonian_, overlap_, threads,
      [](lapack_int n, std::complex<double>* h, std::complex<double>* s, double* e) {
        return LAPACKE_zhegvd(LAPACK_COL_MAJOR, 1, 'V', 'L', n, h, n, s, n, e);
      });
}

std::size_t kpoint_count(const Case& test) {
  return kpoints(test.settings.kpoints, *test.structure.cell).size();
}

}  // namespace ionpass::bench
