// Collectives and messages, the same on one rank and on several.
#include <cstddef>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {
namespace {

Bytes bytes_of(const std::string& text) {
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

TEST(Communicator, BroadcastGivesTheRootsBytesToAll) {
  const Communicator world = Communicator::world();
  const Bytes sent = world.is_root() ? bytes_of("from the root") : bytes_of("mine");
  EXPECT_EQ(world.broadcast(sent), bytes_of("from the root"));
  EXPECT_TRUE(world.broadcast(world.is_root() ? Bytes{} : sent).empty());
}

TEST(Communicator, BroadcastsFromAnyRank) {
  const Communicator world = Communicator::world();
  const int last = world.size() - 1;
  const Bytes mine = bytes_of(std::to_string(world.rank()));
  EXPECT_EQ(world.broadcast(mine, last), bytes_of(std::to_string(last)));
}

TEST(Communicator, AllOfIsFalseIfOneRankSaysSo) {
  const Communicator world = Communicator::world();
  EXPECT_TRUE(world.all_of(true));
  EXPECT_FALSE(world.all_of(world.rank() != world.size() - 1));
}

TEST(Communicator, SplitOrdersRanksAsBefore) {
  const Communicator world = Communicator::world();
  const int color = world.rank() % 2;
  const Communicator part = world.split(color);
  EXPECT_EQ(part.rank(), world.rank() / 2);
  EXPECT_EQ(part.size(), (world.size() + 1 - color) / 2);
  part.barrier();
  const Communicator copy = part;
  EXPECT_TRUE(copy.all_of(true));
}

TEST(Communicator, SelfIsAlone) {
  const Communicator self = Communicator::self();
  EXPECT_EQ(self.rank(), 0);
  EXPECT_EQ(self.size(), 1);
  EXPECT_TRUE(self.is_root());
}

TEST(Communicator, MessagesArriveWhole) {
  const Communicator world = Communicator::world();
  constexpr int tag = 5;
  const std::string text(300000, 'x');
  if (world.is_root()) {
    for (int rank = 1; rank < world.size(); ++rank) {
      EXPECT_EQ(world.receive(rank, tag), bytes_of(text + std::to_string(rank)));
    }
    Communicator::Envelope envelope;
    EXPECT_FALSE(world.probe(envelope, tag));
  } else {
    world.send(bytes_of(text + std::to_string(world.rank())), 0, tag);
  }
  world.barrier();
}

TEST(Communicator, RefusesARankThatDoesNotExist) {
  const Communicator world = Communicator::world();
  EXPECT_THROW(world.send(bytes_of("x"), world.size(), 0), MpiError);
}

}  // namespace
}  // namespace ionpass::hpc
