// Crystallographic Information Files: https://www.iucr.org/resources/cif
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <ostream>
#include <set>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "chemical_formula.hpp"
#include "cif_symmetry.hpp"
#include "formats.hpp"
#include "gemmi_adapter.hpp"
#include "sanity.hpp"
#include "text.hpp"

namespace ionpass {

namespace {

// Images of an atom nearer than this are one atom on a special position: coordinates with three
// decimals are off by up to 0.01 Å, and no two fully occupied sites come so near.
constexpr double special_position = 0.05;  // Å
constexpr double full_occupancy = 0.999;
constexpr double largest_fraction = 1e4;
constexpr std::size_t most_images = 200000;  // sites times operations

/// One row of the atom table.
struct AsymmetricSite {
  std::string label;
  int number = 0;
  Eigen::Vector3d fractional;
};

/// Number with its uncertainty in brackets taken off.
std::string_view without_uncertainty(std::string_view value) {
  return value.substr(0, value.find('('));
}

bool is_unknown(std::string_view value) { return value.empty() || value == "?" || value == "."; }

double cell_value(const CifBlock& block, const char* tag, const std::string& file) {
  const CifColumn* column = block.find({tag});
  if (column == nullptr) throw InputError({file}, fmt::format("{} is missing: add it", tag));
  const std::string& value = column->values.front();
  const SourceLocation where{file, column->line};
  if (is_unknown(value)) {
    throw InputError(where, fmt::format("{} is missing ({}): give its value", tag, value));
  }
  return text::require_number(without_uncertainty(value), tag, where);
}

Cell read_cell(const CifBlock& block, const std::string& file) {
  Eigen::Vector3d lengths, angles;
  static constexpr std::array length_tags{"_cell_length_a", "_cell_length_b", "_cell_length_c"};
  static constexpr std::array angle_tags{"_cell_angle_alpha", "_cell_angle_beta",
                                         "_cell_angle_gamma"};
  for (std::size_t i = 0; i < 3; ++i) {
    lengths(static_cast<int>(i)) = cell_value(block, length_tags[i], file);
    angles(static_cast<int>(i)) = cell_value(block, angle_tags[i], file);
  }
  try {
    return Cell::from_parameters(lengths, angles);
  } catch (const InputError& error) {
    throw InputError({file, block.find({length_tags[0]})->line}, error.what());
  }
}

/// The atom table, with the line of each row found again by its label.
class AtomTable {
 public:
  AtomTable(const CifBlock& block, std::string_view text, std::string file)
      : file_(std::move(file)), lines_(text::lines(text)) {
    static constexpr std::array tags{"_atom_site_fract_x", "_atom_site_fract_y",
                                     "_atom_site_fract_z"};
    for (std::size_t i = 0; i < 3; ++i) {
      fractional_[i] = block.find({tags[i]});
      if (fractional_[i] == nullptr) {
        throw InputError({file_},
                         fmt::format("no {} column beside the other coordinates", tags[i]));
      }
    }
    labels_ = block.find({"_atom_site_label"});
    types_ = block.find({"_atom_site_type_symbol"});
    occupancies_ = block.find({"_atom_site_occupancy"});
    flags_ = block.find({"_atom_site_calc_flag"});
    if (labels_ == nullptr && types_ == nullptr) {
      throw InputError(
          {file_, fractional_[0]->line},
          "the atom table has neither _atom_site_label nor _atom_site_type_symbol: add one");
    }
    for (const CifColumn* column :
         {fractional_[1], fractional_[2], labels_, types_, occupancies_, flags_}) {
      if (column != nullptr && column->values.size() != size()) {
        throw InputError({file_, fractional_[0]->line},
                         "the columns of the atom table differ in length");
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return fractional_[0]->values.size(); }
  [[nodiscard]] std::string label(std::size_t row) const {
    return labels_ != nullptr && !is_unknown(labels_->values[row]) ? labels_->values[row]
                                                                   : types_->values[row];
  }
  /// A place that was marked but holds no atom.
  [[nodiscard]] bool is_dummy(std::size_t row) const {
    return flags_ != nullptr && text::lower(flags_->values[row]) == "dum";
  }
  [[nodiscard]] double occupancy(std::size_t row) const {
    if (occupancies_ == nullptr || is_unknown(occupancies_->values[row])) return 1.0;
    return text::require_number(without_uncertainty(occupancies_->values[row]),
                                fmt::format("occupancy of {}", label(row)), where(row));
  }
  [[nodiscard]] AsymmetricSite site(std::size_t row) const {
    AsymmetricSite site{label(row), element(row), {}};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string& value = fractional_[i]->values[row];
      const std::string meaning = fmt::format("coordinate {} of {}", "xyz"[i], site.label);
      if (is_unknown(value)) {
        throw InputError(where(row),
                         fmt::format("{} is missing ({}): give its value", meaning, value));
      }
      const double number = text::require_number(without_uncertainty(value), meaning, where(row));
      if (std::abs(number) > largest_fraction) {
        throw InputError(where(row), fmt::format("{} is {}: fractional coordinates lie near 0 to 1",
                                                 meaning, value));
      }
      site.fractional(static_cast<int>(i)) = number;
    }
    return site;
  }

 private:
  [[nodiscard]] SourceLocation where(std::size_t row) const {
    const std::string wanted = label(row);
    const std::size_t loop = fractional_[0]->line;
    for (std::size_t line = loop; line < lines_.size() && loop > 0; ++line) {
      const auto words = text::words(lines_[line]);
      if (!words.empty() && words.front() == wanted) return {file_, line + 1};
    }
    return {file_, loop};
  }

  /// "Pb2+", "I1-" and "D" by the letters in front; without type symbols the label decides ("Pb1",
  /// "CA").
  [[nodiscard]] int element(std::size_t row) const {
    const bool has_type = types_ != nullptr && !is_unknown(types_->values[row]);
    const std::string text = has_type ? types_->values[row] : label(row);
    std::string letters;
    for (const char c : text) {
      if (std::isalpha(static_cast<unsigned char>(c)) == 0) break;
      letters += static_cast<char>(letters.empty() ? std::toupper(c) : std::tolower(c));
    }
    if (const auto number = atomic_number(letters)) return *number;
    if (!has_type && letters.size() > 1) {
      for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
        if (const auto number = atomic_number(letters.substr(0, length))) return *number;
        if (std::islower(static_cast<unsigned char>(text[1])) != 0) break;
      }
    }
    throw InputError(where(row), fmt::format("atom {} has unknown element symbol {}", label(row),
                                             letters.empty() ? text::quoted(text) : letters));
  }

  std::string file_;
  std::vector<std::string_view> lines_;
  std::array<const CifColumn*, 3> fractional_{};
  const CifColumn* labels_ = nullptr;
  const CifColumn* types_ = nullptr;
  const CifColumn* occupancies_ = nullptr;
  const CifColumn* flags_ = nullptr;
};

void require_full_occupancy(const AtomTable& table, const SourceLocation& where) {
  std::string partial;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const double occupancy = table.occupancy(row);
    if (occupancy >= full_occupancy && occupancy <= 2.0 - full_occupancy) continue;
    if (!partial.empty()) partial += ", ";
    partial += fmt::format("{} ({:g})", table.label(row), occupancy);
  }
  if (partial.empty()) return;
  throw InputError(where, fmt::format("sites with an occupancy other than 1: {}: the crystal is "
                                      "disordered, an ordered model is "
                                      "needed",
                                      partial));
}

/// Images of sites under the operations of a space group.
class Expander {
 public:
  Expander(const Cell& cell, const std::vector<GroupOperation>& operations)
      : cell_(cell), operations_(operations) {}

  /// All atoms a site stands for, itself first; on a special position each once, and exactly there.
  [[nodiscard]] std::vector<Eigen::Vector3d> expand(const AsymmetricSite& site) const {
    const Eigen::Vector3d exact = snapped(site.fractional);
    std::vector<Eigen::Vector3d> images;
    for (const GroupOperation& operation : operations_) {
      const Eigen::Vector3d image = applied(operation, exact);
      const bool is_known = std::any_of(images.begin(), images.end(), [&](const auto& other) {
        return distance(image, other) < special_position;
      });
      if (is_known) continue;
      images.push_back(images.empty() ? exact : inside(image));
    }
    return images;
  }

 private:
  static Eigen::Vector3d applied(const GroupOperation& operation, const Eigen::Vector3d& x) {
    Eigen::Vector3d result;
    for (int i = 0; i < 3; ++i) {
      const auto row = static_cast<std::size_t>(i);
      const auto& r = operation.rotation;
      result(i) = r[3 * row] * x(0) + r[3 * row + 1] * x(1) + r[3 * row + 2] * x(2) +
                  operation.translation[row] / double{GroupOperation::denominator};
    }
    return result;
  }

  /// Mean of the images that fall on the site: a point its site symmetry leaves in place.
  [[nodiscard]] Eigen::Vector3d snapped(const Eigen::Vector3d& x) const {
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    double count = 0.0;
    for (const GroupOperation& operation : operations_) {
      const Eigen::Vector3d apart = applied(operation, x) - x;
      if (distance(apart, Eigen::Vector3d::Zero()) >= special_position) continue;
      sum += apart - Eigen::Vector3d(apart.array().round());
      count += 1.0;
    }
    return x + sum / count;
  }

  [[nodiscard]] double distance(const Eigen::Vector3d& a, const Eigen::Vector3d& b) const {
    const Eigen::Vector3d apart = a - b;
    return (cell_.matrix() * (apart - Eigen::Vector3d(apart.array().round()))).norm();
  }

  static Eigen::Vector3d inside(const Eigen::Vector3d& x) {
    return x - Eigen::Vector3d(x.array().floor());
  }

  const Cell& cell_;
  const std::vector<GroupOperation>& operations_;
};

Structure expand(const AtomTable& table, const Cell& cell,
                 const std::vector<GroupOperation>& operations, const SourceLocation& where) {
  if (table.size() * operations.size() > most_images) {
    throw InputError(where, fmt::format("{} sites times {} operators are too many atoms",
                                        table.size(), operations.size()));
  }
  const Expander expander(cell, operations);
  std::vector<Eigen::Vector3d> positions;
  Structure structure;
  structure.cell = cell;
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (table.is_dummy(row)) continue;
    const AsymmetricSite site = table.site(row);
    for (const Eigen::Vector3d& fractional : expander.expand(site)) {
      positions.push_back(cell.matrix() * fractional);
      structure.numbers.push_back(site.number);
      structure.labels.push_back(site.label);
    }
  }
  if (positions.empty()) throw InputError(where, "the atom table holds no atoms");
  structure.positions.resize(3, static_cast<Eigen::Index>(positions.size()));
  for (std::size_t i = 0; i < positions.size(); ++i) {
    structure.positions.col(static_cast<Eigen::Index>(i)) = positions[i];
  }
  return structure;
}

/// The comment on top of the file, if it says where the structure comes from.
std::string provenance_of(std::string_view text) {
  static constexpr std::array telling{"provenance", "model",   "source", "experiment",
                                      "calculated", "relaxed", "doi",    "deposit"};
  std::string comment;
  for (const std::string_view line : text::lines(text)) {
    std::string_view content = text::trim(line);
    if (content.empty()) continue;
    if (content.front() != '#') break;
    // The indentation after "#" marks continued lines and stays.
    content.remove_prefix(content.starts_with("# ") ? 2 : 1);
    if (!comment.empty()) comment += '\n';
    comment += content;
  }
  const std::string plain = text::lower(comment);
  const bool says_so = std::any_of(telling.begin(), telling.end(), [&](const char* word) {
    return plain.find(word) != std::string::npos;
  });
  return says_so ? comment : std::string();
}

const CifBlock& block_with_atoms(const std::vector<CifBlock>& blocks, const std::string& file) {
  for (const CifBlock& block : blocks) {
    if (block.find({"_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z"}) != nullptr) {
      return block;
    }
  }
  throw InputError({file}, "no _atom_site_fract_ table found: the file holds no crystal structure");
}

/// A label that is one CIF word and not used before.
std::string unique_label(std::string label, std::set<std::string>& used) {
  std::replace_if(
      label.begin(), label.end(),
      [](unsigned char c) {
        return c <= ' ' || c >= 0x7f || std::strchr("'\"#$;[]?", c) != nullptr;
      },
      '_');
  std::string candidate = label;
  for (int n = 2; !used.insert(candidate).second; ++n) candidate = fmt::format("{}_{}", label, n);
  return candidate;
}

}  // namespace

Frame parse_cif(std::string_view text, const std::string& name) {
  const std::vector<CifBlock> blocks = parse_cif_blocks(text, name);
  const CifBlock& block = block_with_atoms(blocks, name);
  const Cell cell = read_cell(block, name);
  const AtomTable table(block, text, name);
  const SourceLocation where{name};
  require_full_occupancy(table, where);
  CifSymmetry symmetry = read_symmetry(block, cell, name);

  Frame frame;
  frame.structure = expand(table, cell, symmetry.operations, where);
  frame.provenance = provenance_of(text);
  for (const std::string& warning : symmetry.warnings) {
    frame.warnings.push_back(fmt::format("{}: {}", name, warning));
  }
  require_sane(frame.structure, Closeness::bonds, where);
  require_formula(block, frame.structure, name);
  return frame;
}

void write_cif(std::ostream& out, const Structure& structure, std::string_view name,
               std::string_view provenance) {
  if (!structure.cell) throw InputError("a CIF needs a cell: write a molecule as .xyz");
  for (const std::string_view line : text::lines(provenance)) out << "# " << line << '\n';
  if (structure.charge != 0.0)
    out << fmt::format("# total charge of the cell: {:+g} e\n", structure.charge);
  std::string block(name);
  std::replace_if(
      block.begin(), block.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7f; }, '_');
  out << "data_" << (block.empty() ? "structure" : block) << '\n';
  const Eigen::Vector3d lengths = structure.cell->lengths(), angles = structure.cell->angles();
  for (int i = 0; i < 3; ++i) out << fmt::format("_cell_length_{} {:.12f}\n", "abc"[i], lengths(i));
  static constexpr std::array angle_names{"alpha", "beta", "gamma"};
  for (int i = 0; i < 3; ++i) {
    out << fmt::format("_cell_angle_{} {:.12f}\n", angle_names[static_cast<std::size_t>(i)],
                       angles(i));
  }
  out << "_space_group_name_H-M_alt 'P 1'\n_space_group_IT_number 1\n"
         "loop_\n_space_group_symop_operation_xyz\n'x,y,z'\n"
         "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n"
         "_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n";
  const Eigen::Matrix3Xd fractional = structure.cell->inverse() * structure.positions;
  std::set<std::string> used;
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const Eigen::Vector3d x = fractional.col(static_cast<Eigen::Index>(i));
    out << fmt::format("{} {} {:.14f} {:.14f} {:.14f} 1\n", unique_label(structure.label(i), used),
                       element_symbol(structure.numbers[i]), x(0), x(1), x(2));
  }
}

}  // namespace ionpass
