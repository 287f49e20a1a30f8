#include "cif_symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <spglib.h>

#include "text.hpp"

namespace ionpass {

namespace {

using Operations = std::vector<GroupOperation>;

constexpr int den = GroupOperation::denominator;
constexpr std::size_t most_operations = 1000;  // 192 in the largest tabulated setting
constexpr double translation_digits = 0.01;    // "0.33" means 1/3
constexpr double metric_tolerance = 0.005;  // relative: cells are published to four digits and more

int wrapped(int twentyfourths) { return (twentyfourths % den + den) % den; }

GroupOperation product(const GroupOperation& a, const GroupOperation& b) {
  GroupOperation result;
  for (std::size_t i = 0; i < 3; ++i) {
    int translation = a.translation[i];
    for (std::size_t j = 0; j < 3; ++j) {
      int sum = 0;
      for (std::size_t k = 0; k < 3; ++k) sum += a.rotation[3 * i + k] * b.rotation[3 * k + j];
      result.rotation[3 * i + j] = sum;
      translation += a.rotation[3 * i + j] * b.translation[j];
    }
    result.translation[i] = wrapped(translation);
  }
  return result;
}

/// One component of a triplet, "1/2-x".
class ComponentParser {
 public:
  ComponentParser(std::string_view component, GroupOperation& operation, std::size_t row)
      : rest_(component), operation_(operation), row_(row) {}

  /// @returns false if the text is no sum of axes and fractions
  bool parse() {
    operation_.rotation[3 * row_] = operation_.rotation[3 * row_ + 1] = 0;
    operation_.rotation[3 * row_ + 2] = 0;
    if (rest_.empty()) return false;
    while (!rest_.empty()) {
      if (!term()) return false;
    }
    const double twentyfourths = shift_ * den;
    if (std::abs(twentyfourths) > 1000.0 * den ||
        std::abs(twentyfourths - std::round(twentyfourths)) > translation_digits * den) {
      return false;
    }
    operation_.translation[row_] = wrapped(static_cast<int>(std::round(twentyfourths)));
    return true;
  }

 private:
  bool term() {
    int sign = 1;
    if (rest_.front() == '+' || rest_.front() == '-') {
      sign = rest_.front() == '-' ? -1 : 1;
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return false;
    const std::size_t axis = std::string_view("xyz").find(rest_.front());
    if (axis != std::string_view::npos) {
      rest_.remove_prefix(1);
      int& entry = operation_.rotation[3 * row_ + axis];
      entry += sign;
      return std::abs(entry) <= 1;
    }
    const std::size_t end = std::min(rest_.find_first_of("+-"), rest_.size());
    const auto value = fraction(rest_.substr(0, end));
    if (!value) return false;
    shift_ += sign * *value;
    rest_.remove_prefix(end);
    return true;
  }

  static std::optional<double> fraction(std::string_view word) {
    const std::size_t slash = word.find('/');
    const auto above = text::number(word.substr(0, slash));
    if (slash == std::string_view::npos || !above) return above;
    const auto below = text::number(word.substr(slash + 1));
    if (!below || *below == 0.0) return std::nullopt;
    return *above / *below;
  }

  std::string_view rest_;
  GroupOperation& operation_;
  std::size_t row_;
  double shift_ = 0.0;
};

int determinant(const GroupOperation& operation) {
  const auto& r = operation.rotation;
  return r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) +
         r[2] * (r[3] * r[7] - r[4] * r[6]);
}

std::string triplet(const GroupOperation& operation) {
  std::string result;
  for (std::size_t i = 0; i < 3; ++i) {
    if (i > 0) result += ',';
    std::string part;
    for (std::size_t j = 0; j < 3; ++j) {
      const int entry = operation.rotation[3 * i + j];
      if (entry != 0)
        part += fmt::format("{}{}", entry < 0 ? "-" : part.empty() ? "" : "+", "xyz"[j]);
    }
    if (operation.translation[i] != 0) part += fmt::format("+{}/{}", operation.translation[i], den);
    result += part;
  }
  return result;
}

void require_group(const std::set<GroupOperation>& operations, const SourceLocation& where) {
  if (!operations.contains(GroupOperation{})) {
    throw InputError(where, "the symmetry operators lack x,y,z: add it");
  }
  for (const GroupOperation& a : operations) {
    for (const GroupOperation& b : operations) {
      if (operations.contains(product(a, b))) continue;
      throw InputError(
          where,
          fmt::format("the symmetry operators are no group: {} after {} is not among them, an "
                      "operator is missing or wrong",
                      triplet(a), triplet(b)));
    }
  }
}

Operations operations_of_loop(const CifColumn& column, const std::string& name) {
  if (column.values.size() > most_operations) {
    throw InputError(
        {name, column.line},
        fmt::format("{} symmetry operators: no space group has so many", column.values.size()));
  }
  std::set<GroupOperation> unique;
  for (const std::string& value : column.values) {
    unique.insert(parse_operation(value, {name, column.line}));
  }
  require_group(unique, {name, column.line});
  return {unique.begin(), unique.end()};
}

bool are_equal(const Operations& a, const Operations& b) {
  return std::set<GroupOperation>(a.begin(), a.end()) ==
         std::set<GroupOperation>(b.begin(), b.end());
}

/// The operation as it reads after the origin moved by `shift` twenty-fourths: t' = t + (W - 1)
/// shift.
GroupOperation moved(GroupOperation operation, const std::array<int, 3>& shift) {
  for (std::size_t i = 0; i < 3; ++i) {
    int change = -shift[i];
    for (std::size_t j = 0; j < 3; ++j) change += operation.rotation[3 * i + j] * shift[j];
    operation.translation[i] = wrapped(operation.translation[i] + change);
  }
  return operation;
}

/// Names and numbers leave the origin open, operators do not.
bool are_equal_up_to_origin(const Operations& a, const Operations& b) {
  if (a.size() != b.size()) return false;
  const std::set<GroupOperation> wanted(a.begin(), a.end());
  for (int x = 0; x < den; ++x) {
    for (int y = 0; y < den; ++y) {
      for (int z = 0; z < den; ++z) {
        const auto fits = [&](const GroupOperation& op) {
          return wanted.contains(moved(op, {x, y, z}));
        };
        if (std::all_of(b.begin(), b.end(), fits)) return true;
      }
    }
  }
  return false;
}

bool is_one_of(const Operations& operations, const std::vector<TabulatedGroup>& groups) {
  return std::any_of(groups.begin(), groups.end(), [&](const TabulatedGroup& group) {
    return are_equal_up_to_origin(operations, group.operations);
  });
}

/// Type of the group in whatever setting, by spglib; 0 if it cannot tell.
int number_of(const Operations& operations, const Cell& cell) {
  std::vector<std::array<std::array<int, 3>, 3>> rotations;
  std::vector<std::array<double, 3>> translations;
  for (const GroupOperation& op : operations) {
    const auto& r = op.rotation;
    rotations.push_back({{{r[0], r[1], r[2]}, {r[3], r[4], r[5]}, {r[6], r[7], r[8]}}});
    translations.push_back({op.translation[0] / double{den}, op.translation[1] / double{den},
                            op.translation[2] / double{den}});
  }
  const double tolerance = 1e-4 * cell.shortest_vector();
  const int hall =
      spg_get_hall_number_from_symmetry(reinterpret_cast<int(*)[3][3]>(rotations.data()),
                                        reinterpret_cast<double(*)[3]>(translations.data()),
                                        static_cast<int>(rotations.size()), tolerance);
  return hall == 0 ? 0 : spg_get_spacegroup_type(hall).number;
}

/// Everything the block says about its symmetry.
struct Statements {
  const CifColumn* loop = nullptr;
  const std::string* hall = nullptr;
  const std::string* name = nullptr;
  std::optional<int> number;
};

Statements statements(const CifBlock& block, const std::string& file) {
  Statements said;
  const CifColumn* loop =
      block.find({"_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz"});
  if (loop != nullptr && loop->values != std::vector<std::string>{"?"} &&
      loop->values != std::vector<std::string>{"."}) {
    said.loop = loop;
  }
  said.hall = block.value({"_space_group_name_hall", "_symmetry_space_group_name_hall"});
  said.name = block.value({"_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m",
                           "_space_group_name_h-m_full", "_space_group_name_h-m_ref",
                           "_space_group_name_h-m"});
  const auto tags = {"_space_group_it_number", "_symmetry_int_tables_number"};
  if (const std::string* number = block.value(tags)) {
    const auto value = text::integer(*number);
    if (!value || *value < 1 || *value > 230) {
      throw InputError({file, block.find(tags)->line},
                       fmt::format("space-group number is {}, not a number from 1 to 230",
                                   text::quoted(*number)));
    }
    said.number = static_cast<int>(*value);
  }
  return said;
}

void require_fitting_cell(const Operations& operations, const Cell& cell, const std::string& file) {
  const Eigen::Matrix3d metric = cell.matrix().transpose() * cell.matrix();
  const double scale = metric.diagonal().maxCoeff();
  for (const GroupOperation& operation : operations) {
    Eigen::Matrix3d rotation;
    for (int i = 0; i < 9; ++i)
      rotation(i / 3, i % 3) = operation.rotation[static_cast<std::size_t>(i)];
    const Eigen::Matrix3d change = rotation.transpose() * metric * rotation - metric;
    if (change.cwiseAbs().maxCoeff() <= metric_tolerance * scale) continue;
    const Eigen::Vector3d l = cell.lengths(), a = cell.angles();
    throw InputError({file}, fmt::format("the cell {:g} {:g} {:g} {:g} {:g} {:g} does not have the "
                                         "symmetry {}: cell and space group "
                                         "belong to different settings",
                                         l(0), l(1), l(2), a(0), a(1), a(2), triplet(operation)));
  }
}

/// Chooses the operations and says where they come from.
struct Choice {
  Operations operations;
  std::string source;  // for messages: "the operators", "Hall symbol '...'"
};

Choice choose_by_name(const Statements& said, bool is_hexagonal, CifSymmetry& result) {
  const auto groups =
      said.name ? groups_of_name(*said.name, is_hexagonal) : std::vector<TabulatedGroup>{};
  if (groups.size() > 1) {
    result.warnings.push_back(fmt::format("space group {} has several settings: {} taken",
                                          *said.name, groups.front().name));
  }
  if (!groups.empty()) {
    return {groups.front().operations, fmt::format("space group {}", text::quoted(*said.name))};
  }
  if (!said.number) return {};
  const auto numbered = groups_of_number(*said.number, is_hexagonal);
  result.warnings.push_back(fmt::format("space group {} taken in its standard setting {}",
                                        *said.number, numbered.front().name));
  return {numbered.front().operations, fmt::format("space-group number {}", *said.number)};
}

Choice choose(const Statements& said, bool is_hexagonal, const std::string& file,
              CifSymmetry& result) {
  if (said.loop != nullptr) return {operations_of_loop(*said.loop, file), "the symmetry operators"};
  if (said.hall != nullptr) {
    Operations operations = operations_of_hall(*said.hall);
    if (!operations.empty())
      return {std::move(operations), "Hall symbol " + text::quoted(*said.hall)};
  }
  Choice choice = choose_by_name(said, is_hexagonal, result);
  if (!choice.operations.empty()) return choice;
  if (said.hall != nullptr || said.name != nullptr) {
    throw InputError({file},
                     fmt::format("space group {} is not in the tables: give the symmetry operators",
                                 text::quoted(said.hall ? *said.hall : *said.name)));
  }
  result.warnings.emplace_back(
      "no symmetry given: the atoms listed are taken as all there are (P 1)");
  return {{GroupOperation{}}, "no symmetry"};
}

void require_agreement(const Statements& said, const Choice& choice, const Cell& cell,
                       const std::string& file, bool is_hexagonal) {
  const auto refuse = [&](const std::string& other) {
    throw InputError({file},
                     fmt::format("{} and {} disagree: remove the wrong one", choice.source, other));
  };
  if (said.hall != nullptr) {
    const Operations operations = operations_of_hall(*said.hall);
    if (!operations.empty() && !are_equal(operations, choice.operations)) {
      refuse("Hall symbol " + text::quoted(*said.hall));
    }
  }
  if (said.name != nullptr) {
    const auto groups = groups_of_name(*said.name, is_hexagonal);
    if (!groups.empty() && !is_one_of(choice.operations, groups)) {
      refuse("space group " + text::quoted(*said.name));
    }
  }
  if (said.number) {
    const bool agrees =
        is_one_of(choice.operations, groups_of_number(*said.number, is_hexagonal)) ||
        number_of(choice.operations, cell) == *said.number;
    if (!agrees) refuse(fmt::format("space-group number {}", *said.number));
  }
}

void warn_of_unknown_symbols(const Statements& said, bool is_hexagonal, CifSymmetry& result) {
  if (said.hall != nullptr && operations_of_hall(*said.hall).empty()) {
    result.warnings.push_back(fmt::format("Hall symbol {} is not in the tables and was not used",
                                          text::quoted(*said.hall)));
  }
  if (said.name != nullptr && groups_of_name(*said.name, is_hexagonal).empty()) {
    result.warnings.push_back(fmt::format(
        "space-group name {} is not in the tables and was not used", text::quoted(*said.name)));
  }
}

}  // namespace

GroupOperation parse_operation(std::string_view triplet, const SourceLocation& where) {
  std::string plain;
  for (const char c : text::lower(triplet)) {
    if (c != ' ' && c != '\t' && c != '\'' && c != '"') plain += c;
  }
  GroupOperation operation;
  std::string_view rest = plain;
  bool is_valid = std::count(plain.begin(), plain.end(), ',') == 2;
  for (std::size_t row = 0; is_valid && row < 3; ++row) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    is_valid = ComponentParser(rest.substr(0, comma), operation, row).parse();
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (!is_valid || std::abs(determinant(operation)) != 1) {
    throw InputError(where, fmt::format("symmetry operator {} is not of the form 'x+1/2,-y,z'",
                                        text::quoted(triplet)));
  }
  return operation;
}

CifSymmetry read_symmetry(const CifBlock& block, const Cell& cell, const std::string& name) {
  const bool is_hexagonal = std::abs(cell.angles()(2) - 120.0) < 1.0;
  const Statements said = statements(block, name);
  CifSymmetry result;
  Choice choice = choose(said, is_hexagonal, name, result);
  require_agreement(said, choice, cell, name, is_hexagonal);
  require_fitting_cell(choice.operations, cell, name);
  warn_of_unknown_symbols(said, is_hexagonal, result);
  result.operations = std::move(choice.operations);
  std::stable_partition(result.operations.begin(), result.operations.end(),
                        [](const GroupOperation& op) { return op == GroupOperation{}; });
  return result;
}

}  // namespace ionpass
