// Pair repulsion as .skf files give it.
#pragma once

#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

namespace ionpass::dftb {

/// A pair potential: value and slope.
struct PairValue {
  double energy = 0.0;  ///< Hartree
  double slope = 0.0;   ///< Hartree/bohr
};

/// Cubic spline with an exponential head and a quintic last piece, or a polynomial, or nothing.
class PairRepulsion {
 public:
  PairRepulsion() = default;

  /// A "Spline" block: the text after the word, up to its end or the documentation. Lines are
  /// counted from `first_line` in messages.
  /// @throws InputError for malformed numbers, intervals that do not join (1e-8 bohr), or too few
  /// lines
  static PairRepulsion from_spline_block(std::string_view block, const std::filesystem::path& file,
                                         std::size_t first_line);
  /// An A-B.spl file: such a block after any lines of comment. @throws InputError, IoError
  static PairRepulsion from_spline_file(const std::filesystem::path& file);
  /// Σ_{i=2..9} c_i (cutoff - r)^i below the cut-off.
  static PairRepulsion from_polynomial(const std::array<double, 8>& coefficients, double cutoff);

  [[nodiscard]] PairValue evaluate(double r) const;                 ///< r in bohr
  [[nodiscard]] double cutoff() const noexcept { return cutoff_; }  ///< bohr; 0 if there is none

 private:
  struct Piece {
    double start = 0.0, end = 0.0;
    std::array<double, 6> c{};  // powers of (r - start)
  };
  std::array<double, 3> head_{};  // exp(-a1 r + a2) + a3 below the first piece
  std::vector<Piece> pieces_;
  std::array<double, 8> polynomial_{};
  bool has_polynomial_ = false;
  double cutoff_ = 0.0;
};

}  // namespace ionpass::dftb
