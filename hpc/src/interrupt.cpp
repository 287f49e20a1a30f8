// Signals that ask a run to stop, turned into a flag.
#include <array>
#include <csignal>
#include <stdexcept>

#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX, for sigaction

#include <hpc/interrupt.hpp>

namespace ionpass::hpc {
namespace {

constexpr std::array<int, 3> watched_signals = {SIGINT, SIGTERM, SIGUSR1};

// A signal handler has no argument through which it could reach an object: these three must be
// global.
volatile std::sig_atomic_t received_signal = 0;
bool is_guarded = false;
std::array<struct sigaction, watched_signals.size()> previous_actions;

extern "C" void note_signal(int signal_number) {
  if (signal_number == SIGINT && received_signal == SIGINT) {
    // Delivered when this handler returns, since the signal is blocked while it runs.
    std::signal(SIGINT, SIG_DFL);
    std::raise(SIGINT);
    return;
  }
  received_signal = signal_number;
}

std::string signal_name(int signal_number) {
  switch (signal_number) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    default:
      return "SIGUSR1";
  }
}

}  // namespace

InterruptGuard::InterruptGuard(std::optional<std::chrono::seconds> time_limit) {
  if (is_guarded) throw std::logic_error("a second InterruptGuard while the first one lives");
  if (time_limit) deadline_ = std::chrono::steady_clock::now() + *time_limit;
  received_signal = 0;
  struct sigaction action = {};
  action.sa_handler = note_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // a file being written must not be cut short
  for (std::size_t i = 0; i < watched_signals.size(); ++i) {
    sigaction(watched_signals[i], &action, &previous_actions[i]);
  }
  is_guarded = true;
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < watched_signals.size(); ++i) {
    sigaction(watched_signals[i], &previous_actions[i], nullptr);
  }
  is_guarded = false;
}

std::optional<std::string> InterruptGuard::reason() const {
  const int signal_number = received_signal;
  if (signal_number != 0) return signal_name(signal_number);
  if (deadline_ && std::chrono::steady_clock::now() >= *deadline_) return "time limit";
  return std::nullopt;
}

}  // namespace ionpass::hpc
