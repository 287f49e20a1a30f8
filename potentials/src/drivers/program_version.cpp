#include "drivers/program_version.hpp"

#include <charconv>

#include <fmt/format.h>

#include <potentials/driver_error.hpp>

#include "drivers/child_process.hpp"
#include "drivers/program_output.hpp"
#include "drivers/scratch_folder.hpp"

namespace ionpass::drivers {
namespace {

constexpr double patience = 60.0;  // s; a program on a slow file system starts slowly

std::string word_behind(const std::string& text, std::string_view marker) {
  const std::size_t at = text.find(marker);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + marker.size();
  return text.substr(begin, text.find_first_of(" \t\r\n", begin) - begin);
}

/// Number at the front of a text, which is shortened to what lies behind its next dot.
int next_part(std::string_view& text) {
  int part = 0;
  std::from_chars(text.data(), text.data() + text.size(), part);
  const std::size_t dot = text.find('.');
  text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  return part;
}

}  // namespace

bool is_older(const std::string& version, const std::string& than) {
  std::string_view a = version, b = than;
  while (!a.empty() || !b.empty()) {
    const int part_a = next_part(a), part_b = next_part(b);
    if (part_a != part_b) return part_a < part_b;
  }
  return false;
}

std::string program_version(const Recipe& recipe, const std::vector<std::string>& command) {
  if (recipe.program != Program::cp2k && recipe.program != Program::pw) {
    (void)find_program(command.front());
    return "";
  }
  const bool is_cp2k = recipe.program == Program::cp2k;
  const ScratchFolder folder({});
  const ProgramOutput output{folder.path() / "output.txt", folder.path() / "errors.txt"};
  LaunchPlan plan{command, folder.path(), {}, output.output, output.errors};
  // pw.x has no option for it, but introduces itself before it misses its input.
  if (is_cp2k) plan.arguments.emplace_back("--version");
  ChildProcess program(plan);
  (void)program.wait(Deadline::in(patience));
  program.kill();
  std::string version = word_behind(output.fresh(), is_cp2k ? "CP2K version " : "Program PWSCF v.");
  if (version.empty())
    throw failure(FailureKind::wrong_version,
                  fmt::format("{}: '{}' does not introduce itself as {}", recipe.potential.name,
                              command.front(), is_cp2k ? "CP2K" : "pw.x"),
                  output);
  if (is_older(version, recipe.minimum_version))
    throw DriverError(
        FailureKind::wrong_version,
        fmt::format("{}: '{}' is of version {}, at least {} is needed; install a "
                    "newer one",
                    recipe.potential.name, command.front(), version, recipe.minimum_version));
  return version;
}

}  // namespace ionpass::drivers
