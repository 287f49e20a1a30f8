// A build without ScaLAPACK: eigenproblems stay on one rank.
#include <complex>

#include <hpc/grid_eigensolver.hpp>

namespace ionpass::hpc {

bool has_grid_eigensolver() noexcept { return false; }

template <typename Scalar>
struct GridEigensolver<Scalar>::Grid {};

template <typename Scalar>
GridEigensolver<Scalar>::GridEigensolver(const Communicator& /*ranks*/, int /*n*/) {
  throw MpiError("this build has no ScaLAPACK; configure with -DIONPASS_SCALAPACK=ON");
}
template <typename Scalar>
GridEigensolver<Scalar>::~GridEigensolver() = default;
template <typename Scalar>
bool GridEigensolver<Scalar>::factorise(std::span<const Scalar> /*overlap*/) {
  return false;
}
template <typename Scalar>
bool GridEigensolver<Scalar>::solve(std::span<const Scalar> /*hamiltonian*/,
                                    std::span<double> /*eigenvalues*/) {
  return false;
}
template <typename Scalar>
void GridEigensolver<Scalar>::states(int /*first*/, std::span<Scalar> /*coefficients*/,
                                     std::span<Scalar> /*projected*/) const {}

template class GridEigensolver<double>;
template class GridEigensolver<std::complex<double>>;

}  // namespace ionpass::hpc
