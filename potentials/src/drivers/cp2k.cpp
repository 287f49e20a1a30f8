// CP2K (Kühne et al., J. Chem. Phys. 152, 194103 (2020)): QUICKSTEP with any template, over sockets
// (RUN_TYPE DRIVER) or files.
#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "drivers/cp2k_output.hpp"
#include "drivers/scratch_folder.hpp"
#include "drivers/template_dialect.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

constexpr const char* input_file = "cp2k.inp";
constexpr const char* restart_file = "ionpass-RESTART.wfn";

TemplateWords words() {
  return {.placeholders = {"run_type", "driver", "cell", "coordinates", "kinds", "charge", "stress",
                           "kpoints", "electronic_temperature"},
          .needed = {"run_type", "cell", "coordinates"},
          .electronic_temperature = "electronic_temperature"};
}

std::string vector_line(const char* name, const Eigen::Vector3d& v) {
  return fmt::format("      {} {:.12f} {:.12f} {:.12f}\n", name, v(0), v(1), v(2));
}

std::string cell_text(const Structure& structure) {
  const Eigen::Matrix3d& m = structure.cell->matrix();
  return vector_line("A", m.col(0)) + vector_line("B", m.col(1)) + vector_line("C", m.col(2));
}

std::string coordinates_text(const Structure& structure) {
  std::string out;
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    const Eigen::Vector3d r = structure.positions.col(static_cast<Eigen::Index>(atom));
    out += fmt::format("      {} {:.12f} {:.12f} {:.12f}\n",
                       element_symbol(structure.numbers[atom]), r(0), r(1), r(2));
  }
  return out;
}

std::string driver_text(const std::optional<SocketAddress>& socket) {
  if (!socket) return "";
  return fmt::format(
      "&MOTION\n  &DRIVER\n    HOST {}\n    PORT {}\n    UNIX {}\n  &END DRIVER\n&END MOTION\n",
      socket->name, socket->port, socket->is_unix ? "T" : "F");
}

class Cp2k final : public TemplateDialect {
 public:
  Cp2k(const Recipe& recipe, const PotentialSettings& settings)
      : TemplateDialect(recipe, settings, words()) {
    if (const std::size_t at = text_.find("IGNORE_CONVERGENCE_FAILURE"); at != std::string::npos)
      refuse(at, "IGNORE_CONVERGENCE_FAILURE hides failures; take it out");
  }

  void check(const Structure& structure) const override {
    TemplateDialect::check(structure);
    for (const int number : elements_in(structure)) (void)kind_text(number);
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override {
    auto out = TemplateDialect::settings();
    for (const auto& [number, entries] : recipe_.elements)
      for (const auto& [key, value] : entries)
        out.emplace_back(fmt::format("{} {}", element_symbol(number), key), value);
    if (charges_) out.emplace_back("charges", to_string(*charges_));
    return out;
  }

  void write_input(const fs::path& folder, const Job& job) const override {
    const Structure& structure = *job.structure;
    std::string kinds;
    for (const int number : elements_in(structure)) kinds += kind_text(number);
    write_input_file(
        folder / input_file,
        render({{"run_type", job.socket ? "DRIVER" : "ENERGY_FORCE"},
                {"driver", driver_text(job.socket)},
                {"cell", cell_text(structure)},
                {"coordinates", coordinates_text(structure)},
                {"kinds", kinds},
                {"charge", charge_text(structure)},
                {"stress", job.stress ? "ANALYTICAL" : "NONE"},
                {"kpoints", kpoints_text(structure)},
                {"electronic_temperature", fmt::format("{}", electronic_temperature())}},
               job, job.warm && fs::exists(folder / restart_file)));
  }

  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& command,
                                                   const Job&) const override {
    std::vector<std::string> out = command;
    out.insert(out.end(), {"-i", input_file});
    return out;
  }

  int require_convergence(std::string_view text, const ProgramOutput& output) const override {
    refuse_unconverged(text, output);
    constexpr std::string_view proof = "SCF run converged in";
    if (text.find(proof) == std::string_view::npos &&
        text.find("outer SCF loop converged in") == std::string_view::npos)
      throw failure(FailureKind::scf_not_converged,
                    "CP2K's output does not say that the SCF run converged", output);
    return static_cast<int>(last_number(text, proof).value_or(0.0));
  }

  void explain_end(const ProgramOutput& output) const override {
    refuse_unconverged(output.fresh(), output);
  }

  [[nodiscard]] std::optional<Eigen::VectorXd> charges(std::string_view text, std::size_t atoms,
                                                       const ProgramOutput& output) const override {
    return charges_ ? read_charges(text, *charges_, atoms, output) : std::nullopt;
  }

  [[nodiscard]] Evaluation read_result(const fs::path&, const Job& job,
                                       const ProgramOutput& output) const override {
    const std::string text = output.fresh();
    Evaluation out;
    out.scf.iterations = require_convergence(text, output);
    const auto energy = last_number(text, "ENERGY| Total FORCE_EVAL ( QS ) energy [a.u.]");
    if (!energy || text.find("PROGRAM ENDED AT") == std::string::npos)
      throw failure(FailureKind::truncated_output, "CP2K's output is not whole", output);
    out.energy = out.free_energy = *energy * units::hartree;
    out.forces = read_forces(text, job.structure->size(), output);
    out.stress = read_stress(text);
    out.charges = charges(text, job.structure->size(), output);
    return out;
  }

 private:
  /// Up to 2023, CP2K sends forces and ends with status 0 all the same; later ones abort.
  static void refuse_unconverged(std::string_view text, const ProgramOutput& output) {
    for (const char* sign : {"SCF run NOT converged", "outer SCF loop FAILED to converge"})
      if (text.find(sign) != std::string_view::npos)
        throw failure(FailureKind::scf_not_converged, fmt::format("CP2K says '{}'", sign), output);
  }

  [[nodiscard]] std::string kind_text(int number) const {
    if (!uses("kinds")) return "";
    return fmt::format("    &KIND {}\n      BASIS_SET {}\n      POTENTIAL {}\n    &END KIND\n",
                       element_symbol(number), element_entry(recipe_, number, "basis"),
                       element_entry(recipe_, number, "potential"));
  }

  /// At Γ there is no such section: CP2K's algorithms for it alone are faster, and some know no
  /// other point.
  [[nodiscard]] std::string kpoints_text(const Structure& structure) const {
    const auto points = kpoints_of(structure);
    if (is_gamma(points)) return "";
    std::string out =
        "    &KPOINTS\n      SCHEME GENERAL\n      SYMMETRY F\n      UNITS B_VECTOR\n";
    for (const Kpoint& k : points)
      out += fmt::format("      KPOINT {:.12f} {:.12f} {:.12f} {:.12f}\n", k.fractional(0),
                         k.fractional(1), k.fractional(2), k.weight);
    return out + "    &END KPOINTS\n";
  }

  std::optional<ChargeAnalysis> charges_ = charges_asked_for(text_);
};

}  // namespace

std::unique_ptr<Dialect> make_cp2k(const Recipe& recipe, const PotentialSettings& settings) {
  return std::make_unique<Cp2k>(recipe, settings);
}

}  // namespace ionpass::drivers
