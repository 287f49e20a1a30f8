// pw.x of Quantum ESPRESSO (Giannozzi et al., J. Phys.: Condens. Matter 29, 465901 (2017)) with any
// template, over sockets or files.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <structures/units.hpp>

#include "drivers/gth.hpp"
#include "drivers/program_number.hpp"
#include "drivers/scratch_folder.hpp"
#include "drivers/template_dialect.hpp"
#include "fingerprint.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

constexpr const char* input_file = "pw.in";
constexpr const char* xml_file = "out/ionpass.xml";
constexpr const char* density_folder = "out/ionpass.save";

TemplateWords words() {
  return {.placeholders = {"atoms", "types", "species", "cell", "positions", "kpoints", "charge",
                           "stress", "degauss"},
          .needed = {"atoms", "types", "species", "cell", "positions", "kpoints"},
          .electronic_temperature = "degauss"};
}

std::string cell_text(const Structure& structure) {
  std::string out = "CELL_PARAMETERS angstrom\n";
  for (const auto& v : structure.cell->matrix().colwise())
    out += fmt::format("{:.12f} {:.12f} {:.12f}\n", v(0), v(1), v(2));
  return out;
}

std::string positions_text(const Structure& structure) {
  std::string out = "ATOMIC_POSITIONS angstrom\n";
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    const Eigen::Vector3d r = structure.positions.col(static_cast<Eigen::Index>(atom));
    out += fmt::format("{} {:.12f} {:.12f} {:.12f}\n", element_symbol(structure.numbers[atom]),
                       r(0), r(1), r(2));
  }
  return out;
}

/// A number of the XML file. Nothing else is one: a damaged energy must not become 0.
double number_in(const pugi::xml_node& node, const ProgramOutput& output) {
  if (const auto number = program_number(std::string(node.text().as_string()))) return *number;
  throw failure(FailureKind::truncated_output,
                fmt::format("pw.x's XML file has no number in '{}'", node.name()), output);
}

/// All numbers of one of its tables; none if there is no such.
std::vector<double> numbers_in(const pugi::xml_node& node, const ProgramOutput& output) {
  if (auto numbers = program_numbers(node.text().as_string())) return *numbers;
  throw failure(FailureKind::truncated_output,
                fmt::format("pw.x's XML file has something else than numbers in '{}'", node.name()),
                output);
}

/// Where a pw.x input says something like "name = value", blanks and case aside.
std::size_t find_setting(std::string text, std::string_view name, std::string_view value) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; ++at) {
    const std::size_t equal = text.find_first_not_of(" \t", at + name.size());
    if (equal == std::string::npos || text[equal] != '=') continue;
    const std::size_t start = text.find_first_not_of(" \t", equal + 1);
    if (start != std::string::npos && text.compare(start, value.size(), value) == 0) return at;
  }
  return std::string::npos;
}

class Pw final : public TemplateDialect {
 public:
  Pw(const Recipe& recipe, const PotentialSettings& settings)
      : TemplateDialect(recipe, settings, words()) {
    // With it, pw.x claims convergence whatever happened.
    if (const std::size_t at = find_setting(text_, "scf_must_converge", ".f");
        at != std::string::npos)
      refuse(at, "scf_must_converge = .false. hides failures; take it out");
  }

  void check(const Structure& structure) const override {
    TemplateDialect::check(structure);
    for (const int number : elements_in(structure)) (void)pseudopotential(number);
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override {
    auto out = TemplateDialect::settings();
    for (const auto& [number, file] : files_)
      out.emplace_back(fmt::format("pseudopotential {}", element_symbol(number)),
                       fmt::format("{} {}", file.first, text_fingerprint(file.second)));
    return out;
  }

  void write_input(const fs::path& folder, const Job& job) const override {
    const Structure& structure = *job.structure;
    const std::set<int> elements = elements_in(structure);
    std::string species = "ATOMIC_SPECIES\n";
    for (const int number : elements) {
      const auto& [name, text] = pseudopotential(number);
      const fs::path file = folder / name;
      if (!fs::exists(file)) write_input_file(file, text);
      species += fmt::format("{} {:.5f} {}\n", element_symbol(number), atomic_mass(number), name);
    }
    std::error_code ignored;
    fs::remove(folder / xml_file, ignored);  // no result of an earlier run is taken for this one's
    const double degauss = 2.0 * units::boltzmann_hartree * electronic_temperature();  // Ry
    write_input_file(folder / input_file,
                     render({{"atoms", fmt::format("{}", structure.size())},
                             {"types", fmt::format("{}", elements.size())},
                             {"species", species},
                             {"cell", cell_text(structure)},
                             {"positions", positions_text(structure)},
                             {"kpoints", kpoints_text(structure)},
                             {"charge", charge_text(structure)},
                             {"stress", job.stress ? ".true." : ".false."},
                             {"degauss", fmt::format("{:.10f}", degauss)}},
                            job, job.warm && fs::exists(folder / density_folder)));
  }

  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& command,
                                                   const Job& job) const override {
    std::vector<std::string> out = command;
    out.insert(out.end(), {"-in", input_file});
    if (job.socket)
      out.insert(out.end(), {"--ipi", job.socket->is_unix ? job.socket->name + ":UNIX"
                                                          : fmt::format("{}:{}", job.socket->name,
                                                                        job.socket->port)});
    return out;
  }

  int require_convergence(std::string_view text, const ProgramOutput& output) const override {
    // With its default, pw.x stops where it does not converge; its output may lag behind its
    // answers, so that only the complaint can be asked for.
    if (text.find("convergence NOT achieved") != std::string_view::npos)
      throw failure(FailureKind::scf_not_converged, "pw.x says 'convergence NOT achieved'", output);
    return 0;
  }

  void explain_end(const ProgramOutput& output) const override {
    (void)require_convergence(output.fresh(), output);
  }

  [[nodiscard]] Evaluation read_result(const fs::path& folder, const Job& job,
                                       const ProgramOutput& output) const override {
    (void)require_convergence(output.fresh(), output);
    pugi::xml_document document;
    if (!document.load_file((folder / xml_file).c_str()))
      throw failure(FailureKind::truncated_output, "pw.x left no whole XML file", output);
    const pugi::xml_node result = document.document_element().child("output");
    const pugi::xml_node scf = result.child("convergence_info").child("scf_conv");
    if (!scf.child("convergence_achieved").text().as_bool())
      throw failure(FailureKind::scf_not_converged,
                    fmt::format("pw.x's SCF error is {} after {} steps",
                                scf.child("scf_error").text().as_string("unknown"),
                                scf.child("n_scf_steps").text().as_string("unknown")),
                    output);
    const pugi::xml_node total = result.child("total_energy");
    if (!total.child("etot"))
      throw failure(FailureKind::truncated_output, "pw.x's XML file has no total energy", output);
    Evaluation out;
    out.scf.iterations = scf.child("n_scf_steps").text().as_int();
    out.free_energy = number_in(total.child("etot"), output) * units::hartree;
    // Half way between free energy and energy, which differ by -TS ("demet"): Gillan, J. Phys.:
    // Condens. Matter 1, 689 (1989).
    const pugi::xml_node smearing = total.child("demet");
    out.energy = out.free_energy;
    if (smearing) out.energy -= 0.5 * number_in(smearing, output) * units::hartree;
    const auto forces = numbers_in(result.child("forces"), output);
    if (forces.size() != 3 * job.structure->size())
      throw failure(FailureKind::wrong_atom_count,
                    fmt::format("pw.x gave forces on {} atoms for a structure of {}",
                                forces.size() / 3, job.structure->size()),
                    output);
    out.forces = Eigen::Map<const Eigen::Matrix3Xd>(forces.data(), 3,
                                                    static_cast<Eigen::Index>(forces.size() / 3)) *
                 units::hartree_per_bohr;
    const auto stress = numbers_in(result.child("stress"), output);
    // pw.x's own sign is that of a pressure.
    if (stress.size() == 9)
      out.stress = -Eigen::Map<const Eigen::Matrix3d>(stress.data()) * units::hartree_per_bohr3;
    return out;
  }

 private:
  /// Name and contents of an element's file.
  const std::pair<std::string, std::string>& pseudopotential(int number) const {
    const auto known = files_.find(number);
    if (known != files_.end()) return known->second;
    const auto entry = recipe_.elements.find(number);
    if (entry == recipe_.elements.end())
      throw UnsupportedElement(
          fmt::format("{} has no pseudopotential for {}; add it under 'elements' in a copy of {}",
                      recipe_.potential.name, element_symbol(number), recipe_.file.string()));
    throw DriverError(
        FailureKind::not_found,
        fmt::format("{}: the pseudopotential of {} ({}) is not on this machine; "
                    "install it (Debian: quantum-espresso-data, cp2k-data) or name "
                    "its folder in potential.driver.pseudopotentials",
                    recipe_.potential.name, element_symbol(number), entry->second.begin()->second));
  }

  [[nodiscard]] std::string kpoints_text(const Structure& structure) const {
    const auto points = kpoints_of(structure);
    // pw.x halves its work where it is told that it is Γ.
    if (is_gamma(points)) return "K_POINTS gamma\n";
    std::string out = fmt::format("K_POINTS crystal\n{}\n", points.size());
    for (const Kpoint& k : points)
      out += fmt::format("{:.12f} {:.12f} {:.12f} {:.12f}\n", k.fractional(0), k.fractional(1),
                         k.fractional(2), k.weight);
    return out;
  }

  /// Reads or makes the pseudopotentials of all elements whose data are there.
  [[nodiscard]] std::map<int, std::pair<std::string, std::string>> load_files() const;

  std::map<int, std::pair<std::string, std::string>> files_ = load_files();
};

/// A file in the first folder that has it.
std::optional<std::string> find_text(const std::vector<fs::path>& folders,
                                     const std::string& name) {
  for (const fs::path& folder : folders)
    if (fs::is_regular_file(folder / name)) return read_text_file(folder / name);
  return std::nullopt;
}

std::map<int, std::pair<std::string, std::string>> Pw::load_files() const {
  std::vector<fs::path> folders;
  if (!settings_.driver.pseudopotentials.empty())
    folders.push_back(settings_.driver.pseudopotentials);
  folders.insert(folders.end(), recipe_.data.begin(), recipe_.data.end());
  std::map<int, std::pair<std::string, std::string>> out;
  for (const auto& [number, entries] : recipe_.elements) {
    if (const auto upf = entries.find("upf"); upf != entries.end()) {
      if (auto text = find_text(folders, upf->second)) out[number] = {upf->second, *text};
    } else if (const auto gth = entries.find("gth"); gth != entries.end()) {
      const std::string name = fmt::format("{}.gth", element_symbol(number));
      if (auto text = find_text(folders, name))
        out[number] = {name, *text};
      else if (fs::exists(recipe_.gth))
        out[number] = {name, gth_for_pw(recipe_.gth, number, gth->second)};
    }
  }
  return out;
}

}  // namespace

std::unique_ptr<Dialect> make_pw(const Recipe& recipe, const PotentialSettings& settings) {
  return std::make_unique<Pw>(recipe, settings);
}

}  // namespace ionpass::drivers
