#include <algorithm>
#include <cmath>
#include <cstdint>
#include <tuple>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/supercell.hpp>

namespace ionpass {

namespace {

using Matrix3l = Eigen::Matrix<std::int64_t, 3, 3>;
using Vector3l = Eigen::Matrix<std::int64_t, 3, 1>;

constexpr double round_off = 1e-6;                  // Å, so that 12.000000 Å satisfies 12 Å
constexpr int largest_entry = 10000;                // keeps products of three within 64 bits
constexpr std::size_t largest_supercell = 1000000;  // atoms

/// adjugate(M) * M = det(M) * 1, all in integers: fractional coordinates in a supercell without
/// rounding.
Matrix3l adjugate(const Eigen::Matrix3i& matrix) {
  const Matrix3l m = matrix.cast<std::int64_t>();
  Matrix3l result;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      const int a = (j + 1) % 3, b = (j + 2) % 3, c = (i + 1) % 3, d = (i + 2) % 3;
      result(i, j) = m(a, c) * m(b, d) - m(a, d) * m(b, c);
    }
  }
  return result;
}

std::int64_t determinant(const Eigen::Matrix3i& matrix) {
  return adjugate(matrix).row(0).dot(matrix.cast<std::int64_t>().col(0));
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

std::int64_t require_cells(const Eigen::Matrix3i& matrix) {
  if (matrix.cwiseAbs().maxCoeff() > largest_entry) {
    throw InputError(fmt::format("supercell matrix has an entry beyond ±{}", largest_entry));
  }
  const std::int64_t cells = determinant(matrix);
  if (cells < 1) {
    throw InputError(
        fmt::format("supercell matrix has determinant {}: it must be at least 1 (swap two columns "
                    "if it is negative)",
                    cells));
  }
  return cells;
}

auto key(const Eigen::Vector3i& t) { return std::make_tuple(t(0), t(1), t(2)); }

/// The translation moved by supercell vectors so that it lies inside the supercell.
Eigen::Vector3i wrap(const Eigen::Matrix3i& matrix, const Eigen::Vector3i& translation) {
  const std::int64_t cells = determinant(matrix);
  Vector3l fraction = adjugate(matrix) * translation.cast<std::int64_t>();
  for (int i = 0; i < 3; ++i) fraction(i) = floor_divide(fraction(i), cells);
  const Vector3l inside = translation.cast<std::int64_t>() - matrix.cast<std::int64_t>() * fraction;
  return inside.cast<int>();
}

/// Diagonal of the triangular (Hermite) form of the lattice of supercell vectors, by Euclid's
/// algorithm on the columns.
Vector3l hermite_diagonal(const Eigen::Matrix3i& matrix) {
  Matrix3l m = matrix.cast<std::int64_t>();
  for (int row = 0; row < 3; ++row) {
    for (int other = row + 1; other < 3; ++other) {
      while (m(row, other) != 0) {
        const Vector3l rest = m.col(row) - (m(row, row) / m(row, other)) * m.col(other);
        m.col(row) = m.col(other);
        m.col(other) = rest;
      }
    }
  }
  return m.diagonal().cwiseAbs();
}

/// All unit-cell translations inside the supercell, in lexicographic order.
std::vector<Eigen::Vector3i> translations_inside(const Eigen::Matrix3i& matrix) {
  // The box below the Hermite diagonal holds each translation once, up to supercell vectors.
  const Eigen::Vector3i box = hermite_diagonal(matrix).cast<int>();
  std::vector<Eigen::Vector3i> inside;
  for (int i = 0; i < box(0); ++i) {
    for (int j = 0; j < box(1); ++j) {
      for (int k = 0; k < box(2); ++k) inside.push_back(wrap(matrix, {i, j, k}));
    }
  }
  std::sort(inside.begin(), inside.end(),
            [](const auto& a, const auto& b) { return key(a) < key(b); });
  return inside;
}

bool is_long_enough(const Cell& cell, const Eigen::Vector3i& repeats, double length) {
  const Eigen::Matrix3d columns = cell.matrix() * repeats.cast<double>().asDiagonal();
  return Cell(columns).shortest_vector() >= length - round_off;
}

/// Repeats with the fewest cells; among equals the one with the least spread.
Eigen::Matrix3i repeats_for_length(const Structure& unit, double length, std::size_t max_atoms) {
  const Cell& cell = *unit.cell;
  const auto too_many = [&] {
    return InputError(fmt::format(
        "a supercell with {:g} Å between images needs more than {} atoms: ask for a smaller length",
        length, max_atoms));
  };
  const auto max_cells = static_cast<int>(
      std::min<std::size_t>(max_atoms / std::max<std::size_t>(unit.size(), 1), largest_supercell));
  const Eigen::Vector3d least = (length - round_off) * cell.lengths().cwiseInverse();
  if (!(least.maxCoeff() <= max_cells)) throw too_many();
  const Eigen::Vector3i low = least.array().ceil().max(1.0).cast<int>();

  std::vector<Eigen::Vector3i> choices;
  for (int i = low(0); i <= max_cells; ++i) {
    for (int j = low(1); j <= max_cells / i; ++j) {
      for (int k = low(2); k <= max_cells / (i * j); ++k) choices.emplace_back(i, j, k);
    }
  }
  std::stable_sort(choices.begin(), choices.end(), [](const auto& a, const auto& b) {
    return std::make_tuple(a.prod(), a.maxCoeff() - a.minCoeff()) <
           std::make_tuple(b.prod(), b.maxCoeff() - b.minCoeff());
  });
  for (const Eigen::Vector3i& repeats : choices) {
    if (is_long_enough(cell, repeats, length)) return repeats.asDiagonal();
  }
  throw too_many();
}

}  // namespace

Eigen::Matrix3i supercell_matrix(const Structure& unit, const SupercellChoice& choice,
                                 std::size_t max_atoms) {
  if (!unit.cell) throw InputError("a molecule has no supercell: give a structure with a cell");
  if (const auto* given = std::get_if<SupercellMatrix>(&choice)) {
    require_cells(given->matrix);
    return given->matrix;
  }
  const double length = std::get<MinimumLength>(choice).length;
  if (!std::isfinite(length) || length <= 0.0) {
    throw InputError(
        fmt::format("minimum length {} Å of a supercell: it must be positive", length));
  }
  return repeats_for_length(unit, length, max_atoms);
}

Supercell make_supercell(const Structure& unit, const Eigen::Matrix3i& matrix) {
  if (!unit.cell) throw InputError("a molecule has no supercell: give a structure with a cell");
  const auto cells = static_cast<std::size_t>(require_cells(matrix));
  if (cells * unit.size() > largest_supercell || cells > largest_supercell) {
    throw InputError(
        fmt::format("a supercell of {} cells with {} atoms each is too large (limit {} atoms)",
                    cells, unit.size(), largest_supercell));
  }
  const std::vector<Eigen::Vector3i> inside = translations_inside(matrix);
  Supercell result;
  result.matrix = matrix;
  result.structure.cell = Cell(unit.cell->matrix() * matrix.cast<double>());
  result.structure.charge = unit.charge * static_cast<double>(cells);
  result.structure.positions.resize(3, static_cast<Eigen::Index>(cells * unit.size()));
  Eigen::Index column = 0;
  for (std::size_t atom = 0; atom < unit.size(); ++atom) {
    for (const Eigen::Vector3i& translation : inside) {
      result.structure.numbers.push_back(unit.numbers[atom]);
      if (!unit.labels.empty()) result.structure.labels.push_back(unit.labels.at(atom));
      result.structure.positions.col(column++) =
          unit.positions.col(static_cast<Eigen::Index>(atom)) +
          unit.cell->matrix() * translation.cast<double>();
      result.unit_atom.push_back(atom);
      result.translation.push_back(translation);
    }
  }
  return result;
}

std::size_t find_atom(const Supercell& supercell, std::size_t unit_atom,
                      const Eigen::Vector3i& translation) {
  const auto cells = static_cast<std::size_t>(determinant(supercell.matrix));
  const std::size_t begin = unit_atom * cells;
  if (begin + cells > supercell.translation.size()) {
    throw InputError(fmt::format("the supercell has no unit-cell atom {}", unit_atom));
  }
  const Eigen::Vector3i wanted = wrap(supercell.matrix, translation);
  const auto first = supercell.translation.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = first + static_cast<std::ptrdiff_t>(cells);
  const auto found = std::lower_bound(first, last, wanted,
                                      [](const auto& a, const auto& b) { return key(a) < key(b); });
  return static_cast<std::size_t>(found - supercell.translation.begin());
}

}  // namespace ionpass
