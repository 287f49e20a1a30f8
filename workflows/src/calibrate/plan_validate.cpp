// The section validate of a plan: how the set is tried.
#include "calibrate/plan_validate.hpp"

#include "calibrate/plan_fit.hpp"
#include "study/key_kinds.hpp"
#include "study/potential_section.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

std::vector<PotentialSettings> read_potentials(const YamlNode& node, const fs::path& file) {
  std::vector<PotentialSettings> out;
  for (const YamlNode& item : node.items("a list of potentials"))
    out.push_back(read_potential_section(item, file));
  return out;
}

/// What all checks of named crystals share.
template <class Check>
std::vector<SectionKey<InFile<Check>>> crystal_keys() {
  using Draft = InFile<Check>;
  return {
      {"name", "text", "", "required", "in the tables",
       [](Draft& d, const YamlNode& node) { d.section.name = node.text(); }},
      {"structure", "file", "", "required", "relative to the plan, or library/…",
       [](Draft& d, const YamlNode& node) {
         d.section.structure = read_file_beside(node, d.file);
       }},
      {"kpoints", "section", "", "{spacing: 0.25}", "as in a study",
       [](Draft& d, const YamlNode& node) { d.section.kpoints = read_kpoints_section(node); }},
      {"charge", "number", "e", "0", "of the cell",
       [](Draft& d, const YamlNode& node) {
         d.section.charge = read_number(node, Dimension::charge, between(-20.0, 20.0));
       }},
      {"steps", "integer", "", fmt::format("{}", Check{}.steps),
       "of a relaxation of the atoms, at most",
       [](Draft& d, const YamlNode& node) {
         d.section.steps = static_cast<int>(read_integer(node, between(1, 10000)));
       }},
      {"fmax", "number", "eV/Å", yaml_number(Check{}.fmax), "largest force at its end",
       [](Draft& d, const YamlNode& node) {
         d.section.fmax = read_number(node, Dimension::force, positive());
       }},
  };
}

std::span<const SectionKey<InFile<CrystalCheck>>> volume_keys() {
  using Draft = InFile<CrystalCheck>;
  static const auto table = [] {
    auto keys = crystal_keys<CrystalCheck>();
    keys.push_back({"strain", "number", "", "0.06", "largest linear strain, both signs",
                    [](Draft& d, const YamlNode& node) {
                      d.section.strain = read_number(node, Dimension::none, between(0.001, 0.2));
                    }});
    keys.push_back(
        {"points", "integer", "", "7", "of the curve", [](Draft& d, const YamlNode& node) {
           d.section.points = static_cast<int>(read_integer(node, between(5, 51)));
         }});
    keys.push_back({"volume", "number", "Å³", "none", "of the reference method, to compare with",
                    [](Draft& d, const YamlNode& node) {
                      d.section.volume = read_number(node, Dimension::none, positive());
                    }});
    return keys;
  }();
  return table;
}

std::span<const SectionKey<InFile<RelaxationCheck>>> relaxation_keys() {
  static const auto table = crystal_keys<RelaxationCheck>();
  return table;
}

std::span<const SectionKey<InFile<PhononCheck>>> phonon_keys() {
  using Draft = InFile<PhononCheck>;
  static const auto table = [] {
    auto keys = crystal_keys<PhononCheck>();
    keys.push_back({"displacement", "number", "Å", "0.01", "of each atom, both ways",
                    [](Draft& d, const YamlNode& node) {
                      d.section.displacement =
                          read_number(node, Dimension::length, between(0.001, 0.2));
                    }});
    keys.push_back({"reference", "file", "", "none",
                    "extxyz with forces: the crystal at rest, then with atoms moved",
                    [](Draft& d, const YamlNode& node) {
                      d.section.reference = read_file_beside(node, d.file);
                    }});
    keys.push_back({"compare", "list of potentials", "", "none",
                    "whose frequencies are printed beside the set's",
                    [](Draft& d, const YamlNode& node) {
                      d.section.compare = read_potentials(node, d.file);
                    }});
    return keys;
  }();
  return table;
}

std::span<const SectionKey<InFile<DynamicsCheck>>> dynamics_keys() {
  using Draft = InFile<DynamicsCheck>;
  static const auto table = [] {
    auto keys = crystal_keys<DynamicsCheck>();
    keys.push_back({"temperature", "number", "K", "300", "of the velocities at the start",
                    [](Draft& d, const YamlNode& node) {
                      d.section.temperature =
                          read_number(node, Dimension::temperature, between(0.0, 10000.0));
                    }});
    keys.push_back({"time_step", "number", "fs", "0.5", "of velocity Verlet",
                    [](Draft& d, const YamlNode& node) {
                      d.section.time_step =
                          read_number(node, Dimension::none, between(0.001, 20.0));
                    }});
    keys.push_back(
        {"time_steps", "integer", "", "1000", "how many", [](Draft& d, const YamlNode& node) {
           d.section.time_steps = static_cast<int>(read_integer(node, between(1, 10000000)));
         }});
    keys.push_back(
        {"seed", "integer", "", "1", "of the velocities", [](Draft& d, const YamlNode& node) {
           d.section.seed = static_cast<std::uint64_t>(read_integer(node, between(0, 2147483647)));
         }});
    return keys;
  }();
  return table;
}

std::span<const SectionKey<InFile<HopCheck>>> hop_keys() {
  using Draft = InFile<HopCheck>;
  static const std::vector<SectionKey<Draft>> table{
      {"name", "text", "", "required", "in the tables",
       [](Draft& d, const YamlNode& node) { d.section.name = node.text(); }},
      {"file", "file", "", "required", "extxyz, labelled like data, the images in their order",
       [](Draft& d, const YamlNode& node) { d.section.file = read_file_beside(node, d.file); }},
  };
  return table;
}

using ValidateDraft = InFile<ValidateSection>;

template <class Check>
void read_checks(const YamlNode& node, std::span<const SectionKey<InFile<Check>>> table,
                 const fs::path& file, std::vector<Check>& out) {
  for (const YamlNode& item : node.items("a list of sections, each with a name")) {
    Check check;
    InFile<Check> draft{check, file};
    read_section<InFile<Check>>(item, table, draft);
    out.push_back(check);
  }
}

std::span<const SectionKey<ValidateDraft>> validate_keys() {
  static const std::vector<SectionKey<ValidateDraft>> table{
      {"learning_curve", "list of numbers", "", "[0.25, 0.5, 0.75, 1]",
       "fractions of the training structures",
       [](ValidateDraft& d, const YamlNode& node) {
         d.section.learning_curve = read_numbers(node, Dimension::none, above_up_to(1.0));
       }},
      {"volumes", "list of sections", "", "none", "energy over volume of crystals, atoms relaxed",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, volume_keys(), d.file, d.section.crystals);
       }},
      {"relax", "list of sections", "", "none", "bonds after a short relaxation",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, relaxation_keys(), d.file, d.section.relax);
       }},
      {"phonons", "list of sections", "", "none",
       "vibrations of crystals, from finite differences of forces",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, phonon_keys(), d.file, d.section.phonons);
       }},
      {"dynamics", "list of sections", "", "none", "molecular dynamics at constant energy",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, dynamics_keys(), d.file, d.section.dynamics);
       }},
      {"hops", "list of sections", "", "none", "energies and forces along labelled paths",
       [](ValidateDraft& d, const YamlNode& node) {
         read_checks(node, hop_keys(), d.file, d.section.hops);
       }},
      {"compare", "list of potentials", "", "none",
       "whose errors of held-out structures and hops are printed beside the set's",
       [](ValidateDraft& d, const YamlNode& node) {
         d.section.compare = read_potentials(node, d.file);
       }},
  };
  return table;
}

}  // namespace

void read_validate(CalibrationPlan& plan, const YamlNode& node) {
  ValidateDraft draft{plan.validate, plan.file};
  read_section<ValidateDraft>(node, validate_keys(), draft);
}

std::string plan_validate_text() {
  return section_text("validate", validate_keys()) +
         section_text("validate.volumes[]", volume_keys()) +
         section_text("validate.relax[]", relaxation_keys()) +
         section_text("validate.phonons[]", phonon_keys()) +
         section_text("validate.dynamics[]", dynamics_keys()) +
         section_text("validate.hops[]", hop_keys());
}

}  // namespace ionpass::workflows
