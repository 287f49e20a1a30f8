// What a barrier means in time: hop rates, Arrhenius series, retention relative to a measured
// point.
#pragma once

#include <span>
#include <vector>

#include <workflows/results.hpp>

namespace ionpass::workflows {

/// A value with the interval that a stated uncertainty of the barrier(s) gives it.
struct Interval {
  double low = 0.0;
  double value = 0.0;
  double high = 0.0;
};

/// An energy and its stated uncertainty, eV.
struct Barrier {
  double energy = 0.0;
  double uncertainty = 0.0;
};

/// Attempt frequency (1/s) times exp(-barrier / kT), 1/s; barrier in eV, temperature in K.
/// @throws InputError for a temperature or attempt frequency that is not positive
[[nodiscard]] double hop_rate(double barrier, double temperature, double attempt_frequency);

/// Factor by which an error of the barrier (eV) changes a rate or a time: exp(error / kT).
[[nodiscard]] double error_factor(double error, double temperature);

/// Rate and residence time of one hop at one temperature. This is not a retention time: a device
/// forgets when many ions have moved a long way, not when one has moved once.
struct ArrheniusPoint {
  double temperature = 0.0;  ///< K
  Interval rate;             ///< 1/s
  Interval residence;        ///< s, one hop open
};

/// One point for each temperature (K), in their order.
[[nodiscard]] std::vector<ArrheniusPoint> arrhenius_series(const Barrier& barrier,
                                                           std::span<const double> temperatures,
                                                           double attempt_frequency);

/// Least-squares line of ln t over 1/kT.
struct ArrheniusFit {
  double energy = 0.0;         ///< eV, activation energy
  double log_prefactor = 0.0;  ///< ln(t₀ / s) of t = t₀ exp(E/kT)
  double residual = 0.0;       ///< root mean square of ln(t measured / t fitted); 0 for two points
  double uncertainty = 0.0;    ///< eV, standard error of the energy from the scatter; 0 for two
                               ///< points, which have none
  std::size_t points = 0;
  /// Time at a temperature (K), s.
  [[nodiscard]] double time(double temperature) const;
};

/// @throws InputError for fewer than two different temperatures, or values that are not positive
[[nodiscard]] ArrheniusFit fit_retention(std::span<const RetentionPoint> points);

/// How measured retention times and the activation energy claimed for them go together.
struct RetentionCheck {
  ArrheniusFit fit;
  double claimed = 0.0;        ///< eV
  bool contradiction = false;  ///< the two differ by more than the tolerance
  RetentionPoint anchor;       ///< measured point the claimed energy is continued from: the coldest
  RetentionPoint other;        ///< measured point it is compared with: the hottest
  double time_by_claim = 0.0;  ///< s, at `other`, if the claimed energy held from `anchor` on
};

/// @param tolerance eV, difference up to which measured and claimed energy count as equal
[[nodiscard]] RetentionCheck check_claim(std::span<const RetentionPoint> measured,
                                         double claimed_energy, double tolerance);

/// Where a material's retention is scaled from: a measured point, and the barrier of the material
/// it was measured on.
struct RetentionReference {
  RetentionPoint point;
  double barrier = 0.0;  ///< eV
};

/// t_ref · exp(E/kT − E_ref/kT_ref), s, which supposes that prefactor, length and mechanism are
/// those of the reference.
/// @param same_material the barrier is the reference's own, so that its error cancels except for
/// the change of
///        temperature; otherwise the errors of both barriers are independent and add in squares
[[nodiscard]] Interval scaled_retention(const RetentionReference& reference, const Barrier& barrier,
                                        double temperature, bool same_material);

/// exp((E_a − E_b)/kT): how many times longer a takes than b at this temperature (K), errors
/// independent.
[[nodiscard]] Interval time_ratio(const Barrier& a, const Barrier& b, double temperature);

}  // namespace ionpass::workflows
