#include "dftb/repulsion.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "dftb/number_reader.hpp"

namespace ionpass::dftb {

namespace {

constexpr double joint_tolerance =
    1e-8;  // bohr, between the end of one interval and the start of the next

/// Reads one interval: start, end, and 4 coefficients, or 6 in the last one.
template <typename Piece>
Piece read_piece(NumberReader& reader, bool last) {
  std::vector<double> numbers;
  reader.numbers(numbers, "an interval of the spline");
  const std::size_t wanted = last ? 8 : 6;
  if (numbers.size() != wanted) {
    reader.fail(fmt::format("an interval of the spline has {} numbers, it needs {}", numbers.size(),
                            wanted));
  }
  Piece piece;
  piece.start = numbers[0];
  piece.end = numbers[1];
  if (!(piece.end > piece.start))
    reader.fail(fmt::format("interval {} to {} is empty", piece.start, piece.end));
  for (std::size_t i = 2; i < wanted; ++i) piece.c[i - 2] = numbers[i];
  return piece;
}

}  // namespace

PairRepulsion PairRepulsion::from_spline_block(std::string_view block,
                                               const std::filesystem::path& file,
                                               std::size_t first_line) {
  NumberReader reader(block, file, first_line);
  std::vector<double> numbers;
  reader.numbers(numbers, "the number of spline intervals and the cut-off");
  if (numbers.size() != 2 || numbers[0] < 1 || numbers[0] > 1e6) {
    reader.fail("expected the number of spline intervals and the cut-off");
  }
  PairRepulsion out;
  const auto count = static_cast<std::size_t>(numbers[0]);
  out.cutoff_ = numbers[1];
  reader.numbers(numbers, "the three coefficients of the exponential head");
  if (numbers.size() != 3)
    reader.fail("expected the three coefficients a1 a2 a3 of the exponential head");
  out.head_ = {numbers[0], numbers[1], numbers[2]};
  for (std::size_t i = 0; i < count; ++i) {
    const auto piece = read_piece<Piece>(reader, i + 1 == count);
    if (i > 0 && std::abs(piece.start - out.pieces_.back().end) > joint_tolerance) {
      reader.fail(fmt::format("the interval starts at {}, but the one before it ends at {}",
                              piece.start, out.pieces_.back().end));
    }
    out.pieces_.push_back(piece);
  }
  out.cutoff_ = out.pieces_.back().end;
  return out;
}

PairRepulsion PairRepulsion::from_spline_file(const std::filesystem::path& file) {
  const std::string text = read_text_file(file);
  const std::size_t word = text.find("Spline\n");
  if (word == std::string::npos)
    throw InputError({file.string()}, "no line 'Spline' found: the repulsion is missing");
  const auto line = static_cast<std::size_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(word), '\n'));
  return from_spline_block(std::string_view(text).substr(word + 7), file, line + 2);
}

PairRepulsion PairRepulsion::from_polynomial(const std::array<double, 8>& coefficients,
                                             double cutoff) {
  PairRepulsion out;
  for (const double c : coefficients) out.has_polynomial_ = out.has_polynomial_ || c != 0.0;
  if (!out.has_polynomial_) return out;
  out.polynomial_ = coefficients;
  out.cutoff_ = cutoff;
  return out;
}

PairValue PairRepulsion::evaluate(double r) const {
  if (r >= cutoff_) return {};
  if (has_polynomial_) {
    const double x = cutoff_ - r;
    PairValue out;
    double power = x;  // x^(i+1) for coefficient i
    for (std::size_t i = 0; i < polynomial_.size(); ++i) {
      out.slope -= static_cast<double>(i + 2) * polynomial_[i] * power;
      power *= x;
      out.energy += polynomial_[i] * power;
    }
    return out;
  }
  if (r < pieces_.front().start) {
    const double e = std::exp(-head_[0] * r + head_[1]);
    return {e + head_[2], -head_[0] * e};
  }
  std::size_t low = 0, high = pieces_.size();
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (pieces_[middle].start <= r ? low : high) = middle;
  }
  const Piece& piece = pieces_[low];
  const double x = r - piece.start;
  PairValue out;
  for (std::size_t i = piece.c.size(); i-- > 0;) {
    out.slope = out.slope * x + out.energy;
    out.energy = out.energy * x + piece.c[i];
  }
  return out;
}

}  // namespace ionpass::dftb
