// A program that no launcher started: one rank, and MPI stays out of it.
#include <cstdlib>

#include <gtest/gtest.h>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {
namespace {

TEST(Alone, IsOneRankWithoutASession) {
  const Communicator world = Communicator::world();
  EXPECT_EQ(world.size(), 1);
  EXPECT_TRUE(world.is_root());
  EXPECT_EQ(world.broadcast(Bytes(3)), Bytes(3));
}

TEST(Alone, ASessionDoesNotStartMpi) {
  int argc = 0;
  char** argv = nullptr;
  { const Session first(argc, argv); }
  // MPI starts once in the life of a process: had the first session started it, this one would say
  // so.
  EXPECT_NO_THROW(const Session second(argc, argv));
}

TEST(Alone, ALauncherMeansThatASessionIsMissing) {
  setenv("PMIX_RANK", "0", 1);
  EXPECT_THROW((void)Communicator::world(), MpiError);
  unsetenv("PMIX_RANK");
  EXPECT_NO_THROW((void)Communicator::world());
}

}  // namespace
}  // namespace ionpass::hpc
