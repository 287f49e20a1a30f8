// Interaction of charge fluctuations: γ between sites, where a site is a shell or a whole atom.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Dense>

#include "tightbinding/ewald.hpp"
#include "tightbinding/short_range.hpp"

namespace ionpass::tightbinding {

/// One carrier of charge: a shell (or atom) and its Hubbard parameter. Sites of one atom stand
/// together.
struct ChargeSite {
  std::size_t atom = 0;
  double hubbard = 0.0;  ///< Hartree
};

/// How γ differs from the bare Coulomb interaction.
struct ShortRangeModel {
  /// Which images of a pair have a short-range part.
  enum class Images {
    within_range,  ///< all closer than its range
    /// Only the nearest, where several are nearly equally near a weighted mean of them: gives a
    /// finite sum for an s that decays too slowly. Depends on the choice of cell.
    nearest,
  };
  std::function<std::unique_ptr<const ShortRange>(double hubbard_a, double hubbard_b)> make;
  Images images = Images::within_range;
};

/// An image of atom a seen from atom b <= a, near enough for a short-range part of γ; in vacuum
/// all pairs.
struct Contact {
  std::size_t a = 0, b = 0;
  Eigen::Vector3d vector;  ///< from b to a, bohr
  double distance = 0.0;   ///< bohr
  double weight = 1.0;     ///< of this image among those of the pair
  double closeness = 0.0;  ///< weight before normalisation, and its slope per squared distance
  double closeness_slope = 0.0;  ///< from the nearest image
  std::size_t first = 0;         ///< of its values, one for each kind of a and of b
};

/// γ for one geometry: γ_ab = Φ_AB - Σ_T s_ab(|R_AB + T|), bare Coulomb 1/R - s in vacuum.
class CoulombInteraction {
 public:
  /// @param positions 3 × n, bohr
  /// @param cell      columns, bohr; absent for a molecule
  CoulombInteraction(std::vector<ChargeSite> sites, const ShortRangeModel& model,
                     const Eigen::Matrix3Xd& positions, const std::optional<Eigen::Matrix3d>& cell);

  /// Sites × sites, Hartree.
  [[nodiscard]] Eigen::MatrixXd matrix() const;
  /// Derivatives of ½ Σ_ab dq_a dq_b γ_ab; the strain part only has a meaning in a cell.
  [[nodiscard]] Derivatives derivatives(const Eigen::VectorXd& dq) const;

 private:
  // Sites of one atom with equal Hubbard parameters share every s: they count as one kind.
  static constexpr std::size_t max_kinds = 3;  // shells s, p, d
  struct AtomSites {
    Eigen::Index first = 0;
    Eigen::Index count = 0;
    std::vector<std::size_t> kinds;  // distinct ones of this atom
  };
  [[nodiscard]] const ShortRange& short_range(std::size_t kind_a, std::size_t kind_b) const {
    return *pairs_[kind_a * kinds_ + kind_b];
  }
  void list_kinds(const ShortRangeModel& model);
  [[nodiscard]] double reach(std::size_t a, std::size_t b) const;
  void evaluate(Contact& contact);
  void add_short_range(std::span<const Contact> images, const Eigen::MatrixXd& charge,
                       Derivatives& out) const;

  std::vector<ChargeSite> sites_;
  std::vector<AtomSites> atoms_;
  std::vector<std::size_t> kind_;   // per site: which of the distinct Hubbard parameters
  std::vector<Eigen::Index> slot_;  // per site: position of its kind among those of its atom
  std::size_t kinds_ = 0;
  std::vector<std::unique_ptr<const ShortRange>> pairs_;  // kinds × kinds
  std::optional<EwaldSum> ewald_;
  std::vector<Contact> contacts_;    // pair by pair
  std::vector<RadialValue> values_;  // of the contacts: s, in vacuum s - 1/R
};

}  // namespace ionpass::tightbinding
