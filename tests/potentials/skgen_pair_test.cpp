// Two-centre integrals against the published tables, against themselves, and as files.
#include <cmath>

#include <gtest/gtest.h>

#include "skgen/harmonics.hpp"
#include "skgen/polynomial.hpp"
#include "skgen/skf_writer.hpp"
#include "skgen_perov.hpp"
#include "temporary_folder.hpp"

namespace ionpass::skgen {
namespace {

constexpr QuadratureSize fine{120, 72, 76};

struct PairOfElements {
  PairOfElements(const std::string& a, const std::string& b, const ExchangeCorrelation& xc,
                 Superposition superposition = Superposition::density)
      : first(perov(a), xc, superposition),
        second(perov(b), xc, superposition),
        forward(first, second, xc, superposition),
        backward(second, first, xc, superposition) {}
  Element first, second;
  TwoCenter forward, backward;
};

double parity(const TwoCenterChannel& c) { return (c.l1 + c.l2) % 2 == 0 ? 1.0 : -1.0; }

/// Of a channel in the published files: the lower momentum stands on the first atom of a file.
struct Published {
  dftb::SkFile ab, ba;
  [[nodiscard]] std::pair<double, double> at(const TwoCenterChannel& c, double r) const {
    const bool turned = c.l1 > c.l2;
    const dftb::SkFile& file = turned ? ba : ab;
    const auto column =
        static_cast<Eigen::Index>(dftb::sk_column(std::min(c.l1, c.l2), std::max(c.l1, c.l2), c.m));
    const auto row = std::lround(r / file.spacing) - 1;
    const double sign = turned ? parity(c) : 1.0;
    return {sign * file.rows(column, row), sign * file.rows(column + 10, row)};
  }
};

class PublishedPair : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(PublishedPair, IntegralsAreThoseOfTheFiles) {
  const auto [a, b] = GetParam();
  const ExchangeCorrelation xc(pbe);
  const PairOfElements pair(a, b, xc);
  const Published files{published(a, b), published(b, a)};
  for (const double r : {1.0, 2.5, 6.0, 9.5}) {
    const TwoCenterIntegrals x = pair.forward.integrals(r, fine);
    for (std::size_t i = 0; i < pair.forward.channels().size(); ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      const auto [h, s] = files.at(pair.forward.channels()[i], r);
      EXPECT_NEAR(x.hamiltonian[at], h, 1e-6) << "channel " << i << " at " << r;
      EXPECT_NEAR(x.overlap[at], s, 2e-7) << "channel " << i << " at " << r;
    }
  }
}

TEST_P(PublishedPair, ReversalAndTheKineticEnergysFormChangeNothing) {
  const auto [a, b] = GetParam();
  const ExchangeCorrelation xc(pbe);
  const PairOfElements pair(a, b, xc);
  const TwoCenterIntegrals by_parts = pair.forward.integrals(3.0, fine);
  const TwoCenterIntegrals on_second = pair.forward.integrals(3.0, fine, Kinetic::on_second);
  const TwoCenterIntegrals reversed = pair.backward.integrals(3.0, fine, Kinetic::on_second);
  EXPECT_LT((by_parts.hamiltonian - on_second.hamiltonian).abs().maxCoeff(), 1e-8);
  const auto& backward = pair.backward.channels();
  for (std::size_t i = 0; i < pair.forward.channels().size(); ++i) {
    const TwoCenterChannel& c = pair.forward.channels()[i];
    for (std::size_t k = 0; k < backward.size(); ++k) {
      if (backward[k].first != c.second || backward[k].second != c.first || backward[k].m != c.m)
        continue;
      const auto one = static_cast<Eigen::Index>(i), two = static_cast<Eigen::Index>(k);
      EXPECT_NEAR(on_second.hamiltonian[one], parity(c) * reversed.hamiltonian[two], 1e-8);
      EXPECT_NEAR(on_second.overlap[one], parity(c) * reversed.overlap[two], 1e-12);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Perov, PublishedPair,
                         testing::Values(std::pair{"C", "H"}, std::pair{"Pb", "I"}),
                         [](const auto& test) {
                           return std::string(test.param.first) + test.param.second;
                         });

TEST(TwoCenterQuadrature, ConvergesAndKeepsNorms) {
  const ExchangeCorrelation xc(pbe);
  const PairOfElements pair("I", "H", xc);
  const TwoCenterIntegrals reference = pair.forward.integrals(3.0, {160, 96, 110});
  const auto error = [&](const QuadratureSize& size) {
    return (pair.forward.integrals(3.0, size).hamiltonian - reference.hamiltonian).abs().maxCoeff();
  };
  EXPECT_LT(error({120, 72, 76}), 2e-7);
  EXPECT_LT(error({120, 72, 76}), 0.1 * error({40, 24, 24}));
  EXPECT_LT(pair.forward.norm_error(3.0, fine), 1e-9);
}

TEST(Superpositions, AgreeWhereDensitiesDoNotOverlap) {
  const ExchangeCorrelation xc(pbe);
  const PairOfElements density("C", "H", xc);
  const PairOfElements potential("C", "H", xc, Superposition::potential);
  double last = 1.0;
  for (const double r : {2.0, 4.0, 6.0, 8.0}) {
    const TwoCenterIntegrals a = density.forward.integrals(r, fine);
    const TwoCenterIntegrals b = potential.forward.integrals(r, fine);
    EXPECT_LT((a.overlap - b.overlap).abs().maxCoeff(), 1e-14);
    const double difference = (a.hamiltonian - b.hamiltonian).abs().maxCoeff();
    EXPECT_LT(difference, last);
    EXPECT_GT(difference, 0.0);
    last = 0.3 * difference;
  }
  EXPECT_LT(last, 1e-5);
}

TEST(Harmonics, AreOrthonormalAndTheirSlopesTrue) {
  const Rule rule = gauss_legendre(12);
  const Eigen::ArrayXd c = rule.nodes.array(), s = (1.0 - c.square()).sqrt();
  for (int m = 0; m <= 3; ++m)
    for (int l = m; l <= 3; ++l) {
      const PolarFunction f = polar_function(l, m, c, s);
      for (int k = m; k <= 3; ++k)
        EXPECT_NEAR((rule.weights.array() * f.value * polar_function(k, m, c, s).value).sum(),
                    k == l ? 1.0 : 0.0, 1e-14);
      constexpr double h = 1e-6;
      const Eigen::ArrayXd theta = c.acos();
      const auto value = [&](double shift) {
        const Eigen::ArrayXd t = theta + shift;
        return polar_function(l, m, t.cos(), t.sin()).value;
      };
      EXPECT_LT(((value(h) - value(-h)) / (2 * h) - f.slope).abs().maxCoeff(), 1e-8);
    }
}

TEST(SkFiles, BothOrdersOfAPairAreThoseOfThePublishedFiles) {
  const ExchangeCorrelation xc(pbe);
  const Element carbon(perov("C"), xc, Superposition::density);
  const Element nitrogen(perov("N"), xc, Superposition::density);
  const TableGrid grid{.start = 2.0, .step = 0.2, .threshold = 1e-5, .max_distance = 4.0};
  const PairProblem problem{carbon, nitrogen, xc, Superposition::density, grid, 4.0, 1e-5};
  const auto table = make_pair_table(problem, [] { return true; });
  ASSERT_TRUE(table);
  Recipe recipe;
  recipe.name = "test";
  const test::TemporaryFolder folder;
  for (const bool reversed : {false, true}) {
    const dftb::SkFile file = dftb::read_skf(
        folder.write("pair.skf", skf_text(recipe, problem, *table, reversed, {"test", "0"})),
        false);
    const dftb::SkFile expected = reversed ? published("N", "C") : published("C", "N");
    for (const double r : {2.0, 3.0})
      EXPECT_LT(
          (file.rows.col(std::lround(r / 0.2) - 1) - expected.rows.col(std::lround(r / 0.02) - 1))
              .cwiseAbs()
              .maxCoeff(),
          5e-6)
          << r << " reversed: " << reversed;
  }
}

/// Hydrogen with empty shells up to f, walls around all of them.
ElementRecipe hydrogen_with_f() {
  ElementRecipe out = perov("H");
  out.slater.assign(4, out.slater[0]);
  for (int l = 1; l <= 3; ++l) {
    out.valence.push_back(out.shells.size());
    out.shells.push_back({l + 1, l, 0.0});
    out.wave[l] = out.wave[0];
    out.onsite[l] = 0.1 * l;
  }
  return out;
}

TEST(SkFiles, ExtendedFormatHoldsFAndReadsBackTheRest) {
  const ExchangeCorrelation xc(pbe);
  const Element element(hydrogen_with_f(), xc, Superposition::density);
  const TableGrid grid{.start = 2.0, .step = 0.2, .threshold = 1e-5, .max_distance = 4.0};
  const PairProblem problem{element, element, xc, Superposition::density, grid, 4.0, 1e-5};
  const auto table = make_pair_table(problem, [] { return true; });
  ASSERT_TRUE(table);
  EXPECT_EQ(table->channels.size(), 30U);  // Σ over l1, l2 of min(l1, l2) + 1
  Recipe recipe;
  recipe.name = "test";
  const std::string text = skf_text(recipe, problem, *table, false, {"test", "0123"});
  EXPECT_TRUE(text.starts_with("@\n0.200000 20\n"));
  const test::TemporaryFolder folder;
  const dftb::SkFile file = dftb::read_skf(folder.write("H-H.skf", text), true);
  EXPECT_EQ(file.atom->onsite[1], 0.1);
  EXPECT_EQ(file.atom->onsite[2], 0.2);
  EXPECT_EQ(file.atom->occupation[0], 1.0);
  for (std::size_t i = 0; i < table->channels.size(); ++i) {
    const TwoCenterChannel& c = table->channels[i];
    if (c.l1 > c.l2 || c.l2 > 2) continue;
    const auto row = static_cast<Eigen::Index>(dftb::sk_column(c.l1, c.l2, c.m));
    EXPECT_NEAR(file.rows(row, 12), table->hamiltonian(12, static_cast<Eigen::Index>(i)), 1e-11);
    EXPECT_NEAR(file.rows(row + 10, 12), table->overlap(12, static_cast<Eigen::Index>(i)), 1e-11);
  }
  // What was measured reads back too, and only for the same origin.
  const auto report = read_report(text, "0123");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rows, 20);
  ASSERT_EQ(report->checks.size(), table->checks.size());
  EXPECT_EQ(report->checks[1].name, table->checks[1].name);
  EXPECT_FALSE(read_report(text, "0124"));
  EXPECT_FALSE(read_report(text.substr(0, text.size() - 20), "0123"));
}

}  // namespace
}  // namespace ionpass::skgen
