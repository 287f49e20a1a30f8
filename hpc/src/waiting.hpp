// What farm and team share: patient waits, and exceptions as text.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <string>
#include <thread>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {

/// Waits in MPI spin at full speed; ranks that share cores with working ones must sleep instead.
class Backoff {
 public:
  void pause() {
    std::this_thread::sleep_for(delay_);
    delay_ = std::min(delay_ * 2, std::chrono::microseconds(2000));
  }

 private:
  std::chrono::microseconds delay_{20};
};

/// The next message with this tag, from whichever rank.
inline Bytes await_message(const Communicator& ranks, int tag) {
  Communicator::Envelope envelope;
  Backoff backoff;
  while (!ranks.probe(envelope, tag)) backoff.pause();
  return ranks.receive(envelope.source, tag);
}

inline std::string describe_current_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

inline Bytes to_bytes(const std::string& text) {
  Bytes out(text.size());
  std::memcpy(out.data(), text.data(), text.size());
  return out;
}

inline std::string to_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace ionpass::hpc
