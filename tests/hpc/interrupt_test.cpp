// A run is asked to stop, and the process survives to save its work.
#include <chrono>
#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>

#include <hpc/interrupt.hpp>

namespace ionpass::hpc {
namespace {

TEST(InterruptGuard, HasNoReasonWithoutASignal) {
  const InterruptGuard guard;
  EXPECT_FALSE(guard.reason().has_value());
}

TEST(InterruptGuard, NamesTheSignal) {
  const InterruptGuard guard;
  std::raise(SIGTERM);
  ASSERT_TRUE(guard.reason().has_value());
  EXPECT_EQ(*guard.reason(), "SIGTERM");
}

TEST(InterruptGuard, CatchesUsr1AndOneInt) {
  {
    const InterruptGuard guard;
    std::raise(SIGUSR1);
    EXPECT_EQ(guard.reason().value_or(""), "SIGUSR1");
  }
  const InterruptGuard guard;
  EXPECT_FALSE(guard.reason().has_value()) << "a new guard starts afresh";
  std::raise(SIGINT);
  EXPECT_EQ(guard.reason().value_or(""), "SIGINT");
}

TEST(InterruptGuard, ReportsAnExpiredTimeLimit) {
  const InterruptGuard expired(std::chrono::seconds(0));
  EXPECT_EQ(expired.reason().value_or(""), "time limit");
}

TEST(InterruptGuard, WaitsForALimitFarAway) {
  const InterruptGuard guard(std::chrono::hours(24));
  EXPECT_FALSE(guard.reason().has_value());
}

TEST(InterruptGuard, RefusesASecondOne) {
  const InterruptGuard guard;
  EXPECT_THROW(InterruptGuard{}, std::logic_error);
}

void interrupt_twice() {
  const InterruptGuard guard;
  std::raise(SIGINT);
  std::raise(SIGINT);
}

TEST(InterruptGuardDeathTest, SecondIntEndsTheProgram) {
  EXPECT_EXIT(interrupt_twice(), ::testing::KilledBySignal(SIGINT), "");
}

void terminate_after_guard() {
  { const InterruptGuard guard; }
  std::raise(SIGTERM);
}

TEST(InterruptGuardDeathTest, GivesTheSignalsBack) {
  EXPECT_EXIT(terminate_after_guard(), ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace ionpass::hpc
