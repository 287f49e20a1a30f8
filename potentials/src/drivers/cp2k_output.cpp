#include "drivers/cp2k_output.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include <structures/units.hpp>

#include "drivers/program_number.hpp"

namespace ionpass::drivers {
namespace {

/// What the two analyses have for headings and for the line below their rows.
struct Table {
  std::string_view heading, other_heading, ending;
};

Table table_of(ChargeAnalysis analysis) {
  if (analysis == ChargeAnalysis::mulliken)
    return {"Mulliken Population Analysis", "MULLIKEN POPULATION ANALYSIS", "# Total charge"};
  return {"Hirshfeld Charges", "Hirshfeld Charges", "Total Charge"};
}

/// The net charge in a row "index element kind numbers…": the last number, but for the spin moment
/// that Mulliken's analysis puts behind it where the electrons have spin (4 numbers, not 2).
std::optional<double> net_charge(const std::string& line, ChargeAnalysis analysis) {
  std::istringstream words(line);
  int index = 0, kind = 0;
  std::string element;
  if (!(words >> index >> element >> kind)) return std::nullopt;
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    const auto number = program_number(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.size() < 2) return std::nullopt;
  const bool has_spin = analysis == ChargeAnalysis::mulliken && numbers.size() == 4;
  return numbers[numbers.size() - (has_spin ? 2 : 1)];
}

}  // namespace

std::optional<double> last_number(std::string_view text, std::string_view marker) {
  const std::size_t at = text.rfind(marker);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(at + marker.size());
  line = line.substr(0, line.find('\n'));
  const std::size_t begin = line.find_first_not_of(" :");
  if (begin == std::string_view::npos) return std::nullopt;
  line = line.substr(begin);
  return program_number(line.substr(0, line.find_first_of(" \t\r")));
}

Eigen::Matrix3Xd read_forces(std::string_view text, std::size_t atoms,
                             const ProgramOutput& output) {
  constexpr std::string_view heading = "ATOMIC FORCES in [a.u.]";
  constexpr std::string_view ending = "SUM OF ATOMIC FORCES";
  const std::size_t begin = text.rfind(heading);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(ending, begin);
  if (end == std::string_view::npos)
    throw failure(FailureKind::truncated_output, "CP2K's table of forces is not whole", output);
  std::istringstream lines{std::string(text.substr(begin, end - begin))};
  std::vector<double> numbers;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    int index = 0, kind = 0;
    std::string element;
    if (!(words >> index >> kind >> element)) continue;
    // What cannot be read is there all the same: a force that is no number.
    std::array<std::string, 3> force;
    words >> force[0] >> force[1] >> force[2];
    for (const std::string& word : force)
      numbers.push_back(program_number(word).value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  if (numbers.size() != 3 * atoms)
    throw failure(FailureKind::wrong_atom_count,
                  fmt::format("CP2K gave forces on {} atoms for a structure of {}",
                              numbers.size() / 3, atoms),
                  output);
  return Eigen::Map<const Eigen::Matrix3Xd>(numbers.data(), 3, static_cast<Eigen::Index>(atoms)) *
         units::hartree_per_bohr;
}

std::optional<Eigen::Matrix3d> read_stress(std::string_view text) {
  const std::size_t begin = text.rfind("STRESS| Analytical stress tensor [GPa]");
  if (begin == std::string_view::npos) return std::nullopt;
  std::istringstream lines{std::string(text.substr(begin))};
  std::string line, label, axis;
  std::getline(lines, line);
  std::getline(lines, line);
  Eigen::Matrix3d stress;
  for (int row = 0; row < 3; ++row) {
    std::getline(lines, line);
    std::istringstream words(line);
    words >> label >> axis;
    const auto numbers = program_numbers(std::string(std::istreambuf_iterator(words), {}));
    if (!numbers || numbers->size() != 3) return std::nullopt;
    stress.row(row) = Eigen::Map<const Eigen::RowVector3d>(numbers->data());
  }
  return -stress * units::gigapascal;
}

std::string_view to_string(ChargeAnalysis analysis) {
  return analysis == ChargeAnalysis::mulliken ? "Mulliken" : "Hirshfeld";
}

std::optional<ChargeAnalysis> charges_asked_for(std::string template_text) {
  std::ranges::transform(template_text, template_text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const auto& [section, analysis] : {std::pair{"&HIRSHFELD", ChargeAnalysis::hirshfeld},
                                          std::pair{"&MULLIKEN", ChargeAnalysis::mulliken}})
    if (template_text.find(section) != std::string::npos) return analysis;
  return std::nullopt;
}

std::optional<Eigen::VectorXd> read_charges(std::string_view text, ChargeAnalysis analysis,
                                            std::size_t atoms, const ProgramOutput& output) {
  const Table table = table_of(analysis);
  std::size_t begin = text.rfind(table.heading);
  if (begin == std::string_view::npos) begin = text.rfind(table.other_heading);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find(table.ending, begin);
  std::vector<double> charges;
  std::istringstream lines{std::string(text.substr(begin, end - begin))};
  for (std::string line; std::getline(lines, line);)
    if (const auto charge = net_charge(line, analysis)) charges.push_back(*charge);
  if (end == std::string_view::npos || charges.size() != atoms)
    throw failure(FailureKind::truncated_output,
                  fmt::format("CP2K's table of {} charges has {} of {} atoms", to_string(analysis),
                              charges.size(), atoms),
                  output);
  return Eigen::Map<const Eigen::VectorXd>(charges.data(), static_cast<Eigen::Index>(atoms));
}

}  // namespace ionpass::drivers
