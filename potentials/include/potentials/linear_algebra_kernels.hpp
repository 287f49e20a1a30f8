// Which machine code the linear algebra runs on.
#pragma once

namespace ionpass {

/// OpenBLAS picks its kernels when it is loaded, from a list of processors; one that is newer than
/// the list gets those of a Pentium 4, several times slower. Where that happened although the
/// processor has AVX2 and FMA, starts the program again with the kernels for Haswell, or with
/// AVX-512 those for Skylake's servers (OPENBLAS_CORETYPE), and does not return. Does nothing if
/// OPENBLAS_CORETYPE is set. To be called first thing in main(), before MPI and threads.
/// @param argv of main()
void restart_with_fitting_kernels(char** argv);

}  // namespace ionpass
