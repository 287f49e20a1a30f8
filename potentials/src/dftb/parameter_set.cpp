#include "dftb/parameter_set.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <structures/units.hpp>

#include "yaml_file.hpp"

namespace ionpass::dftb {

namespace fs = std::filesystem;

namespace {

// Published electronic sets hold a placeholder that ends far inside of any bond, bohr.
constexpr double placeholder_range = 0.5;

std::string symbol(int number) { return std::string(element_symbol(number)); }

[[noreturn]] void fail(const fs::path& file, const YAML::Node& node, const std::string& message) {
  const YAML::Mark mark = node.Mark();
  throw InputError({file.string(), static_cast<std::size_t>(mark.line + 1),
                    static_cast<std::size_t>(mark.column + 1)},
                   message);
}

ChargeResolution charge_resolution(const fs::path& file, const YAML::Node& node) {
  const auto word = node.as<std::string>();
  if (word == "shell") return ChargeResolution::shell;
  if (word == "atom") return ChargeResolution::atom;
  if (word == "none") return ChargeResolution::none;
  fail(file, node, fmt::format("charges: '{}' is not one of shell, atom, none", word));
}

int angular_momentum(const fs::path& file, const YAML::Node& node) {
  const auto word = node.as<std::string>();
  const std::size_t l = std::string_view("spd").find(word);
  if (word.size() != 1 || l == std::string_view::npos) {
    fail(file, node, fmt::format("shells: '{}' is not one of s, p, d", word));
  }
  return static_cast<int>(l);
}

void read_shells(const fs::path& file, const YAML::Node& shells, SetDescription& out) {
  for (const auto& entry : shells) {
    const auto number = atomic_number(entry.first.as<std::string>());
    if (!number)
      fail(file, entry.first,
           fmt::format("shells: '{}' is no element", entry.first.as<std::string>()));
    out.highest_l[*number] = angular_momentum(file, entry.second);
  }
}

/// "absorbed", or the parameters of D3(BJ).
void read_dispersion(const fs::path& file, const YAML::Node& node, SetDescription& out) {
  if (node.IsMap()) {
    out.d3 = D3Damping{node["s6"].as<double>(1.0), node["s8"].as<double>(), node["a1"].as<double>(),
                       node["a2"].as<double>()};
    return;
  }
  if (node.as<std::string>() != "absorbed")
    fail(file, node, "dispersion: expected 'absorbed', or {s6: …, s8: …, a1: …, a2: …} of D3(BJ)");
  out.holds_dispersion = true;
}

void read_set(const fs::path& file, const YAML::Node& root, SetDescription& out) {
  if (root["name"]) out.potential.name = "dftb/" + root["name"].as<std::string>();
  read_common_description(root, out.potential);
  if (root["base"]) {
    const SetDescription base =
        read_set_description(out.folder.parent_path() / root["base"].as<std::string>());
    out.tables = base.tables;
    out.highest_l = base.highest_l;
    out.charges = base.charges;
    out.shifts = base.shifts;
  }
  if (root["shifts"])
    for (const auto& [name, value] : read_shifts(file, root["shifts"])) out.shifts[name] += value;
  if (root["tables"]) out.tables = out.folder / root["tables"].as<std::string>();
  if (root["splines"]) out.splines = out.folder / root["splines"].as<std::string>();
  if (root["three_body"]) {
    out.three_body_file = out.folder / root["three_body"].as<std::string>();
    out.three_body = calibrate::read_three_body(out.three_body_file);
  }
  if (root["charges"]) out.charges = charge_resolution(file, root["charges"]);
  if (root["shells"]) read_shells(file, root["shells"], out);
  if (root["dispersion"]) read_dispersion(file, root["dispersion"], out);
  out.fitted = read_fitted_range(file, root);
}

/// Highest shell whose own σ integral is not zero throughout.
int highest_l_in_table(const SkFile& homonuclear) {
  for (int l = max_l; l > 0; --l) {
    const auto row = static_cast<Eigen::Index>(sk_column(l, l, 0));
    if (homonuclear.rows.row(row + 10).cwiseAbs().maxCoeff() > 0.0) return l;
  }
  return 0;
}

fs::path skf_path(const SetDescription& description, int a, int b) {
  return description.tables / fmt::format("{}-{}.skf", symbol(a), symbol(b));
}

SkFile read_pair(const SetDescription& description, int a, int b) {
  const fs::path path = skf_path(description, a, b);
  if (!fs::exists(path)) {
    const std::string what =
        a == b ? "element " + symbol(a) : "the pair " + symbol(a) + "-" + symbol(b);
    throw UnsupportedElement(fmt::format(
        "{} has no parameters for {} (no file {}); choose another potential or structure",
        description.potential.name, what, path.filename().string()));
  }
  return read_skf(path, a == b);
}

/// Moves what the set moves. @throws InputError for a shell or a quantity that its atoms lack
void shift_atom(const SetDescription& description, int number, ElementParameters& element) {
  using Quantity = ParameterName::Quantity;
  for (const auto& [name, value] : description.shifts) {
    const auto parameter = parse_parameter_name(name);
    const bool is_shell_quantity = parameter && (parameter->quantity == Quantity::level ||
                                                 parameter->quantity == Quantity::hardness);
    if (is_shell_quantity && parameter->element != number) continue;
    if (!is_shell_quantity || parameter->repeat > 0 || parameter->l > element.highest_l)
      throw InputError(fmt::format("{}: shifts: '{}' is no parameter of DFTB with these tables",
                                   description.potential.name, name));
    const auto l = static_cast<std::size_t>(parameter->l);
    auto& moved =
        parameter->quantity == Quantity::level ? element.atom.onsite : element.atom.hubbard;
    moved[l] += value / units::hartree;
  }
}

PairRepulsion read_repulsion(const SetDescription& description, int a, int b, const SkFile& file) {
  if (description.splines.empty()) return file.repulsion;
  std::string first = symbol(a), second = symbol(b);
  if (first > second) std::swap(first, second);
  const fs::path path = description.splines / fmt::format("{}-{}.spl", first, second);
  if (!fs::exists(path)) return file.repulsion;
  return PairRepulsion::from_spline_file(path);
}

}  // namespace

SetDescription read_set_description(const fs::path& folder) {
  SetDescription out;
  out.folder = out.tables = folder;
  out.potential.name = "dftb/" + folder.string();
  const fs::path file = folder / "set.yaml";
  if (!fs::exists(file)) return out;
  read_yaml_file(file, [&](const YAML::Node& root) { read_set(file, root, out); });
  return out;
}

PairTable::Part PairTable::make_part(const SkFile& file, std::vector<Source> sources) {
  Part part;
  const auto count = static_cast<Eigen::Index>(sources.size());
  Eigen::MatrixXd values(2 * count, file.rows.cols());
  for (Eigen::Index i = 0; i < count; ++i) {
    const Source& source = sources[static_cast<std::size_t>(i)];
    values.row(i) = source.sign * file.rows.row(source.row);
    values.row(count + i) = source.sign * file.rows.row(source.row + 10);
  }
  part.table = RadialTable(file.spacing, std::move(values));
  part.sources = std::move(sources);
  return part;
}

PairTable::PairTable(int highest_l_a, int highest_l_b, const SkFile& ab, const SkFile& ba) {
  std::vector<Source> forward, backward;
  for (int la = 0; la <= highest_l_a; ++la) {
    for (int lb = 0; lb <= highest_l_b; ++lb) {
      for (int m = 0; m <= std::min(la, lb); ++m) {
        const auto row =
            static_cast<Eigen::Index>(sk_column(std::min(la, lb), std::max(la, lb), m));
        // A file holds the lower momentum on its first atom; the other order is the reversed pair,
        // with the parity of both shells.
        if (la <= lb) {
          forward.push_back({la, lb, m, row, 1.0});
        } else {
          backward.push_back({la, lb, m, row, (la + lb) % 2 == 0 ? 1.0 : -1.0});
        }
      }
    }
  }
  forward_ = make_part(ab, std::move(forward));
  if (!backward.empty()) backward_ = make_part(ba, std::move(backward));
}

double PairTable::range() const noexcept {
  return std::max(forward_.table.range(), backward_.table.range());
}

void PairTable::evaluate(double r, Values& out) const {
  double value[40], slope[40];
  for (const Part* part : {&forward_, &backward_}) {
    const std::size_t count = part->sources.size();
    if (count == 0) continue;
    part->table.evaluate(r, value, slope);
    for (std::size_t i = 0; i < count; ++i) {
      const Source& s = part->sources[i];
      BondIntegrals& h = out.hamiltonian[s.l_a][s.l_b];
      BondIntegrals& overlap = out.overlap[s.l_a][s.l_b];
      h.value[s.m] = value[i];
      h.slope[s.m] = slope[i];
      overlap.value[s.m] = value[count + i];
      overlap.slope[s.m] = slope[count + i];
    }
  }
}

ParameterSet::ParameterSet(const SetDescription& description, std::span<const int> elements) {
  std::map<std::pair<int, int>, SkFile> files;
  for (const int a : elements) {
    const SkFile& file = files.emplace(std::pair{a, a}, read_pair(description, a, a)).first->second;
    const auto given = description.highest_l.find(a);
    elements_[a] = {given != description.highest_l.end() ? given->second : highest_l_in_table(file),
                    *file.atom};
    shift_atom(description, a, elements_[a]);
  }
  for (const int a : elements) {
    for (const int b : elements) {
      if (a != b) files.emplace(std::pair{a, b}, read_pair(description, a, b));
    }
  }
  for (const auto& [pair, file] : files) {
    const auto [a, b] = pair;
    tables_.emplace(
        pair, PairTable(elements_[a].highest_l, elements_[b].highest_l, file, files.at({b, a})));
    repulsions_.emplace(pair, read_repulsion(description, a, b, file));
    table_range_ = std::max(table_range_, tables_.at(pair).range());
    repulsion_range_ = std::max(repulsion_range_, repulsions_.at(pair).cutoff());
  }
}

std::vector<std::pair<int, int>> pairs_without_repulsion(const ParameterSet& parameters,
                                                         std::span<const int> elements) {
  std::vector<std::pair<int, int>> out;
  for (const int a : elements) {
    for (const int b : elements) {
      if (a <= b && parameters.repulsion(a, b).cutoff() < placeholder_range) out.emplace_back(a, b);
    }
  }
  return out;
}

std::vector<int> available_elements(const SetDescription& description) {
  std::vector<int> out;
  for (int z = 1; z <= max_atomic_number; ++z) {
    if (fs::exists(skf_path(description, z, z))) out.push_back(z);
  }
  return out;
}

}  // namespace ionpass::dftb
