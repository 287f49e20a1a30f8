#include "calibrate/plan_generate.hpp"

#include <algorithm>

#include <structures/elements.hpp>

#include "calibrate/plan_sections.hpp"
#include "study/key_kinds.hpp"
#include "study/potential_section.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

struct SetDraft {
  StructureSet set;
  const fs::path& file;
};

struct GenerateDraft {
  GenerateSettings settings;
  const fs::path& file;
};

struct LabelDraft {
  LabelSettings settings;
  const fs::path& file;
};

/// [low, high]; one number stands for both.
Interval read_interval(const YamlNode& node, Dimension dimension, const Range& range) {
  if (node.is_scalar()) {
    const double value = read_number(node, dimension, range);
    return {value, value};
  }
  const std::vector<YamlNode> items = node.items("[low, high]");
  if (items.size() != 2)
    node.fail(fmt::format("{} numbers given, expected [low, high]", items.size()));
  const Interval interval{read_number(items[0], dimension, range),
                          read_number(items[1], dimension, range)};
  if (interval.low > interval.high)
    node.fail(
        fmt::format("[{}, {}] given, the lower must come first", interval.low, interval.high));
  return interval;
}

SectionKey<SetDraft> interval_key(const std::string& name, Interval StructureSet::*member,
                                  const std::pair<Dimension, Range>& kind,
                                  const std::string& fallback, const std::string& meaning) {
  return {name,
          "[low, high]",
          std::string(unit_of(kind.first)),
          fallback,
          meaning,
          [member, kind](SetDraft& draft, const YamlNode& node) {
            draft.set.*member = read_interval(node, kind.first, kind.second);
          }};
}

SectionKey<SetDraft> amount_key(const std::string& name, double StructureSet::*member,
                                const std::pair<Dimension, Range>& kind,
                                const std::string& fallback, const std::string& meaning,
                                const std::string& unit = {}) {
  return {name,
          "number",
          unit.empty() ? std::string(unit_of(kind.first)) : unit,
          fallback,
          meaning,
          [member, kind](SetDraft& draft, const YamlNode& node) {
            draft.set.*member = read_number(node, kind.first, kind.second);
          }};
}

SectionKey<SetDraft> count_key(const std::string& name, std::size_t StructureSet::*member,
                               const std::pair<double, double>& limits, const std::string& fallback,
                               const std::string& meaning) {
  return {name,
          "integer",
          "",
          fallback,
          meaning,
          [member, limits](SetDraft& draft, const YamlNode& node) {
            draft.set.*member =
                static_cast<std::size_t>(read_integer(node, between(limits.first, limits.second)));
          }};
}

const std::vector<std::pair<std::string, SetKind>>& kinds() {
  static const std::vector<std::pair<std::string, SetKind>> words{
      {"crystal", SetKind::crystal},   {"vacancy", SetKind::vacancy},
      {"hop", SetKind::hop},           {"interstitial", SetKind::interstitial},
      {"molecule", SetKind::molecule}, {"approach", SetKind::approach}};
  return words;
}

void read_kind(SetDraft& draft, const YamlNode& node) {
  std::vector<std::string> words;
  for (const auto& [word, kind] : kinds()) words.push_back(word);
  const std::string given = read_word(node, words);
  draft.set.kind =
      std::ranges::find(kinds(), given, &std::pair<std::string, SetKind>::first)->second;
}

/// It becomes part of a comment line and of names that tables show.
void read_set_name(SetDraft& draft, const YamlNode& node) {
  draft.set.name = node.text();
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  if (!std::ranges::all_of(draft.set.name, fits))
    node.fail(fmt::format("'{}' given, expected letters, digits, '.', '_' or '-'", draft.set.name));
}

void read_ion(SetDraft& draft, const YamlNode& node) {
  const auto number = atomic_number(node.text());
  if (!number) node.fail(fmt::format("'{}' is no element; give a symbol such as I", node.text()));
  draft.set.ion = *number;
}

std::span<const SectionKey<SetDraft>> set_keys() {
  const auto share = [](double limit) {
    return std::pair{Dimension::none, between(-limit, limit)};
  };
  const auto length = [](double limit) {
    return std::pair{Dimension::length, between(0.0, limit)};
  };
  static const std::vector<SectionKey<SetDraft>> table{
      {"name", "text", "", "required", "config_type of its structures", read_set_name},
      {"kind", "crystal|vacancy|hop|interstitial|molecule|approach", "", "crystal",
       "what is made of the structure", read_kind},
      {"structure", "file", "", "required", "CIF, POSCAR or extxyz, or library/…",
       [](SetDraft& d, const YamlNode& node) { d.set.structure = read_file_beside(node, d.file); }},
      {"supercell", "section", "", "the cell itself", "as in a study",
       [](SetDraft& d, const YamlNode& node) { d.set.supercell = read_supercell_section(node); }},
      {"kpoints", "section", "", "required for crystals", "as in a study; molecules: Γ",
       [](SetDraft& d, const YamlNode& node) { d.set.kpoints = read_kpoints_section(node); }},
      count_key("count", &StructureSet::count, {1, 10000}, "10", "structures wanted"),
      count_key("candidates", &StructureSet::candidates, {1, 1000000}, "8 for each wanted",
                "made, to choose the most different ones from"),
      count_key("volumes", &StructureSet::volumes, {0, 100}, "0",
                "undistorted ones among them, evenly over 'volume'"),
      {"charge", "number", "e", "0, or by the ion", "of the cell",
       [](SetDraft& d, const YamlNode& node) {
         d.set.charge = read_number(node, Dimension::charge, between(-20.0, 20.0));
       }},
      {"ion", "symbol", "", "I", "that is missing, moves, is added or comes close", read_ion},
      amount_key("ion_charge", &StructureSet::ion_charge, {Dimension::charge, between(-4.0, 4.0)},
                 "-1", "of this ion"),
      interval_key("volume", &StructureSet::volume, share(0.3), "[-0.06, 0.06]",
                   "relative change of the volume"),
      amount_key("strain", &StructureSet::strain, {Dimension::none, between(0.0, 0.2)}, "0.03",
                 "largest other strain: of one axis, shear, or all components"),
      interval_key("rattle", &StructureSet::rattle, length(0.6), "[0.04, 0.16]",
                   "rms shift of ions and of whole molecules"),
      interval_key("internal", &StructureSet::internal, length(0.3), "[0, 0.05]",
                   "rms shift of atoms inside molecules"),
      amount_key("rotation", &StructureSet::rotation, {Dimension::none, between(0.0, 180.0)}, "180",
                 "largest turn of molecules", "degrees"),
      amount_key("max_distance", &StructureSet::max_distance,
                 {Dimension::length, between(1.0, 12.0)}, "5", "of hops"),
      amount_key("box", &StructureSet::box, {Dimension::length, between(5.0, 40.0)}, "12",
                 "edge of the periodic box of molecules"),
      interval_key("stretch", &StructureSet::stretch, {Dimension::none, between(0.0, 0.4)},
                   "[0.04, 0.15]", "share by which a bond is stretched or compressed"),
      amount_key("torsion", &StructureSet::torsion, {Dimension::none, between(0.0, 180.0)}, "0",
                 "largest turn about one bond of a molecule", "degrees"),
      amount_key("held_out", &StructureSet::held_out, {Dimension::none, between(0.0, 0.9)}, "0.2",
                 "share that the test fit does not see"),
      interval_key("contact", &StructureSet::contact, {Dimension::length, between(1.0, 8.0)},
                   "[2.3, 4.5]", "closest distance of an approaching ion"),
  };
  return table;
}

/// Γ alone is wrong for most crystals, and nobody means it by saying nothing.
void require_kpoints(const StructureSet& set, const YamlNode& item) {
  if (set.kind == SetKind::molecule || set.kind == SetKind::approach) return;
  const auto entries = item.entries("a set");
  if (std::ranges::find(entries, "kpoints", &YamlNode::Entry::key) == entries.end())
    item.fail(
        fmt::format("the set '{}' of a crystal has no k-points; add kpoints, for Γ alone "
                    "{{mesh: [1, 1, 1]}}",
                    set.name));
}

void read_sets(GenerateDraft& draft, const YamlNode& node) {
  for (const YamlNode& item : node.items("a list of sets, each with name and structure")) {
    SetDraft set{{}, draft.file};
    read_section<SetDraft>(item, set_keys(), set);
    const auto same = [&](const StructureSet& other) { return other.name == set.set.name; };
    if (std::ranges::any_of(draft.settings.sets, same))
      item.fail(
          fmt::format("the name '{}' is given twice; name each set differently", set.set.name));
    try {
      check_set(set.set);
    } catch (const InputError& error) {
      item.fail(error.what());
    }
    require_kpoints(set.set, item);
    set.set.where = item.where();
    draft.settings.sets.push_back(std::move(set.set));
  }
  if (draft.settings.sets.empty()) node.fail("no set given; add at least one");
}

std::span<const SectionKey<GenerateDraft>> generate_keys() {
  static const std::vector<SectionKey<GenerateDraft>> table{
      {"seed", "integer", "", "1", "another seed, other structures",
       [](GenerateDraft& d, const YamlNode& node) {
         d.settings.seed = static_cast<std::uint64_t>(read_integer(node, between(0, 2147483647)));
       }},
      {"sets", "list of sections", "", "required", "structures with a purpose in common",
       read_sets},
  };
  return table;
}

std::span<const SectionKey<LabelDraft>> label_keys() {
  static const std::vector<SectionKey<LabelDraft>> table{
      {"potential", "name or section", "", "required",
       "the reference method: a 'potential' section as in a study",
       [](LabelDraft& d, const YamlNode& node) {
         d.settings.potential = read_potential_section(node, d.file);
       }},
      {"stress", "true|false", "", "true", "of neutral crystals as well",
       [](LabelDraft& d, const YamlNode& node) { d.settings.stress = node.flag(); }},
      {"source", "text", "", "the method's summary", "kept with every label",
       [](LabelDraft& d, const YamlNode& node) { d.settings.source = node.text(); }},
      {"group", "text", "", "hash of the method",
       "begins energy_group: equal groups of several files are compared",
       [](LabelDraft& d, const YamlNode& node) { d.settings.group = node.text(); }},
  };
  return table;
}

}  // namespace

GenerateSettings read_generate(const YamlNode& node, const fs::path& plan_file) {
  GenerateDraft draft{{}, plan_file};
  read_section<GenerateDraft>(node, generate_keys(), draft);
  return draft.settings;
}

LabelSettings read_label(const YamlNode& node, const fs::path& plan_file) {
  LabelDraft draft{{}, plan_file};
  read_section<LabelDraft>(node, label_keys(), draft);
  return draft.settings;
}

std::string plan_generate_text() {
  return section_text("generate", generate_keys()) + section_text("generate.sets[]", set_keys()) +
         section_text("label", label_keys());
}

}  // namespace ionpass::workflows
