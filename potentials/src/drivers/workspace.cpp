#include "drivers/workspace.hpp"

#include <cstdlib>
#include <system_error>

#include <structures/io.hpp>

namespace ionpass::drivers {

namespace fs = std::filesystem;

SystemKey key_of(const Structure& structure, bool stress) {
  return {structure.numbers, structure.charge, structure.cell, stress};
}

Workspace::Workspace(const DriverSettings& settings)
    : settings_(settings), folder_(settings.scratch) {
  output.output = folder() / "output.txt";
  output.errors = folder() / "errors.txt";
}

fs::path Workspace::keep_files(const std::string& why) const noexcept {
  constexpr std::uintmax_t largest_kept =
      std::uintmax_t{4} * 1024 * 1024;  // text; wave functions are larger
  try {
    std::string pattern = (folder().parent_path() / ("ionpass-" + why + "-XXXXXX")).string();
    if (mkdtemp(pattern.data()) == nullptr) return {};
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder()))
      if (entry.is_regular_file() && entry.file_size() <= largest_kept &&
          entry.path().filename() != scratch_lock)
        fs::copy_file(entry.path(), fs::path(pattern) / entry.path().filename(), ignored);
    return pattern;
  } catch (const std::exception&) {
    return {};  // the failure that made us keep them is what the user must hear of
  }
}

void Workspace::finish_evaluation() {
  if (settings_.keep_output) (void)keep_files("kept");
  std::error_code missing;
  const auto size = fs::file_size(output.output, missing);
  output.read = missing ? 0 : size;
}

}  // namespace ionpass::drivers
