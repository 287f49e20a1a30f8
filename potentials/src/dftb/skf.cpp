#include "dftb/skf.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "dftb/number_reader.hpp"

namespace ionpass::dftb {

namespace {

constexpr double max_rows = 1e5;
// Beyond these a table of so many rows would end within an atom, or hold none of its bonds.
constexpr double finest_spacing = 1e-3, coarsest_spacing = 1.0;  // bohr

// Where the ten simple columns stand among the twenty of the extended format:
// ff0 ff1 ff2 ff3 df0 df1 df2 dd0 dd1 dd2 pf0 pf1 pd0 pd1 pp0 pp1 sf0 sd0 sp0 ss0.
constexpr std::array<std::size_t, 10> extended_column{7, 8, 9, 12, 13, 14, 15, 17, 18, 19};

AtomParameters read_atom_line(NumberReader& reader, bool extended) {
  std::vector<double> numbers;
  reader.numbers(numbers, "the line of on-site energies, Hubbard parameters and occupations");
  // Simple: Ed Ep Es SPE Ud Up Us fd fp fs. Extended: an f value before each group of d p s.
  const std::size_t shells = extended ? 4 : 3;
  if (numbers.size() != 3 * shells + 1) {
    reader.fail(fmt::format("the line of atomic parameters has {} numbers, it needs {}",
                            numbers.size(), 3 * shells + 1));
  }
  AtomParameters atom;
  for (std::size_t l = 0; l <= max_l; ++l) {
    atom.onsite[l] = numbers[shells - 1 - l];
    atom.hubbard[l] = numbers[shells + 1 + shells - 1 - l];
    atom.occupation[l] = numbers[2 * shells + 1 + shells - 1 - l];
  }
  return atom;
}

PairRepulsion read_polynomial_line(NumberReader& reader) {
  std::vector<double> numbers;
  reader.numbers(numbers, "the line of mass and repulsive polynomial");
  // mass c2..c9 rcut d1..d10; shorter lines occur where there is no polynomial.
  std::array<double, 8> coefficients{};
  if (numbers.size() < 10) return {};
  std::copy_n(numbers.begin() + 1, 8, coefficients.begin());
  return PairRepulsion::from_polynomial(coefficients, numbers[9]);
}

void read_rows(NumberReader& reader, SkFile& out, bool extended) {
  std::vector<double> numbers;
  const std::size_t half = extended ? 20 : 10;
  for (Eigen::Index row = 0; row < out.rows.cols(); ++row) {
    reader.numbers(numbers, fmt::format("row {} of {} integrals", row + 1, out.rows.cols()));
    // One number more is one out of place as well: all behind it would be taken for the next
    // column.
    if (numbers.size() != 2 * half) {
      reader.fail(
          fmt::format("row {} has {} integrals, it needs {}", row + 1, numbers.size(), 2 * half));
    }
    for (std::size_t c = 0; c < 10; ++c) {
      const std::size_t source = extended ? extended_column[c] : c;
      out.rows(static_cast<Eigen::Index>(c), row) = numbers[source];
      out.rows(static_cast<Eigen::Index>(c + 10), row) = numbers[half + source];
    }
  }
}

void read_spline(NumberReader& reader, const std::filesystem::path& path, SkFile& out) {
  while (!reader.at_end()) {
    const std::string_view line = reader.line("the rest of the file");
    if (line.starts_with("Spline")) {
      out.repulsion =
          PairRepulsion::from_spline_block(reader.rest(), path, reader.line_number() + 1);
      return;
    }
  }
}

}  // namespace

std::size_t sk_column(int l1, int l2, int m) {
  for (std::size_t i = 0; i < sk_columns.size(); ++i) {
    if (sk_columns[i].l1 == l1 && sk_columns[i].l2 == l2 && sk_columns[i].m == m) return i;
  }
  return sk_columns.size();
}

SkFile read_skf(const std::filesystem::path& path, bool homonuclear) {
  const std::string text = read_text_file(path);
  NumberReader reader(text, path);
  std::vector<double> numbers;
  const bool extended = text.starts_with('@');
  if (extended) static_cast<void>(reader.line("the format mark @"));
  reader.numbers(numbers, "grid spacing and number of rows");
  if (numbers.size() < 2 || !(numbers[0] > 0.0) || numbers[1] < 10.0 || numbers[1] > max_rows) {
    reader.fail(
        "expected the grid spacing (bohr) and the number of rows (10 at least): is this an .skf "
        "file?");
  }
  if (numbers[0] < finest_spacing || numbers[0] > coarsest_spacing) {
    reader.fail(fmt::format("the grid spacing is {:g} bohr, it must be between {} and {}",
                            numbers[0], finest_spacing, coarsest_spacing));
  }
  SkFile out;
  out.spacing = numbers[0];
  if (homonuclear) out.atom = read_atom_line(reader, extended);
  out.repulsion = read_polynomial_line(reader);
  // The last row counts as padding, as in the reference program: otherwise the end of the table
  // does not match.
  out.rows.resize(20, static_cast<Eigen::Index>(numbers[1]) - 1);
  read_rows(reader, out, extended);
  read_spline(reader, path, out);
  return out;
}

}  // namespace ionpass::dftb
