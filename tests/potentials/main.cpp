// With the kernels for a Pentium 4 last bits change with the number of ranks, and a test fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <potentials/linear_algebra_kernels.hpp>

int main(int argc, char** argv) {
  ionpass::restart_with_fitting_kernels(argv);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
