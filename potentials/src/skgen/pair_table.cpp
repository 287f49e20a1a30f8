#include "skgen/pair_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ionpass::skgen {
namespace {

constexpr double closest_contact = 1.0;  // bohr; no two atoms come closer, tables matter beyond
constexpr std::array sizes{QuadratureSize{60, 36, 36}, QuadratureSize{90, 50, 50},
                           QuadratureSize{120, 72, 76}, QuadratureSize{160, 96, 110},
                           QuadratureSize{220, 130, 150}};
constexpr double norm_limit = 1e-6;
constexpr double norm_distance = 3.0;         // bohr
constexpr double hermiticity_limit = 1e-7;    // Hartree
constexpr double zero_distance_limit = 1e-3;  // of the extrapolation, not of the overlap
constexpr double roughness_limit = 1e-6;      // Hartree: noise of 4e-9

std::vector<double> sample_distances(const PairProblem& problem) {
  constexpr std::array probes{1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0};  // bohr
  std::vector<double> out;
  out.reserve(probes.size());
  const double end = problem.end.value_or(std::min(12.0, problem.grid.max_distance));
  for (const double r : probes)
    if (r >= std::max(problem.grid.start, closest_contact) && r <= end) out.push_back(r);
  if (out.empty()) out.push_back(std::max(problem.grid.start, closest_contact));
  return out;
}

struct Quadrature {
  QuadratureSize size;
  double error = 0.0;  // Hartree or 1
};

/// The first size that the next one confirms and that keeps norms.
Quadrature choose_quadrature(const TwoCenter& integrator, const PairProblem& problem) {
  const std::vector<double> samples = sample_distances(problem);
  const auto at_samples = [&](const QuadratureSize& size) {
    std::vector<TwoCenterIntegrals> out;
    out.reserve(samples.size());
    for (const double r : samples) out.push_back(integrator.integrals(r, size));
    return out;
  };
  std::vector<TwoCenterIntegrals> coarse = at_samples(sizes.front());
  Quadrature found;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::vector<TwoCenterIntegrals> fine = at_samples(sizes[i + 1]);
    found = {sizes[i], 0.0};
    for (std::size_t k = 0; k < samples.size(); ++k)
      found.error =
          std::max({found.error, (fine[k].hamiltonian - coarse[k].hamiltonian).abs().maxCoeff(),
                    (fine[k].overlap - coarse[k].overlap).abs().maxCoeff()});
    if (found.error <= problem.tolerance &&
        integrator.norm_error(norm_distance, sizes[i]) <= norm_limit)
      return found;
    coarse = fine;
  }
  return found;
}

/// Largest difference between the kinetic operator acting on the second and on the first orbital.
double hermiticity_error(const TwoCenter& integrator, const PairProblem& problem,
                         const QuadratureSize& size) {
  const TwoCenter reversed(problem.second, problem.first, problem.functional,
                           problem.superposition);
  double worst = 0.0;
  for (const double r : {1.5, 3.0, 6.0}) {
    const Eigen::ArrayXd forward = integrator.integrals(r, size, Kinetic::on_second).hamiltonian;
    const Eigen::ArrayXd backward = reversed.integrals(r, size, Kinetic::on_second).hamiltonian;
    for (std::size_t i = 0; i < integrator.channels().size(); ++i) {
      const TwoCenterChannel& c = integrator.channels()[i];
      const auto partner = std::ranges::find_if(reversed.channels(), [&](const auto& d) {
        return d.first == c.second && d.second == c.first && d.m == c.m;
      });
      const double parity = (c.l1 + c.l2) % 2 == 0 ? 1.0 : -1.0;
      const auto at = partner - reversed.channels().begin();
      worst =
          std::max(worst, std::abs(forward[static_cast<Eigen::Index>(i)] - parity * backward[at]));
    }
  }
  return worst;
}

/// How far the overlap of an orbital with itself is from 1 where both atoms meet, from two short
/// distances (it falls with the distance squared).
double zero_distance_error(const TwoCenter& integrator, const QuadratureSize& size) {
  constexpr double r = 0.02;
  const Eigen::ArrayXd near = integrator.integrals(r, size).overlap;
  const Eigen::ArrayXd far = integrator.integrals(2.0 * r, size).overlap;
  double worst = 0.0;
  for (std::size_t i = 0; i < integrator.channels().size(); ++i) {
    const TwoCenterChannel& c = integrator.channels()[i];
    const auto at = static_cast<Eigen::Index>(i);
    if (c.first == c.second)
      worst = std::max(worst, std::abs(1.0 - (4.0 * near[at] - far[at]) / 3.0));
  }
  return worst;
}

/// Largest eighth difference of a column beyond the closest contact: what interpolation through
/// eight points leaves out, and any noise 256-fold.
double roughness(const Eigen::MatrixXd& columns, double step) {
  Eigen::MatrixXd d = columns.bottomRows(
      std::max<Eigen::Index>(columns.rows() - std::lround(closest_contact / step), 0));
  if (d.rows() < 9) return 0.0;
  for (int order = 0; order < 8; ++order)
    d = (d.bottomRows(d.rows() - 1) - d.topRows(d.rows() - 1)).eval();
  return d.cwiseAbs().maxCoeff();
}

/// Rows until the end of the table. Returns false if it was stopped.
bool fill(const TwoCenter& integrator, const PairProblem& problem, const QuadratureSize& size,
          const RowCallback& row_done, PairTable& out) {
  const TableGrid& grid = problem.grid;
  const auto first = std::lround(grid.start / grid.step) - 1;
  const auto last = std::lround(problem.end.value_or(grid.max_distance) / grid.step);
  const auto batch = std::max(1L, std::lround(1.0 / grid.step));
  const auto columns = static_cast<Eigen::Index>(out.channels.size());
  out.hamiltonian = out.overlap = Eigen::MatrixXd::Zero(last, columns);
  double largest = 0.0;  // of the present bohr
  for (long row = first; row < last; ++row) {
    const TwoCenterIntegrals x =
        integrator.integrals(grid.step * static_cast<double>(row + 1), size);
    out.hamiltonian.row(row) = x.hamiltonian.matrix().transpose();
    out.overlap.row(row) = x.overlap.matrix().transpose();
    largest = std::max({largest, x.hamiltonian.abs().maxCoeff(), x.overlap.abs().maxCoeff()});
    if (!row_done()) return false;
    if ((row + 1 - first) % batch != 0) continue;
    if (!problem.end && largest < grid.threshold) {
      out.hamiltonian.conservativeResize(row + 1 - batch, Eigen::NoChange);
      out.overlap.conservativeResize(row + 1 - batch, Eigen::NoChange);
      return true;
    }
    largest = 0.0;
  }
  return true;
}

}  // namespace

std::optional<PairTable> make_pair_table(const PairProblem& problem, const RowCallback& row_done) {
  const TwoCenter integrator(problem.first, problem.second, problem.functional,
                             problem.superposition);
  const Quadrature quadrature = choose_quadrature(integrator, problem);
  PairTable out;
  out.step = problem.grid.step;
  out.channels = integrator.channels();
  if (!fill(integrator, problem, quadrature.size, row_done, out)) return std::nullopt;
  out.checks = {{"quadrature", quadrature.error, problem.tolerance},
                {"norm", integrator.norm_error(norm_distance, quadrature.size), norm_limit},
                {"smoothness",
                 std::max(roughness(out.hamiltonian, out.step), roughness(out.overlap, out.step)),
                 roughness_limit}};
  // Second derivatives of piecewise polynomials jump between elements; there the kinetic energy is
  // taken by parts only.
  if (!problem.first.recipe().slater.empty() && !problem.second.recipe().slater.empty())
    out.checks.push_back({"hermiticity", hermiticity_error(integrator, problem, quadrature.size),
                          hermiticity_limit});
  if (&problem.first == &problem.second)
    out.checks.push_back(
        {"overlap at 0", zero_distance_error(integrator, sizes.back()), zero_distance_limit});
  return out;
}

}  // namespace ionpass::skgen
