// Rows of the table that say what is computed: structure, cell, potential, k-points, defect, hops,
// host.
#include <array>
#include <cmath>

#include <fmt/ranges.h>

#include <structures/elements.hpp>
#include <structures/hops.hpp>

#include "study/key_kinds.hpp"

namespace ionpass::workflows {
namespace {

constexpr double longest_cell = 1000.0;  // Å; beyond it a slip of the unit is likelier than a wish
// Of a k-point: beyond them phases lose their digits, and sums of weights are no numbers any more.
constexpr double largest_coordinate = 10.0;
constexpr double largest_weight = 1e6;

std::vector<std::string> kind_words() {
  std::vector<std::string> out;
  for (const HopKind kind :
       {HopKind::within_face, HopKind::within_octahedron, HopKind::within_cluster,
        HopKind::along_chain, HopKind::between_chains, HopKind::other})
    out.push_back(to_string(kind));
  return out;
}

std::vector<YamlNode> three_items(const YamlNode& node, const std::string& what) {
  std::vector<YamlNode> items = node.items(what);
  if (items.size() != 3) node.fail(fmt::format("{} items given, expected {}", items.size(), what));
  return items;
}

Eigen::Vector3i read_integers(const YamlNode& node, const Range& range) {
  Eigen::Vector3i out;
  int axis = 0;
  for (const YamlNode& item : three_items(node, "three whole numbers"))
    out(axis++) = static_cast<int>(read_integer(item, range));
  return out;
}

std::string yaml_integers(const Eigen::Vector3i& v) {
  return fmt::format("[{}, {}, {}]", v(0), v(1), v(2));
}

void read_matrix(StudyDraft& draft, const YamlNode& node) {
  Eigen::Matrix3i matrix;
  int column = 0;
  // Vectors are rows in files and columns in the program.
  for (const YamlNode& row : three_items(node, "three rows of three whole numbers"))
    matrix.col(column++) = read_integers(row, between(-100, 100));
  const auto determinant = std::lround(matrix.cast<double>().determinant());
  if (determinant < 1)
    node.fail(fmt::format("the determinant is {}, must be at least 1; check the order of the rows",
                          determinant));
  draft.material.supercell = SupercellMatrix{matrix};
}

std::optional<std::string> write_matrix(StudyDraft& draft) {
  const auto* choice = std::get_if<SupercellMatrix>(&draft.material.supercell);
  if (choice == nullptr) return std::nullopt;
  return yaml_list({yaml_integers(choice->matrix.col(0)), yaml_integers(choice->matrix.col(1)),
                    yaml_integers(choice->matrix.col(2))});
}

void append_supercell_keys(std::vector<Key>& keys) {
  keys.push_back(
      {"supercell.min_length", "number", "Å", fmt::format("above 0, at most {}", longest_cell),
       "smallest repeats with all periodic images at least this far apart", Scope::both,
       [](StudyDraft& draft, const YamlNode& node) {
         draft.material.supercell =
             MinimumLength{read_number(node, Dimension::length, above_up_to(longest_cell))};
       },
       [](StudyDraft& draft) -> std::optional<std::string> {
         const auto* choice = std::get_if<MinimumLength>(&draft.material.supercell);
         if (choice == nullptr) return std::nullopt;
         return yaml_number(choice->length);
       }});
  keys.push_back({"supercell.repeats", "[a, b, c]", "", "at least 1 each",
                  "repeats of the unit cell along its three vectors", Scope::both,
                  [](StudyDraft& draft, const YamlNode& node) {
                    const Eigen::Vector3i repeats = read_integers(node, between(1, 100));
                    draft.material.supercell = SupercellMatrix{repeats.asDiagonal()};
                  },
                  // A diagonal matrix says the same, so that there is one way to write it.
                  [](StudyDraft&) -> std::optional<std::string> { return std::nullopt; }});
  keys.push_back({"supercell.matrix", "[[..], [..], [..]]", "", "determinant at least 1",
                  "new cell vectors, one per row, as whole multiples of the old ones", Scope::both,
                  read_matrix, write_matrix});
}

KpointMesh& mesh_of(StudyDraft& draft) {
  KpointSampling& sampling = draft.material.potential.kpoints;
  if (!std::holds_alternative<KpointMesh>(sampling)) sampling = KpointMesh{};
  return std::get<KpointMesh>(sampling);
}

void read_shift(StudyDraft& draft, const YamlNode& node) {
  if (!std::holds_alternative<KpointMesh>(draft.material.potential.kpoints))
    node.fail("has no meaning here; it belongs to 'mesh'");
  int axis = 0;
  for (const YamlNode& item : three_items(node, "three numbers"))
    mesh_of(draft).shift(axis++) = read_number(item, Dimension::none, between(-1.0, 1.0));
}

void read_points(StudyDraft& draft, const YamlNode& node) {
  KpointList list;
  for (const YamlNode& point : node.items("a list of points [x, y, z, weight]")) {
    const std::vector<YamlNode> numbers = point.items("[x, y, z, weight]");
    if (numbers.size() != 4)
      point.fail(fmt::format("{} numbers given, expected [x, y, z, weight]", numbers.size()));
    Kpoint k;
    for (int axis = 0; axis < 3; ++axis)
      k.fractional(axis) = read_number(numbers[static_cast<std::size_t>(axis)], Dimension::none,
                                       between(-largest_coordinate, largest_coordinate));
    k.weight = read_number(numbers[3], Dimension::none, above_up_to(largest_weight));
    list.points.push_back(k);
  }
  if (list.points.empty()) node.fail("an empty list given, expected at least one point");
  draft.material.potential.kpoints = list;
}

std::optional<std::string> write_points(StudyDraft& draft) {
  const auto* list = std::get_if<KpointList>(&draft.material.potential.kpoints);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> items;
  for (const Kpoint& k : list->points)
    items.push_back(yaml_list({yaml_number(k.fractional(0)), yaml_number(k.fractional(1)),
                               yaml_number(k.fractional(2)), yaml_number(k.weight)}));
  return yaml_list(items);
}

void append_kpoint_keys(std::vector<Key>& keys) {
  keys.push_back({"kpoints.mesh", "[a, b, c]", "", "at least 1 each",
                  "Γ-centred mesh of k-points; [1, 1, 1] is Γ alone", Scope::both,
                  [](StudyDraft& draft, const YamlNode& node) {
                    mesh_of(draft).mesh = read_integers(node, between(1, 100));
                  },
                  [](StudyDraft& draft) -> std::optional<std::string> {
                    if (!std::holds_alternative<KpointMesh>(draft.material.potential.kpoints))
                      return std::nullopt;
                    return yaml_integers(mesh_of(draft).mesh);
                  }});
  keys.push_back({"kpoints.spacing", "number", "1/Å", "above 0, at most 10",
                  "largest distance between points, with 2π in it", Scope::both,
                  [](StudyDraft& draft, const YamlNode& node) {
                    draft.material.potential.kpoints = KpointSpacing{
                        read_number(node, Dimension::inverse_length, above_up_to(10.0))};
                  },
                  [](StudyDraft& draft) -> std::optional<std::string> {
                    const auto* choice =
                        std::get_if<KpointSpacing>(&draft.material.potential.kpoints);
                    if (choice == nullptr) return std::nullopt;
                    return yaml_number(choice->spacing);
                  }});
  keys.push_back({"kpoints.points", "[[x, y, z, w], ..]", "",
                  "x, y, z -10 to 10; w above 0, at most 1e6",
                  "points one by one, in fractions of the reciprocal vectors, with weights",
                  Scope::both, read_points, write_points});
  keys.push_back(
      flag_key({"kpoints.symmetry", "leave out points that the space group makes equal to others"},
               [](StudyDraft& d) -> bool& { return d.material.potential.kpoint_symmetry; }));
  // Last, so that the choice between mesh, spacing and points has been read.
  keys.push_back({"kpoints.shift", "[x, y, z]", "", "-1 to 1 each; with mesh",
                  "shift of the mesh in fractions of a step", Scope::both, read_shift,
                  [](StudyDraft& draft) -> std::optional<std::string> {
                    if (!std::holds_alternative<KpointMesh>(draft.material.potential.kpoints))
                      return std::nullopt;
                    const Eigen::Vector3d& s = mesh_of(draft).shift;
                    return yaml_list({yaml_number(s(0)), yaml_number(s(1)), yaml_number(s(2))});
                  }});
}

using UnpairedWord = std::pair<std::string, Unpaired::Rule>;

const std::array<UnpairedWord, 3>& unpaired_words() {
  static const std::array<UnpairedWord, 3> words{
      UnpairedWord{"of_method", Unpaired::Rule::of_method},
      UnpairedWord{"lowest", Unpaired::Rule::lowest},
      UnpairedWord{"shared_level", Unpaired::Rule::shared_level}};
  return words;
}

std::string write_unpaired(const Unpaired& unpaired) {
  for (const auto& [word, rule] : unpaired_words())
    if (rule == unpaired.rule) return word;
  return fmt::format("{}", unpaired.number);
}

Key unpaired_key() {
  return {"potential.unpaired",
          "integer or word",
          "",
          "of_method, lowest, shared_level, 0 to 1000",
          "unpaired electrons; lowest: 0 or 1; shared_level: no spin; a number holds for the host "
          "and, without defect.unpaired, for the vacancy",
          Scope::both,
          [](StudyDraft& draft, const YamlNode& node) {
            for (const auto& [word, rule] : unpaired_words()) {
              if (node.text() != word) continue;
              draft.material.potential.unpaired = {rule, 0};
              return;
            }
            if (node.text().find_first_not_of("0123456789") != std::string::npos)
              node.fail(fmt::format(
                  "'{}' given, expected of_method, lowest, shared_level or a whole number",
                  node.text()));
            const auto number = static_cast<int>(read_integer(node, between(0, 1000)));
            draft.material.potential.unpaired = {Unpaired::Rule::number, number};
          },
          [](StudyDraft& draft) -> std::optional<std::string> {
            return write_unpaired(draft.material.potential.unpaired);
          }};
}

/// Written with its default for tight bindings, which all smear; a driver has it only where its
/// template does.
Key electronic_temperature_key() {
  const Range range = between(0.0, 20000.0);
  return {"potential.electronic_temperature",
          "number",
          "K",
          range.text,
          "Fermi smearing of the electrons",
          Scope::both,
          [range](StudyDraft& draft, const YamlNode& node) {
            draft.material.potential.electronic_temperature =
                read_number(node, Dimension::temperature, range);
          },
          [](StudyDraft& draft) -> std::optional<std::string> {
            const auto& given = draft.material.potential.electronic_temperature;
            if (!given && is_driver(draft)) return std::nullopt;
            return yaml_number(given.value_or(default_electronic_temperature));
          }};
}

/// A damping parameter of D3; it has a value only where the section `d3` is given.
Key d3_key(const std::string& name, const std::string& unit, const std::string& meaning,
           double D3Damping::*member) {
  return {"potential.d3." + name,
          "number",
          unit,
          "0 to 100",
          meaning,
          Scope::both,
          [member](StudyDraft& draft, const YamlNode& node) {
            (*draft.material.potential.d3).*member =
                read_number(node, Dimension::none, between(0.0, 100.0));
          },
          [member](StudyDraft& draft) -> std::optional<std::string> {
            const auto& d3 = draft.material.potential.d3;
            if (!d3) return std::nullopt;
            return yaml_number((*d3).*member);
          }};
}

void append_d3_keys(std::vector<Key>& keys) {
  keys.push_back(d3_key("s6", "", "D3(BJ) dispersion added to DFTB: scale of C6", &D3Damping::s6));
  keys.push_back(d3_key("s8", "", "scale of C8", &D3Damping::s8));
  keys.push_back(d3_key("a1", "", "damping radius per √(C8/C6)", &D3Damping::a1));
  keys.push_back(d3_key("a2", "bohr", "damping radius", &D3Damping::a2));
}

void append_gfn1_keys(std::vector<Key>& keys) {
  using Coulomb = Gfn1Settings::Coulomb;
  using HalogenBond = Gfn1Settings::HalogenBond;
  keys.push_back(enumeration_key<Coulomb>(
      {"potential.gfn1.coulomb",
       "where the short-range Coulomb part of GFN1-xTB ends in a crystal"},
      [](StudyDraft& d) -> Coulomb& { return d.material.potential.gfn1.coulomb; },
      {{"smooth10", Coulomb::smooth10}, {"wigner_seitz", Coulomb::wigner_seitz}}));
  keys.push_back(enumeration_key<HalogenBond>(
      {"potential.gfn1.halogen_bond",
       "neighbour that halogen bonds bend from; nearest is as published and jumps, smooth is a "
       "mean"},
      [](StudyDraft& d) -> HalogenBond& { return d.material.potential.gfn1.halogen_bond; },
      {{"nearest", HalogenBond::nearest}, {"smooth", HalogenBond::smooth}}));
}

/// A row that has no meaning for external programs.
Key for_tight_binding(Key key) {
  key.read = [read = key.read](StudyDraft& draft, const YamlNode& node) {
    if (is_driver(draft)) node.fail("has no meaning for a driver; its template says it");
    read(draft, node);
  };
  key.write = [write = key.write](StudyDraft& draft) -> std::optional<std::string> {
    if (is_driver(draft)) return std::nullopt;
    return write(draft);
  };
  return key;
}

void append_scf_keys(std::vector<Key>& keys) {
  keys.push_back(number_key(
      {"potential.scf.tolerance", "largest change of a shell population, electrons"},
      [](StudyDraft& d) -> double& { return d.material.potential.scf.tolerance; }, Dimension::none,
      above_up_to(1e-2)));
  keys.push_back(integer_key<int>(
      {"potential.scf.max_iterations", "self-consistent cycles before giving up"},
      [](StudyDraft& d) -> int& { return d.material.potential.scf.max_iterations; }, at_least(1)));
  keys.push_back(number_key(
      {"potential.scf.mixing", "fraction of the first step"},
      [](StudyDraft& d) -> double& { return d.material.potential.scf.mixing; }, Dimension::none,
      above_up_to(1.0)));
  keys.push_back(integer_key<int>(
      {"potential.scf.history", "earlier cycles the mixer remembers"},
      [](StudyDraft& d) -> int& { return d.material.potential.scf.history; }, between(1, 100)));
}

/// Settings belong to the potential they were given for; k-points hold for any.
void begin_potential(StudyDraft& draft, const YamlNode& node) {
  PotentialSettings& potential = draft.material.potential;
  if (node.text() == potential.name) return;
  PotentialSettings other;
  other.name = node.text();
  other.kpoints = potential.kpoints;
  other.kpoint_symmetry = potential.kpoint_symmetry;
  potential = other;
  std::erase_if(draft.given, [](const auto& key) { return key.first.starts_with("potential."); });
}

void append_potential_keys(std::vector<Key>& keys) {
  Key name = text_key({"potential.name",
                       "where energies come from: gfn1-xtb, dftb/SET, or driver/NAME; another one "
                       "in a material begins with the defaults of its settings"},
                      [](StudyDraft& d) -> std::string& { return d.material.potential.name; });
  name.read = begin_potential;
  keys.push_back(name);
  keys.push_back(electronic_temperature_key());
  std::vector<Key> rows = {unpaired_key()};
  append_d3_keys(rows);
  append_gfn1_keys(rows);
  append_scf_keys(rows);
  for (Key& row : rows) keys.push_back(for_tight_binding(std::move(row)));
  append_driver_keys(keys);
}

void append_defect_keys(std::vector<Key>& keys) {
  Key vacancy = text_key({"defect.vacancy", "element whose vacancy moves"},
                         [](StudyDraft& d) -> std::string& { return d.material.defect.vacancy; });
  vacancy.type = "element";
  vacancy.read = [](StudyDraft& draft, const YamlNode& node) {
    draft.material.defect.vacancy = node.text();
    if (!atomic_number(draft.material.defect.vacancy))
      node.fail(fmt::format("'{}' given, expected the symbol of an element, as I", node.text()));
  };
  keys.push_back(vacancy);
  keys.push_back(number_key(
      {"defect.charge", "total charge of the cell with the vacancy"},
      [](StudyDraft& d) -> double& { return d.material.defect.charge; }, Dimension::charge,
      between(-100.0, 100.0)));
  keys.push_back(for_tight_binding({"defect.unpaired", "integer", "", "0 to 1000",
                                    "unpaired electrons of the cell with the vacancy alone; left "
                                    "out: as potential.unpaired has it",
                                    Scope::both,
                                    [](StudyDraft& draft, const YamlNode& node) {
                                      draft.material.defect.unpaired =
                                          static_cast<int>(read_integer(node, between(0, 1000)));
                                    },
                                    [](StudyDraft& draft) -> std::optional<std::string> {
                                      const auto& unpaired = draft.material.defect.unpaired;
                                      if (!unpaired) return std::nullopt;
                                      return fmt::format("{}", *unpaired);
                                    }}));
}

void append_hop_keys(std::vector<Key>& keys) {
  keys.push_back(number_key(
      {"hops.max_distance", "longest hop considered"},
      [](StudyDraft& d) -> double& { return d.material.hops.max_distance; }, Dimension::length,
      above_up_to(longest_hop)));
  keys.push_back(words_key(
      {"hops.kinds", "kinds of hop to compute; an empty list means all"},
      [](StudyDraft& d) -> std::vector<std::string>& { return d.material.hops.kinds; },
      kind_words()));
  keys.push_back(words_key(
      {"hops.only", "labels of the hops to compute, as 'ionpass hops' prints them; empty: all"},
      [](StudyDraft& d) -> std::vector<std::string>& { return d.material.hops.only; }, {}));
  keys.push_back({"hops.limit", "integer", "", "at least 1",
                  "at most so many hops, the shortest first; left out: all", Scope::both,
                  [](StudyDraft& draft, const YamlNode& node) {
                    draft.material.hops.limit =
                        static_cast<std::size_t>(read_integer(node, between(1, 1e6)));
                  },
                  [](StudyDraft& draft) -> std::optional<std::string> {
                    const auto& limit = draft.material.hops.limit;
                    if (!limit) return std::nullopt;
                    return fmt::format("{}", *limit);
                  }});
}

void append_host_keys(std::vector<Key>& keys) {
  keys.push_back(flag_key({"host.relax", "relax the perfect supercell before the vacancy is made"},
                          [](StudyDraft& d) -> bool& { return d.material.host.relax; }));
  keys.push_back(number_key(
      {"host.fmax", "largest force on the host at the end"},
      [](StudyDraft& d) -> double& { return d.material.host.fmax; }, Dimension::force,
      above_up_to(loosest_force)));
  keys.push_back(number_key(
      {"host.rattle", "root mean square of the random shift that breaks the symmetry of the file"},
      [](StudyDraft& d) -> double& { return d.material.host.rattle; }, Dimension::length,
      between(0.0, 0.5)));
  keys.push_back(integer_key<unsigned>(
      {"host.seed", "of the random shift"},
      [](StudyDraft& d) -> unsigned& { return d.material.host.seed; }, at_least(0)));
  keys.push_back(integer_key<int>(
      {"host.starts", "relaxations from this seed and the next ones; the lowest becomes the host"},
      [](StudyDraft& d) -> int& { return d.material.host.starts; }, between(1, 100)));
}

Key structure_key() {
  return {"structure",
          "file",
          "",
          "required",
          "CIF, POSCAR or extxyz; relative to the study file, or 'library/NAME' for a shipped one",
          Scope::material,
          [](StudyDraft& draft, const YamlNode& node) { draft.material.structure = node.text(); },
          [](StudyDraft& draft) -> std::optional<std::string> {
            if (draft.material.structure.empty()) return std::nullopt;
            return yaml_text(draft.material.structure.string());
          }};
}

}  // namespace

void append_material_keys(std::vector<Key>& keys) {
  Key name =
      text_key({"name", "of the material; also its folder in the run folder", Scope::material},
               [](StudyDraft& d) -> std::string& { return d.material.name; });
  name.range = "required; letters, digits, '.', '_', '-', at most 64";
  keys.push_back(name);
  keys.push_back(structure_key());
  keys.push_back(number_key(
      {"symmetry_tolerance", "distance within which atoms count as symmetry-equivalent"},
      [](StudyDraft& d) -> double& { return d.material.symmetry_tolerance; }, Dimension::length,
      above_up_to(1.0)));
  append_supercell_keys(keys);
  append_potential_keys(keys);
  append_kpoint_keys(keys);
  append_defect_keys(keys);
  append_hop_keys(keys);
  append_host_keys(keys);
}

}  // namespace ionpass::workflows
