# Tests of the study runner; included by CMakeLists.txt beside it.
add_executable(run_driver run_driver.cpp)
target_link_libraries(run_driver PRIVATE ionpass::workflows fmt::fmt)
target_include_directories(run_driver PRIVATE ${CMAKE_SOURCE_DIR}/tests/support)
ionpass_set_warnings(run_driver)
ionpass_set_sanitizers(run_driver)

ionpass_add_test(workflows_farm_test SOURCES farm_test.cpp LINKS ionpass::workflows fmt::fmt LABELS unit)
ionpass_add_test(workflows_run_test SOURCES runner_test.cpp plan_test.cpp stages_test.cpp progress_test.cpp
  LINKS ionpass::workflows fmt::fmt LABELS integration)
# The steps between the energies are private to the library.
target_include_directories(workflows_run_test PRIVATE ${CMAKE_SOURCE_DIR}/workflows/src)
ionpass_add_test(workflows_resume_test SOURCES run_resume_test.cpp LINKS ionpass::workflows fmt::fmt LABELS mpi)
target_compile_definitions(workflows_resume_test PRIVATE IONPASS_RUN_DRIVER="$<TARGET_FILE:run_driver>")
add_dependencies(workflows_resume_test run_driver)
if(IONPASS_MPI)
  target_compile_definitions(workflows_resume_test PRIVATE IONPASS_MPIEXEC="${MPIEXEC_EXECUTABLE}")
endif()
