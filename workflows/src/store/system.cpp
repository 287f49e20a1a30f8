#include "store/system.hpp"

#include <array>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include <structures/error.hpp>

namespace ionpass::workflows {

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw IoError(fmt::format("{}: cannot make this folder ({}); check the path and your rights",
                              folder.string(), error.message()));
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace ionpass::workflows
