// The farm gives the same results on any number of ranks, and nothing hangs when something throws.
#include <chrono>
#include <cstddef>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <hpc/farm.hpp>

namespace ionpass::hpc {
namespace {

using ::testing::HasSubstr;

Bytes bytes_of(const std::string& text) {
  Bytes bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes twice(const Bytes& payload) { return bytes_of(text_of(payload) + text_of(payload)); }

std::vector<FarmTask> numbered_tasks(int count) {
  std::vector<FarmTask> tasks;
  for (int i = 0; i < count; ++i) {
    tasks.push_back({bytes_of(std::to_string(i)), static_cast<double>((i * 7) % 11)});
  }
  return tasks;
}

TEST(Farm, ResultsComeInTheOrderOfTheTasks) {
  const Communicator world = Communicator::world();
  Farm farm(world, twice);
  if (!world.is_root()) return farm.serve();
  std::multiset<std::size_t> arrived;
  const std::vector<FarmTask> tasks = numbered_tasks(23);
  const std::vector<Bytes> results = farm.map(tasks, [&](std::size_t index, const Bytes& result) {
    arrived.insert(index);
    EXPECT_EQ(text_of(result), std::to_string(index) + std::to_string(index));
  });
  farm.stop();
  ASSERT_EQ(results.size(), 23U);
  for (int i = 0; i < 23; ++i) {
    EXPECT_EQ(text_of(results[static_cast<std::size_t>(i)]), std::to_string(i) + std::to_string(i));
    EXPECT_EQ(arrived.count(static_cast<std::size_t>(i)), 1U) << "reported once";
  }
}

TEST(Farm, MapsAgainAndAcceptsNothingToDo) {
  const Communicator world = Communicator::world();
  Farm farm(world, twice);
  if (!world.is_root()) return farm.serve();
  EXPECT_TRUE(farm.map({}).empty());
  const std::vector<FarmTask> tasks = numbered_tasks(3);
  EXPECT_EQ(farm.map(tasks), farm.map(tasks));
  farm.stop();
  farm.stop();
  EXPECT_THROW(farm.map(tasks), std::logic_error);
}

TEST(Farm, LargeResultsPass) {
  const Communicator world = Communicator::world();
  constexpr std::size_t megabyte = std::size_t{1} << 20;
  Farm farm(world, [](const Bytes&) { return Bytes(megabyte, std::byte{7}); });
  if (!world.is_root()) return farm.serve();
  for (const Bytes& result : farm.map(numbered_tasks(9))) EXPECT_EQ(result.size(), megabyte);
  farm.stop();
}

TEST(Farm, LongestTaskStartsFirst) {
  const Communicator world = Communicator::world();
  Farm farm(world, twice);
  if (!world.is_root()) return farm.serve();
  std::vector<std::size_t> order;
  const std::vector<FarmTask> tasks = {
      {bytes_of("a"), 1.0}, {bytes_of("b"), 5.0}, {bytes_of("c"), 3.0}};
  (void)farm.map(tasks, [&](std::size_t index, const Bytes&) { order.push_back(index); });
  farm.stop();
  if (world.size() == 1) {
    EXPECT_EQ(order, (std::vector<std::size_t>{1, 2, 0}));
  }
}

TEST(Farm, SharesTheWork) {
  const Communicator world = Communicator::world();
  const std::string rank = std::to_string(world.rank());
  Farm farm(world, [&](const Bytes&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return bytes_of(rank);
  });
  if (!world.is_root()) return farm.serve();
  std::set<std::string> ranks;
  for (const Bytes& result : farm.map(numbered_tasks(20))) ranks.insert(text_of(result));
  farm.stop();
  EXPECT_EQ(ranks.size(), static_cast<std::size_t>(world.size())) << "every rank had some of it";
}

TEST(Farm, ErrorOfTheCallbackReachesTheCallerAndFreesTheWorkers) {
  const Communicator world = Communicator::world();
  Farm farm(world, twice);
  if (!world.is_root()) return farm.serve();
  int calls = 0;
  EXPECT_THROW(farm.map(numbered_tasks(12),
                        [&](std::size_t, const Bytes&) {
                          if (++calls == 2) throw std::domain_error("disk full");
                        }),
               std::domain_error);
  EXPECT_EQ(calls, 2);
}

TEST(Farm, WorkThatThrowsIsNamedAndWhatWasUnderWayIsKept) {
  const Communicator world = Communicator::world();
  Farm farm(world, [](const Bytes& payload) {
    if (text_of(payload) == "5") throw std::runtime_error("no such table");
    return twice(payload);
  });
  if (!world.is_root()) return farm.serve();
  try {
    (void)farm.map(numbered_tasks(12));
    FAIL() << "nothing was thrown";
  } catch (const WorkError& error) {
    EXPECT_THAT(error.what(), HasSubstr("task 5"));
    EXPECT_THAT(error.what(), HasSubstr("no such table"));
  }
}

TEST(Farm, OnlyRankZeroManages) {
  const Communicator world = Communicator::world();
  Farm farm(world, twice);
  if (world.is_root()) {
    EXPECT_THROW(farm.serve(), std::logic_error);
  } else {
    EXPECT_THROW(farm.map({}), std::logic_error);
  }
  world.barrier();
}

}  // namespace
}  // namespace ionpass::hpc
