# LAPACKE over OpenBLAS as the target LapackeOpenBLAS::LapackeOpenBLAS. Named on purpose: a generic find_package(LAPACK) may pick
# the slow reference library. Installed with the package, so that whoever links ionpass finds their own copies of both.
include(FindPackageHandleStandardArgs)
find_library(OPENBLAS_LIBRARY openblas)
find_library(LAPACKE_LIBRARY lapacke)
mark_as_advanced(OPENBLAS_LIBRARY LAPACKE_LIBRARY)
find_package_handle_standard_args(LapackeOpenBLAS REQUIRED_VARS LAPACKE_LIBRARY OPENBLAS_LIBRARY)
if(LapackeOpenBLAS_FOUND AND NOT TARGET LapackeOpenBLAS::LapackeOpenBLAS)
  add_library(LapackeOpenBLAS::LapackeOpenBLAS INTERFACE IMPORTED)
  target_link_libraries(LapackeOpenBLAS::LapackeOpenBLAS INTERFACE "${LAPACKE_LIBRARY}" "${OPENBLAS_LIBRARY}")
endif()
