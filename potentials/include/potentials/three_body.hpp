// Three-body potentials: what the angles between neighbours of an atom add to pair potentials. Å
// and eV throughout.
//
// E3 = Σ_i Σ_{j<k} Σ_{nml} c[z_i; z_j, z_k; n, m, l] g_n(r_ij) g_m(r_ik) P_l(cos θ_jik): linear in
// c, a product basis of the kind that J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007)
// and A. Shapeev, Multiscale Model. Simul. 14, 1153 (2016) describe environments with. The g_n are
// the cubic B-splines that vanish with two derivatives at the cut-off.
#pragma once

#include <compare>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass::calibrate {

struct PairSum;

/// Atomic numbers of an atom and of two neighbours, the lower one first.
struct ElementTriple {
  int centre = 0, first = 0, second = 0;
  auto operator<=>(const ElementTriple&) const = default;
  [[nodiscard]] bool has_equal_neighbours() const noexcept { return first == second; }
};
[[nodiscard]] ElementTriple element_triple(int centre, int a, int b);
/// "H-C-N": the centre between its neighbours, these in alphabetical order.
[[nodiscard]] std::string triple_name(const ElementTriple& triple);

/// The functions that a group of triples has in common.
struct ThreeBodyShape {
  double start = 0.0;   ///< Å, from where the functions of distance are complete
  double cutoff = 0.0;  ///< Å
  int radial = 0;       ///< functions of distance, n = 0 … radial-1, the outermost first
  int angular = 0;      ///< highest l
  bool operator==(const ThreeBodyShape&) const = default;
};

/// Triples with one shape, and their coefficients in eV: l fastest, then m, then n; if the
/// neighbours are of one element, n ≤ m only, and c stands for both orders.
struct ThreeBodyGroup {
  ThreeBodyShape shape;
  std::map<ElementTriple, Eigen::VectorXd> coefficients;
};
/// Number of coefficients of a triple.
[[nodiscard]] Eigen::Index three_body_size(const ThreeBodyShape& shape,
                                           const ElementTriple& triple);
/// Place of a coefficient; with equal neighbours, that of (m, n) is that of (n, m).
[[nodiscard]] Eigen::Index three_body_place(const ThreeBodyShape& shape,
                                            const ElementTriple& triple, int n, int m, int l);

/// Energy (eV), forces (eV/Å) and stress (eV/Å³; zero for a molecule) of all groups together.
[[nodiscard]] PairSum three_body_sum(const Structure& structure,
                                     std::span<const ThreeBodyGroup> groups);

/// Text of a file that read_three_body reads. @param heading comment lines, without '#'
[[nodiscard]] std::string three_body_text(std::span<const ThreeBodyGroup> groups,
                                          std::span<const std::string> heading);
/// @throws IoError, InputError with file and line for anything but what three_body_text writes:
/// unknown words, shapes out of range, missing or surplus numbers, numbers that are not finite,
/// triples twice
[[nodiscard]] std::vector<ThreeBodyGroup> read_three_body(const std::filesystem::path& file);

}  // namespace ionpass::calibrate
