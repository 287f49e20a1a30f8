// VASP POSCAR and CONTCAR: https://www.vasp.at/wiki/index.php/POSCAR
#include <array>
#include <cmath>
#include <ostream>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "formats.hpp"
#include "sanity.hpp"
#include "text.hpp"

namespace ionpass {

namespace {

/// Reads line after line and knows where it is.
class Reader {
 public:
  Reader(std::string_view text, std::string name)
      : lines_(text::lines(text)), name_(std::move(name)) {}

  /// @param meaning what the line should hold, for the error at the end of the file
  std::string_view next(std::string_view meaning) {
    if (position_ >= lines_.size()) {
      throw InputError(
          {name_, lines_.size()},
          fmt::format("it ends where {} should follow: the file looks incomplete", meaning));
    }
    return lines_[position_++];
  }
  [[nodiscard]] SourceLocation where() const { return {name_, position_}; }
  [[nodiscard]] std::size_t left() const { return lines_.size() - position_; }

 private:
  std::vector<std::string_view> lines_;
  std::string name_;
  std::size_t position_ = 0;
};

Eigen::Vector3d three_numbers(const std::vector<std::string_view>& words, std::string_view meaning,
                              const SourceLocation& where) {
  if (words.size() < 3) {
    throw InputError(where, fmt::format("{} has {} numbers, 3 are needed", meaning, words.size()));
  }
  Eigen::Vector3d result;
  for (int i = 0; i < 3; ++i) {
    result(i) = text::require_number(words[static_cast<std::size_t>(i)], meaning, where);
  }
  return result;
}

/// Factors that multiply Cartesian components; a negative number stands for the volume of the cell,
/// Å³.
Eigen::Vector3d read_scale(std::string_view line, const SourceLocation& where) {
  const auto words = text::words(line);
  if (words.size() == 1) {
    const double scale = text::require_number(words[0], "scale factor", where);
    if (scale == 0.0) throw InputError(where, "scale factor is 0: use 1 for lattice vectors in Å");
    return Eigen::Vector3d::Constant(scale);
  }
  Eigen::Vector3d scale = three_numbers(words, "scale factor", where);
  if (scale.minCoeff() <= 0.0) {
    throw InputError(where, "three scale factors must all be positive");
  }
  return scale;
}

/// Lattice vectors with the scale applied, and the factors as Cartesian positions need them.
struct Lattice {
  Cell cell;
  Eigen::Vector3d factors;
};

Lattice read_lattice(Reader& reader) {
  const std::string_view scale_line = reader.next("the scale factor");
  Eigen::Vector3d scale = read_scale(scale_line, reader.where());
  Eigen::Matrix3d columns;
  for (int i = 0; i < 3; ++i) {
    const auto words = text::words(reader.next("a lattice vector"));
    columns.col(i) = three_numbers(words, "lattice vector", reader.where());
  }
  const Cell unscaled = cell_at(columns, reader.where());
  if (scale(0) < 0.0) scale.setConstant(std::cbrt(-scale(0) / unscaled.volume()));
  return {cell_at(scale.asDiagonal() * columns, reader.where()), scale};
}

std::vector<int> read_species(std::string_view line, const SourceLocation& where) {
  const auto words = text::words(line);
  if (words.empty()) throw InputError(where, "no element symbols in this line");
  if (text::integer(words[0])) {
    throw InputError(
        where,
        "no element symbols (VASP 4 format): put a line such as 'Pb I' before the atom counts");
  }
  std::vector<int> species;
  for (const std::string_view word : words) {
    // "Pb_d" and "Pb/4a2b" name the pseudopotential after the symbol.
    const auto number = atomic_number(word.substr(0, word.find_first_of("_/.")));
    if (!number)
      throw InputError(where, fmt::format("unknown element symbol {}", text::quoted(word)));
    species.push_back(*number);
  }
  return species;
}

std::vector<int> read_numbers(Reader& reader) {
  const std::string_view symbols = reader.next("the line of element symbols");
  const std::vector<int> species = read_species(symbols, reader.where());
  const auto words = text::words(reader.next("the line of atom counts"));
  if (words.size() < species.size()) {
    throw InputError(reader.where(), fmt::format("{} atom counts for {} element symbols",
                                                 words.size(), species.size()));
  }
  std::vector<int> numbers;
  for (std::size_t i = 0; i < species.size(); ++i) {
    const auto count = text::integer(words[i]);
    if (!count || *count < 0) {
      throw InputError(reader.where(),
                       fmt::format("atom count is {}, not a whole number", text::quoted(words[i])));
    }
    if (static_cast<unsigned long long>(*count) + numbers.size() > reader.left()) {
      throw InputError(
          reader.where(),
          fmt::format("{} {} atoms are announced, but only {} lines follow: the file looks "
                      "incomplete",
                      *count, element_symbol(species[i]), reader.left()));
    }
    numbers.insert(numbers.end(), static_cast<std::size_t>(*count), species[i]);
  }
  if (numbers.empty()) throw InputError(reader.where(), "all atom counts are 0");
  return numbers;
}

enum class Coordinates { direct, cartesian };

Coordinates read_mode(Reader& reader, std::vector<std::string>& warnings) {
  std::string_view line = text::trim(reader.next("'Direct' or 'Cartesian'"));
  if (!line.empty() && (line[0] == 'S' || line[0] == 's')) {
    warnings.push_back(reader.where().text() + ": selective dynamics flags are not kept");
    line = text::trim(reader.next("'Direct' or 'Cartesian'"));
  }
  const char first = line.empty() ? ' ' : line[0];
  if (first == 'C' || first == 'c' || first == 'K' || first == 'k') return Coordinates::cartesian;
  if (first == 'D' || first == 'd') return Coordinates::direct;
  throw InputError(reader.where(),
                   fmt::format("{} where 'Direct' or 'Cartesian' is expected", text::quoted(line)));
}

std::string one_line(std::string_view title) {
  std::string result(title);
  for (char& c : result) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return result.empty() ? "structure" : result;
}

}  // namespace

Frame parse_poscar(std::string_view text, const std::string& name) {
  Frame frame;
  Reader reader(text, name);
  (void)reader.next("a comment line");
  const Lattice lattice = read_lattice(reader);
  Structure& structure = frame.structure;
  structure.cell = lattice.cell;
  structure.numbers = read_numbers(reader);
  const Coordinates mode = read_mode(reader, frame.warnings);
  structure.positions.resize(3, static_cast<Eigen::Index>(structure.size()));
  for (Eigen::Index i = 0; i < structure.positions.cols(); ++i) {
    const auto words = text::words(
        reader.next(fmt::format("the position of atom {} of {}", i + 1, structure.size())));
    const Eigen::Vector3d read = three_numbers(words, "atom position", reader.where());
    structure.positions.col(i) = mode == Coordinates::direct
                                     ? Eigen::Vector3d(lattice.cell.matrix() * read)
                                     : Eigen::Vector3d(lattice.factors.cwiseProduct(read));
  }
  require_sane(structure, Closeness::coincidence, {name});
  return frame;
}

void write_poscar(std::ostream& out, const Structure& structure, std::string_view title) {
  if (!structure.cell) throw InputError("a POSCAR needs a cell: write a molecule as .xyz");
  out << one_line(title) << "\n1.0\n";
  for (int i = 0; i < 3; ++i) {
    const Eigen::Vector3d v = structure.cell->matrix().col(i);
    out << fmt::format("  {:20.14f} {:20.14f} {:20.14f}\n", v(0), v(1), v(2));
  }
  std::string symbols, counts;
  for (std::size_t i = 0; i < structure.size();) {
    std::size_t end = i;
    while (end < structure.size() && structure.numbers[end] == structure.numbers[i]) ++end;
    symbols += fmt::format(" {}", element_symbol(structure.numbers[i]));
    counts += fmt::format(" {}", end - i);
    i = end;
  }
  out << symbols << '\n' << counts << "\nCartesian\n";
  for (Eigen::Index i = 0; i < structure.positions.cols(); ++i) {
    const Eigen::Vector3d r = structure.positions.col(i);
    out << fmt::format("  {:20.14f} {:20.14f} {:20.14f}\n", r(0), r(1), r(2));
  }
}

}  // namespace ionpass
