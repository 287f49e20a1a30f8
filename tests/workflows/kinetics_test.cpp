// Rates, times and activation energies against numbers worked out elsewhere.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <workflows/kinetics.hpp>

namespace ionpass::workflows {
namespace {

constexpr double minute = 60.0;            // s
constexpr double hour = 3600.0;            // s
constexpr double year = 365.25 * 86400.0;  // s

// The measured retention of Vishwanath et al., Mater. Horiz. 2024, 11, 2643.
const std::vector<RetentionPoint> measured = {{363.0, 1200.0}, {400.0, 60.0}};

struct KnownTime {
  double barrier;  // eV
  double time;     // s
};

double residence_time(double barrier, double temperature, double attempt_frequency) {
  const double temperatures[] = {temperature};
  return arrhenius_series({barrier, 0.0}, temperatures, attempt_frequency).front().residence.value;
}

double activation_energy(const RetentionPoint& a, const RetentionPoint& b) {
  const RetentionPoint both[] = {a, b};
  return fit_retention(both).energy;
}

class ResidenceTime : public testing::TestWithParam<KnownTime> {};

// 1e12 1/s, 300 K; printed to two or three digits, worked out with a desk calculator from tau =
// exp(E/kT)/nu.
INSTANTIATE_TEST_SUITE_P(At300K, ResidenceTime,
                         testing::Values(KnownTime{0.3, 0.11e-6}, KnownTime{0.58, 5.5e-3},
                                         KnownTime{0.8, 27.5}, KnownTime{0.9, 22 * minute},
                                         KnownTime{1.0, 17.5 * hour}, KnownTime{1.2, 4.6 * year}));

TEST_P(ResidenceTime, MatchesHandCalculation) {
  constexpr double printed_digits = 0.03;
  const KnownTime known = GetParam();
  EXPECT_NEAR(residence_time(known.barrier, 300.0, 1e12) / known.time, 1.0, printed_digits);
}

TEST(HopRate, NeedsTheKnownBarrierForTenYears) {
  struct Case {
    double frequency, temperature, barrier;
  };
  // Barriers for a residence of ten years, to two decimals, from the same calculation.
  for (const Case& c : {Case{1e12, 300, 1.22}, Case{1e12, 358, 1.46}, Case{1e13, 300, 1.28},
                        Case{1e13, 358, 1.53}}) {
    EXPECT_LT(residence_time(c.barrier - 0.006, c.temperature, c.frequency), 10 * year);
    EXPECT_GT(residence_time(c.barrier + 0.006, c.temperature, c.frequency), 10 * year);
  }
}

TEST(HopRate, IsTheAttemptFrequencyWithoutBarrier) {
  EXPECT_DOUBLE_EQ(hop_rate(0.0, 300.0, 2.5e12), 2.5e12);
}

TEST(HopRate, RefusesTemperaturesAndFrequenciesThatMeanNothing) {
  EXPECT_THROW((void)hop_rate(0.3, 0.0, 1e12), InputError);
  EXPECT_THROW((void)hop_rate(0.3, -300.0, 1e12), InputError);
  EXPECT_THROW((void)hop_rate(0.3, NAN, 1e12), InputError);
  EXPECT_THROW((void)hop_rate(0.3, 300.0, 0.0), InputError);
}

TEST(ErrorFactor, IsSevenForFiftyMillielectronvolts) {
  // exp(0.05 / 0.025852) and exp(0.1 / 0.025852), kT at 300 K.
  EXPECT_NEAR(error_factor(0.05, 300.0), 6.9, 0.05);
  EXPECT_NEAR(error_factor(-0.10, 300.0), 48.0, 0.5);
}

TEST(ArrheniusSeries, CarriesTheIntervalOfTheBarrier) {
  const std::vector<double> temperatures = {300.0, 400.0};
  const auto series = arrhenius_series({0.35, 0.05}, temperatures, 1e12);
  ASSERT_EQ(series.size(), 2u);
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double t = temperatures[i];
    EXPECT_DOUBLE_EQ(series[i].temperature, t);
    EXPECT_NEAR(series[i].rate.low / hop_rate(0.40, t, 1e12), 1.0, 1e-12);
    EXPECT_NEAR(series[i].rate.high / hop_rate(0.30, t, 1e12), 1.0, 1e-12);
    EXPECT_NEAR(series[i].residence.value * series[i].rate.value, 1.0, 1e-12);
    EXPECT_LT(series[i].residence.low, series[i].residence.high);
  }
}

TEST(ActivationEnergy, ThroughThePublishedPointsIsOnePointZeroOne) {
  // k ln(1200/60) / (1/363 - 1/400) = 8.617e-5 × 2.9957 / 2.5482e-4 eV
  EXPECT_NEAR(activation_energy(measured[0], measured[1]), 1.013, 0.001);
  EXPECT_NEAR(activation_energy(measured[1], measured[0]), 1.013, 0.001);
}

TEST(ActivationEnergy, NeedsTwoTemperatures) {
  EXPECT_THROW((void)activation_energy({300.0, 10.0}, {300.0, 20.0}), InputError);
  EXPECT_THROW((void)activation_energy({300.0, 10.0}, {310.0, 0.0}), InputError);
  EXPECT_THROW((void)fit_retention({}), InputError);
}

TEST(FitRetention, FindsAnExactLineWithoutResidual) {
  std::vector<RetentionPoint> points;
  for (const double t : {300.0, 330.0, 363.0, 400.0})
    points.push_back({t, residence_time(0.62, t, 3e11)});
  const ArrheniusFit fit = fit_retention(points);
  EXPECT_NEAR(fit.energy, 0.62, 1e-10);
  EXPECT_NEAR(std::exp(fit.log_prefactor) * 3e11, 1.0, 1e-8);
  EXPECT_NEAR(fit.residual, 0.0, 1e-9);
  EXPECT_NEAR(fit.time(350.0) / residence_time(0.62, 350.0, 3e11), 1.0, 1e-9);
}

TEST(FitRetention, ReportsTheScatter) {
  // Three points evenly spaced in 1/T, the middle one e^0.3 too high: the slope stays, the
  // residuals are 0.1, 0.2, 0.1.
  const double low = 1.0 / 400.0;
  const double high = 1.0 / 300.0;
  std::vector<RetentionPoint> points;
  for (int i = 0; i < 3; ++i) {
    const double t = 1.0 / (low + 0.5 * i * (high - low));
    points.push_back({t, residence_time(0.5, t, 1e12) * std::exp(i == 1 ? 0.3 : 0.0)});
  }
  const ArrheniusFit fit = fit_retention(points);
  EXPECT_NEAR(fit.energy, 0.5, 1e-10);
  EXPECT_NEAR(fit.residual, std::sqrt((0.01 + 0.04 + 0.01) / 3.0), 1e-9);
  EXPECT_GT(fit.uncertainty, 0.0);
}

TEST(CheckClaim, FindsThePublishedContradiction) {
  const RetentionCheck check = check_claim(measured, 0.18, 0.05);
  EXPECT_TRUE(check.contradiction);
  EXPECT_NEAR(check.fit.energy, 1.01, 0.01);
  EXPECT_DOUBLE_EQ(check.anchor.temperature, 363.0);
  // 1200 s × exp(0.18 eV / k × (1/400 - 1/363)) = 1200 s × exp(-0.532)
  EXPECT_NEAR(check.time_by_claim, 705.0, 2.0);
}

TEST(CheckClaim, AcceptsAClaimThatFits) {
  EXPECT_FALSE(check_claim(measured, 1.0, 0.05).contradiction);
}

TEST(ScaledRetention, MeetsItsReference) {
  const RetentionReference reference{{363.0, 1200.0}, 0.40};
  const Interval own = scaled_retention(reference, {0.40, 0.05}, 363.0, true);
  EXPECT_NEAR(own.value, 1200.0, 1e-9);
  EXPECT_NEAR(own.low, own.high, 1e-9);
}

TEST(ScaledRetention, FollowsTheDifferenceOfBarriers) {
  const RetentionReference reference{{363.0, 1200.0}, 0.40};
  const Interval other = scaled_retention(reference, {0.30, 0.05}, 363.0, false);
  EXPECT_NEAR(other.value / 1200.0, 1.0 / error_factor(0.10, 363.0), 1e-12);
  // Two independent errors of 0.05 eV.
  EXPECT_NEAR(other.high / other.value, error_factor(0.05 * std::sqrt(2.0), 363.0), 1e-9);
}

TEST(ScaledRetention, ReproducesTwoPointsWithTheEnergyThroughThem) {
  const double energy = activation_energy(measured[0], measured[1]);
  EXPECT_NEAR(scaled_retention({measured[0], energy}, {energy, 0.0}, 400.0, true).value, 60.0,
              1e-6);
}

TEST(TimeRatio, IsReciprocal) {
  const Interval ab = time_ratio({0.4, 0.05}, {0.3, 0.02}, 300.0);
  const Interval ba = time_ratio({0.3, 0.02}, {0.4, 0.05}, 300.0);
  EXPECT_NEAR(ab.value, error_factor(0.1, 300.0), 1e-9);
  EXPECT_NEAR(ab.value * ba.value, 1.0, 1e-12);
  EXPECT_NEAR(ab.low * ba.high, 1.0, 1e-12);
}

}  // namespace
}  // namespace ionpass::workflows
