// How many threads the linear algebra may use.
#pragma once

namespace ionpass {

/// Sets the threads of BLAS and LAPACK for this process. Ranks times threads should not exceed the
/// cores: the matrices here are small, and threads that wait for each other cost more than they
/// bring.
void set_linear_algebra_threads(int threads);

/// The number that OMP_NUM_THREADS or OPENBLAS_NUM_THREADS ask for; 1 if neither is set to a
/// positive number.
[[nodiscard]] int requested_threads();

}  // namespace ionpass
