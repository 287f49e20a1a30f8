#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <potentials/table_comparison.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>

#include "dftb/parameter_set.hpp"

namespace ionpass::skgen {
namespace {

namespace fs = std::filesystem;
using dftb::SetDescription;
using dftb::SkFile;

using Pair = std::pair<int, int>;

std::string pair_name(const Pair& pair) {
  return fmt::format("{}-{}", element_symbol(pair.first), element_symbol(pair.second));
}

std::map<Pair, SkFile> read_tables(const SetDescription& set) {
  std::map<Pair, SkFile> out;
  const std::vector<int> elements = dftb::available_elements(set);
  if (elements.empty())
    throw InputError(
        fmt::format("{}: no table of an element with itself (A-A.skf) here", set.tables.string()));
  for (const int a : elements)
    for (const int b : elements) {
      const fs::path path = set.tables / (pair_name({a, b}) + ".skf");
      if (fs::exists(path)) out.emplace(Pair{a, b}, dftb::read_skf(path, a == b));
    }
  return out;
}

std::string column_name(const dftb::SkColumn& column) {
  constexpr std::array<std::string_view, 3> symmetry{"σ", "π", "δ"};
  return fmt::format("{}{}{}", "spd"[column.l1], "spd"[column.l2],
                     symmetry[static_cast<std::size_t>(column.m)]);
}

double range(const SkFile& file) { return file.spacing * static_cast<double>(file.rows.cols()); }

void take_larger(LargestDifference& largest, double value, double distance,
                 const std::string& column) {
  if (value > largest.value) largest = {value, distance, column};
}

PairComparison compare_pair(const Pair& pair, const SkFile& one, const SkFile& two, double from) {
  PairComparison out;
  out.pair = pair_name(pair);
  out.range = range(one);
  out.other_range = range(two);
  const dftb::RadialTable first(one.spacing, one.rows), second(two.spacing, two.rows);
  const double last = std::min(out.range, out.other_range);
  Eigen::Matrix<double, 20, Eigen::Dynamic> a(20, 0), b(20, 0);
  std::array<double, 20> value{}, slope{};
  for (Eigen::Index row = 0; row < one.rows.cols(); ++row) {
    const double r = one.spacing * static_cast<double>(row + 1);
    if (r < from - 1e-9 || r > last - 1e-9) continue;
    out.distances.push_back(r);
    const auto count = static_cast<Eigen::Index>(out.distances.size());
    a.conservativeResize(20, count);
    b.conservativeResize(20, count);
    for (const auto& [table, target] : {std::pair{&first, &a}, std::pair{&second, &b}}) {
      table->evaluate(r, value.data(), slope.data());
      target->col(count - 1) = Eigen::Map<const Eigen::Matrix<double, 20, 1>>(value.data());
    }
  }
  for (std::size_t c = 0; c < dftb::sk_columns.size(); ++c) {
    const auto h = static_cast<Eigen::Index>(c), s = h + 10;
    if (a.cols() == 0 || (a.row(s).isZero(0.0) && b.row(s).isZero(0.0))) continue;
    ColumnComparison column;
    column.name = column_name(dftb::sk_columns[c]);
    for (Eigen::Index i = 0; i < a.cols(); ++i) {
      const double r = out.distances[static_cast<std::size_t>(i)];
      column.hamiltonian.push_back(a(h, i));
      column.other_hamiltonian.push_back(b(h, i));
      column.overlap.push_back(a(s, i));
      column.other_overlap.push_back(b(s, i));
      take_larger(out.hamiltonian, std::abs(a(h, i) - b(h, i)), r, column.name);
      take_larger(out.overlap, std::abs(a(s, i) - b(s, i)), r, column.name);
    }
    out.columns.push_back(std::move(column));
  }
  return out;
}

/// Largest eighth difference of any row beyond the given distance.
double roughness(const SkFile& file, double from) {
  const auto skip = std::min<Eigen::Index>(std::lround(from / file.spacing), file.rows.cols());
  Eigen::MatrixXd d = file.rows.rightCols(file.rows.cols() - skip);
  if (d.cols() < 9) return 0.0;
  for (int order = 0; order < 8; ++order)
    d = (d.rightCols(d.cols() - 1) - d.leftCols(d.cols() - 1)).eval();
  return d.cwiseAbs().maxCoeff();
}

/// Largest difference between the columns that both files of a pair hold (equal momenta).
double asymmetry(const SkFile& ab, const SkFile& ba) {
  double worst = std::abs(range(ab) - range(ba));
  const Eigen::Index rows = std::min(ab.rows.cols(), ba.rows.cols());
  for (std::size_t c = 0; c < dftb::sk_columns.size(); ++c) {
    if (dftb::sk_columns[c].l1 != dftb::sk_columns[c].l2) continue;
    for (const auto row : {static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(c + 10)})
      worst = std::max(
          worst, (ab.rows.row(row).head(rows) - ba.rows.row(row).head(rows)).cwiseAbs().maxCoeff());
  }
  return worst;
}

}  // namespace

SetComparison compare_sets(const fs::path& set, const fs::path& other, double from) {
  const SetDescription description = dftb::read_set_description(set);
  const std::map<Pair, SkFile> one = read_tables(description);
  const std::map<Pair, SkFile> two = read_tables(dftb::read_set_description(other));
  SetComparison out;
  for (const auto& [pair, file] : one) {
    const auto match = two.find(pair);
    if (match == two.end()) {
      out.missing.push_back(pair_name(pair));
      continue;
    }
    out.pairs.push_back(compare_pair(pair, file, match->second, from));
    if (pair.first != pair.second) continue;
    for (std::size_t l = 0; l <= dftb::max_l; ++l) {
      const dftb::AtomParameters& a = *file.atom;
      const dftb::AtomParameters& b = *match->second.atom;
      if (a.hubbard[l] == 0.0 || b.hubbard[l] == 0.0) continue;
      const auto given = description.highest_l.find(pair.first);
      if (given != description.highest_l.end() && static_cast<int>(l) > given->second) continue;
      out.headers.push_back({fmt::format("{} {}", element_symbol(pair.first), "spd"[l]),
                             a.onsite[l], b.onsite[l], a.hubbard[l], b.hubbard[l]});
    }
  }
  for (const auto& entry : two)
    if (!one.contains(entry.first)) out.missing.push_back(pair_name(entry.first));
  if (out.pairs.empty())
    throw InputError(
        fmt::format("{} and {} have no pair of elements in common", set.string(), other.string()));
  return out;
}

std::vector<PairCheck> check_set(const fs::path& set, double from) {
  constexpr double asymmetry_limit = 1e-9, roughness_limit = 1e-5, end_limit = 1e-3;
  const std::map<Pair, SkFile> tables = read_tables(dftb::read_set_description(set));
  std::vector<PairCheck> out;
  for (const auto& [pair, file] : tables) {
    PairCheck check{.pair = pair_name(pair), .range = range(file), .checks = {}};
    const auto reversed = tables.find({pair.second, pair.first});
    if (reversed == tables.end())
      throw InputError(fmt::format("{}: no file {}.skf, the other half of {}.skf", set.string(),
                                   pair_name({pair.second, pair.first}), pair_name(pair)));
    check.checks.push_back(
        {"both files agree", asymmetry(file, reversed->second), asymmetry_limit});
    check.checks.push_back({"smoothness", roughness(file, from), roughness_limit});
    check.checks.push_back(
        {"largest overlap", file.rows.bottomRows(10).cwiseAbs().maxCoeff(), 1.0});
    check.checks.push_back(
        {"value at the end", file.rows.rightCols(1).cwiseAbs().maxCoeff(), end_limit});
    out.push_back(std::move(check));
  }
  return out;
}

}  // namespace ionpass::skgen
