#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <workflows/data_paths.hpp>

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::optional<DataPaths> paths_below(const fs::path& root) {
  // The source tree keeps data beside the code that uses them; an installation has nothing but
  // data.
  if (is_folder(root / "potentials" / "data") && is_folder(root / "workflows" / "data"))
    return DataPaths{root / "potentials" / "data", root / "structures" / "library",
                     root / "workflows" / "studies",
                     root / "workflows" / "data" / "barriers-literature.yaml"};
  if (is_folder(root / "potentials") && is_folder(root / "workflows"))
    return DataPaths{root / "potentials", root / "structures", root / "studies",
                     root / "workflows" / "barriers-literature.yaml"};
  return std::nullopt;
}

fs::path beside_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path().parent_path() / "share" / "ionpass";
}

}  // namespace

DataPaths data_paths_below(const fs::path& root) {
  if (const auto paths = paths_below(root)) return *paths;
  throw IoError(
      fmt::format("{}: holds no data of ionpass: set IONPASS_DATA to the folder "
                  "share/ionpass of an installation or to the source tree",
                  root.string()));
}

fs::path structure_path(const fs::path& written, const fs::path& folder) {
  fs::path beside = folder / written;
  std::error_code ignored;
  if (fs::exists(beside, ignored) || written.empty() || *written.begin() != "library")
    return beside;
  return data_paths().structures / written.lexically_relative("library");
}

DataPaths data_paths() {
  if (const char* named = std::getenv("IONPASS_DATA"); named != nullptr && *named != '\0')
    return data_paths_below(named);
  if (const auto paths = paths_below(beside_program())) return *paths;
  return data_paths_below(IONPASS_SOURCE_TREE);
}

}  // namespace ionpass::workflows
