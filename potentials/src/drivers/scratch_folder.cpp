#include "drivers/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <potentials/driver_error.hpp>

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {
constexpr const char* scratch_prefix = "ionpass-driver-";
}

ScratchFolder::ScratchFolder(const fs::path& base) {
  std::error_code error;
  const fs::path parent = base.empty() ? fs::temp_directory_path(error) : fs::absolute(base);
  if (!error) fs::create_directories(parent, error);
  std::string pattern = (parent / (scratch_prefix + std::string("XXXXXX"))).string();
  if (!error && mkdtemp(pattern.data()) != nullptr) {
    path_ = pattern;
    return;
  }
  const int code = error ? error.value() : errno;
  const std::string message = fmt::format(
      "{}: no scratch folder can be made there ({}); choose another with "
      "potential.driver.scratch",
      parent.string(), std::strerror(code));
  if (code == ENOSPC || code == EDQUOT) throw DriverError(FailureKind::disk_full, message);
  throw IoError(message);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(path_, ignored);
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

std::size_t remove_left_scratch(const std::filesystem::path& base) {
  std::size_t removed = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(base, ignored)) {
    const bool is_ours =
        entry.path().filename().string().starts_with(drivers::scratch_prefix) &&
        entry.symlink_status(ignored).type() == std::filesystem::file_type::directory;
    if (!is_ours) continue;
    std::error_code error;
    std::filesystem::remove_all(entry.path(), error);
    if (!error) ++removed;
  }
  return removed;
}

}  // namespace ionpass
