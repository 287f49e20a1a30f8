// What is particular to one program: its input, its output, and how it proves that it converged.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <potentials/kpoints.hpp>
#include <potentials/potential.hpp>
#include <potentials/registry.hpp>

#include "drivers/program_output.hpp"
#include "drivers/recipe.hpp"

namespace ionpass::drivers {

/// How a program finds our socket.
struct SocketAddress {
  bool is_unix = true;
  std::string name;  ///< behind /tmp/ipi_, or a host
  int port = 0;
};

/// What one input file is made for.
struct Job {
  const Structure* structure = nullptr;
  bool stress = false;
  bool warm = false;                    ///< files of an earlier wave function are in the folder
  bool retry = false;                   ///< an earlier attempt failed: the safer settings
  std::optional<SocketAddress> socket;  ///< absent: results come in files
};

/// Settings that a program has from us only where its input has a place for them.
enum class Setting { electronic_temperature, kpoints };

/// One program. Immutable; serves all workers at once.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// @throws as Potential::check
  virtual void check(const Structure& structure) const = 0;
  /// Everything beside the recipe that changes the numbers, for the description.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> settings() const = 0;
  /// Whether the program hears of a setting.
  [[nodiscard]] virtual bool takes(Setting setting) const {
    (void)setting;
    return false;
  }
  /// Writes all input files of a job into a folder. @throws InputError, IoError
  virtual void write_input(const std::filesystem::path& folder, const Job& job) const = 0;
  /// What follows the program in its argument vector, or all of it if `command` has placeholders.
  [[nodiscard]] virtual std::vector<std::string> arguments(const std::vector<std::string>& command,
                                                           const Job& job) const = 0;
  /// File below the folder for standard input; empty: none.
  [[nodiscard]] virtual std::string standard_input() const { return {}; }
  /// Checks that the part of the output that belongs to one evaluation proves convergence.
  /// @returns the number of SCF steps, 0 if not known. @throws DriverError scf_not_converged
  virtual int require_convergence(std::string_view text, const ProgramOutput& output) const = 0;
  /// Charges in that part of the output, e, one per atom; nothing if the program was not asked for
  /// them. @throws DriverError truncated_output
  [[nodiscard]] virtual std::optional<Eigen::VectorXd> charges(std::string_view text,
                                                               std::size_t atoms,
                                                               const ProgramOutput& output) const {
    (void)text, (void)atoms, (void)output;
    return std::nullopt;
  }
  /// The result of a run over files that ended well. @throws DriverError
  [[nodiscard]] virtual Evaluation read_result(const std::filesystem::path& folder, const Job& job,
                                               const ProgramOutput& output) const = 0;
  /// Whether an exit status other than 0 still leaves a readable account of what went wrong.
  /// @throws DriverError if the output explains the end better than the exit status
  virtual void explain_end(const ProgramOutput& output) const { (void)output; }
};

[[nodiscard]] std::unique_ptr<Dialect> make_cp2k(const Recipe& recipe,
                                                 const PotentialSettings& settings);
[[nodiscard]] std::unique_ptr<Dialect> make_pw(const Recipe& recipe,
                                               const PotentialSettings& settings);
/// "command" and "ipi": programs that read extxyz and whose argument vector says the rest.
[[nodiscard]] std::unique_ptr<Dialect> make_generic(const Recipe& recipe,
                                                    const PotentialSettings& settings);

/// The argument vector of a recipe or, where the user gives one, that. @throws InputError if there
/// is none
[[nodiscard]] std::vector<std::string> command_of(const Recipe& recipe,
                                                  const DriverSettings& settings);

/// An entry of the recipe for an element. @throws UnsupportedElement naming file and key
[[nodiscard]] const std::string& element_entry(const Recipe& recipe, int number,
                                               const std::string& key);
/// Atomic numbers in a structure, each once, in ascending order.
[[nodiscard]] std::set<int> elements_in(const Structure& structure);
/// Total charge as a whole number. @throws InputError where it is none
[[nodiscard]] int whole_charge(const Structure& structure, const std::string& name);
/// @throws InputError if the structure has no cell
void require_cell(const Structure& structure, const std::string& name);

}  // namespace ionpass::drivers
