// Starts MPI before GoogleTest runs; a test that fails on any rank fails the whole program.
#include <gtest/gtest.h>

#include <hpc/communicator.hpp>

int main(int argc, char** argv) {
  const ionpass::hpc::Session session(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  const ionpass::hpc::Communicator world = ionpass::hpc::Communicator::world();
  if (!world.is_root()) {
    delete ::testing::UnitTest::GetInstance()->listeners().Release(
        ::testing::UnitTest::GetInstance()->listeners().default_result_printer());
  }
  const bool is_good = RUN_ALL_TESTS() == 0;
  return world.all_of(is_good) ? 0 : 1;
}
