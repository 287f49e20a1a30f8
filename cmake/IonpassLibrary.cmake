# ionpass_add_library(<name> HEADERS ... SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...] [PRECOMPILE ...])
#
# One folder, one library, alias ionpass::<name>. A target sees another's headers only by linking it, so the
# direction structures <- potentials <- neb <- workflows is kept by the build itself.
# PRECOMPILE names the headers of others to compile once for the whole library (default: IONPASS_LIBRARY_HEADERS). A source
# includes what it uses all the same, which the presets without precompiled headers (dev, tidy) check.

# What nearly every source needs and takes long to read.
set(IONPASS_COMMON_HEADERS
  <algorithm> <array> <cmath> <cstddef> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <utility> <vector> <Eigen/Dense>)
set(IONPASS_LIBRARY_HEADERS ${IONPASS_COMMON_HEADERS} <fmt/format.h> <fmt/ranges.h>)

function(ionpass_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 sees overlaps in inlined std::string concatenation that are not there (GCC bug 105651), and, where the
    # headers come precompiled, lengths that cannot be.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  if(IONPASS_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

function(ionpass_set_sanitizers target)
  if(IONPASS_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${IONPASS_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${IONPASS_SANITIZE})
  endif()
endfunction()

function(ionpass_add_library name)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;DEPENDS;PRIVATE_DEPENDS;PRECOMPILE" ${ARGN})
  set(target ionpass_${name})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(ionpass::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${ARG_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PRIVATE src)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    POSITION_INDEPENDENT_CODE ON
    CXX_EXTENSIONS OFF
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  target_link_libraries(${target} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
  if(NOT ARG_PRECOMPILE)
    set(ARG_PRECOMPILE ${IONPASS_LIBRARY_HEADERS})
  endif()
  target_precompile_headers(${target} PRIVATE ${ARG_PRECOMPILE})
  ionpass_set_warnings(${target})
  ionpass_set_sanitizers(${target})
  install(TARGETS ${target} EXPORT ionpass-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ionpass)
endfunction()
