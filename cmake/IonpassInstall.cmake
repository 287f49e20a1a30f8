# `cmake --install`: the program, the libraries with their headers, the data, and a CMake package config.
include(CMakePackageConfigHelpers)

set(ionpass_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ionpass)
install(EXPORT ionpass-targets NAMESPACE ionpass:: DESTINATION ${ionpass_cmake_dir})
configure_package_config_file(
  ${CMAKE_CURRENT_SOURCE_DIR}/cmake/ionpass-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/ionpass-config.cmake
  INSTALL_DESTINATION ${ionpass_cmake_dir})
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/ionpass-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/ionpass-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/ionpass-config-version.cmake
  ${CMAKE_CURRENT_SOURCE_DIR}/cmake/FindLapackeOpenBLAS.cmake
  DESTINATION ${ionpass_cmake_dir})

install(DIRECTORY potentials/data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ionpass/potentials)
install(DIRECTORY structures/library/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ionpass/structures)
install(DIRECTORY workflows/studies/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ionpass/studies)
install(DIRECTORY workflows/data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ionpass/workflows)
