#include "store/run_lock.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <structures/error.hpp>

#include "store/system.hpp"

namespace ionpass::workflows {
namespace {

std::string holder(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t length = pread(descriptor, text.data(), text.size() - 1, 0);
  std::string out = length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "";
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out.empty() ? "another process" : out;
}

void sign(int descriptor, const std::filesystem::path& file) {
  const std::string text = fmt::format("process {} on host {}\n", getpid(), host_name());
  const bool written =
      ftruncate(descriptor, 0) == 0 &&
      pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!written)
    throw IoError(fmt::format("{}: cannot be written ({}): check the space left and the rights",
                              file.string(), std::strerror(errno)));
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_dir) {
  const std::filesystem::path file = run_dir / ".lock";
  descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw IoError(fmt::format("{}: cannot be made ({}): choose a run folder that can be written",
                              file.string(), std::strerror(errno)));
  try {
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK)
        throw InputError(
            fmt::format("{}: {} is working on this run folder: wait for it, stop it, or choose "
                        "another --run-dir",
                        run_dir.string(), holder(descriptor_)));
      throw IoError(fmt::format(
          "{}: cannot be locked ({}): put the run folder on a file system with file locks",
          file.string(), std::strerror(errno)));
    }
    sign(descriptor_, file);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

RunLock::~RunLock() { close(descriptor_); }

}  // namespace ionpass::workflows
