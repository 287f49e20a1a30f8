// Hamiltonian and overlap between the orbitals of two atoms on the z axis.
#pragma once

#include <vector>

#include <Eigen/Dense>

#include "skgen/exchange_correlation.hpp"
#include "skgen/radial_tables.hpp"

namespace ionpass::skgen {

/// An integral between orbital `first` of the atom at the origin and `second` of the other, |m| of
/// both.
struct TwoCenterChannel {
  std::size_t first = 0, second = 0;  ///< positions among the elements' orbitals
  int l1 = 0, l2 = 0, m = 0;
};

/// Points of the quadrature: the space is cut by the plane between the atoms; each half is
/// integrated in spherical coordinates about its atom, so that the integrand is smooth in every
/// part and Gauss–Legendre converges exponentially.
struct QuadratureSize {
  int inner = 40;  ///< radial, up to the plane
  int outer = 24;  ///< radial, beyond
  int angular = 24;

  [[nodiscard]] QuadratureSize scaled(double factor) const;
};

/// How the kinetic energy is taken; the same number where orbitals have a continuous slope.
enum class Kinetic {
  by_parts,   ///< ½ <∇φ1|∇φ2>: needs no second derivative, and is symmetric
  on_second,  ///< <φ1| -½∇² φ2>
};

/// Of all channels at one distance, in the order of channels().
struct TwoCenterIntegrals {
  Eigen::ArrayXd hamiltonian;  ///< Hartree
  Eigen::ArrayXd overlap;
};

/// Safe to use from several threads, each with its own instance.
class TwoCenter {
 public:
  /// The functional and the elements outlive it.
  TwoCenter(const Element& first, const Element& second, const ExchangeCorrelation& functional,
            Superposition superposition);

  [[nodiscard]] const std::vector<TwoCenterChannel>& channels() const noexcept { return channels_; }

  /// H = <φ1| -½∇² + V1 + V2 + v_xc[ρ1+ρ2] |φ2> with a non-relativistic kinetic energy, and S; atom
  /// 2 at R > 0 along z, both frames parallel.
  [[nodiscard]] TwoCenterIntegrals integrals(double distance, const QuadratureSize& size,
                                             Kinetic kinetic = Kinetic::by_parts) const;

  /// Largest |1 - <φ|φ>| over all orbitals of both atoms and all m, on the points of a distance.
  [[nodiscard]] double norm_error(double distance, const QuadratureSize& size) const;

 private:
  struct Shells;
  struct Operator;
  struct PointValues;
  template <class Visitor>
  void for_each_shell(double distance, const QuadratureSize& size, Visitor&& visit) const;
  [[nodiscard]] Operator operator_at(const Shells& shell) const;
  [[nodiscard]] std::vector<PointValues> orbitals_at(const Shells& shell, std::size_t atom,
                                                     const Operator& op) const;
  void add_shell(const Shells& shell, Kinetic kinetic, TwoCenterIntegrals& out) const;

  const Element& first_;
  const Element& second_;
  const ExchangeCorrelation& functional_;
  Superposition superposition_;
  RadialTables tables_[2];
  std::vector<TwoCenterChannel> channels_;
  std::vector<std::size_t> first_of_[2];  // per orbital: place of its m = 0 among all (orbital, m)
};

}  // namespace ionpass::skgen
