# Tests of the study file and the store; included by CMakeLists.txt beside it.
ionpass_add_test(workflows_study_test SOURCES study_test.cpp quantity_test.cpp
  LINKS ionpass::workflows fmt::fmt LABELS unit)
# The reader of numbers with units is private to the library.
target_include_directories(workflows_study_test PRIVATE ${CMAKE_SOURCE_DIR}/workflows/src)
ionpass_add_test(workflows_store_test SOURCES store_test.cpp
  LINKS ionpass::workflows fmt::fmt SQLite::SQLite3 LABELS unit)
