#include "drivers/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <potentials/driver_error.hpp>
#include <potentials/driver_scratch.hpp>
#include <potentials/driver_settings.hpp>

#include "drivers/ipi_server.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

constexpr const char* scratch_prefix = "ionpass-driver-";

std::string machine_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

/// What came of the attempt to lock a folder.
enum class Claim {
  ours,
  taken,        ///< another process has it
  gone,         ///< another process has just removed it
  unsupported,  ///< this file system has no locks
  failed,       ///< errno says why
};

Claim claim(const fs::path& folder, Descriptor& lock) {
  lock = Descriptor(
      open((folder / scratch_lock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.is_open()) return errno == ENOENT ? Claim::gone : Claim::failed;
  if (flock(lock.number(), LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK ? Claim::taken : Claim::unsupported;
  // Who removes a folder holds its lock, which we may have waited to open.
  struct stat status = {};
  const bool is_there = fstat(lock.number(), &status) == 0 && status.st_nlink > 0;
  return is_there ? Claim::ours : Claim::gone;
}

[[noreturn]] void cannot_make(const fs::path& parent, int code) {
  const std::string message = fmt::format(
      "{}: no scratch folder can be made there ({}); choose another with "
      "potential.driver.scratch",
      parent.string(), std::strerror(code));
  if (code == ENOSPC || code == EDQUOT) throw DriverError(FailureKind::disk_full, message);
  throw IoError(message);
}

}  // namespace

ScratchFolder::ScratchFolder(const fs::path& base) {
  std::error_code error;
  const fs::path parent = base.empty() ? fs::temp_directory_path(error) : fs::absolute(base);
  if (!error) fs::create_directories(parent, error);
  if (error) cannot_make(parent, error.value());
  while (true) {
    std::string pattern = (parent / (scratch_prefix + std::string("XXXXXX"))).string();
    if (mkdtemp(pattern.data()) == nullptr) cannot_make(parent, errno);
    const Claim claimed = claim(pattern, lock_);
    if (claimed == Claim::failed) cannot_make(parent, errno);
    // Without a lock yet, a folder looks like that of a dead process: another one may clean it up.
    if (claimed == Claim::taken || claimed == Claim::gone) continue;
    path_ = pattern;
    const std::string name = machine_name();
    (void)!write(lock_.number(), name.data(), name.size());  // only where locks are lost on others
    return;
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_input_file(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (out) return;
  const std::string message =
      fmt::format("{}: cannot be written ({})", file.string(), std::strerror(errno));
  if (errno == ENOSPC || errno == EDQUOT) throw DriverError(FailureKind::disk_full, message);
  throw IoError(message);
}

bool is_disk_full(const fs::path& folder) {
  constexpr std::uintmax_t smallest_useful = std::uintmax_t{64} * 1024;
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  return !error && space.available < smallest_useful;
}

}  // namespace ionpass::drivers

namespace ionpass {

namespace fs = std::filesystem;

using namespace drivers;

namespace {

/// Our user's folders of workers; links to such are none.
bool is_scratch(const fs::path& entry) {
  struct stat status = {};
  return entry.filename().string().starts_with(scratch_prefix) &&
         lstat(entry.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid();
}

/// Some file systems have locks that other machines do not see: their processes may live.
bool is_of_this_machine(const Descriptor& lock) {
  char text[256] = {};
  const ssize_t size = pread(lock.number(), text, sizeof text - 1, 0);
  return size <= 0 || machine_name() == text;
}

/// With the socket that its worker may have left, which is named like it.
bool remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove(ipi_socket_prefix + folder.filename().string(), error);
  return fs::remove_all(folder, error) > 0 && !error;
}

std::size_t remove_scratch(const fs::path& base,
                           const std::function<bool(const fs::path&)>& remove) {
  std::size_t removed = 0;
  std::error_code error;
  // Explicit steps: other processes remove folders at the same time.
  for (fs::directory_iterator entry(base, error), end; !error && entry != end;
       entry.increment(error))
    if (is_scratch(entry->path()) && remove(entry->path())) ++removed;
  return removed;
}

}  // namespace

std::size_t remove_left_scratch(const fs::path& base) {
  return remove_scratch(base, remove_folder);
}

std::size_t remove_dead_scratch(const fs::path& base) {
  std::error_code error;
  const fs::path folder = base.empty() ? fs::temp_directory_path(error) : base;
  if (error) return 0;
  return remove_scratch(folder, [](const fs::path& scratch) {
    Descriptor lock;
    return claim(scratch, lock) == Claim::ours && is_of_this_machine(lock) &&
           remove_folder(scratch);
  });
}

}  // namespace ionpass
