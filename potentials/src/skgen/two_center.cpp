#include "skgen/two_center.hpp"

#include <algorithm>
#include <cmath>

#include "skgen/harmonics.hpp"
#include "skgen/polynomial.hpp"

namespace ionpass::skgen {
namespace {

/// A shell whose largest product of orbitals weighs less adds nothing.
constexpr double negligible = 1e-14;
constexpr double decay = 2.5;  // bohr, scale of the outer radial points

struct RadialPoints {
  Eigen::VectorXd r, weights;
};

/// From the nucleus to the plane: even in ln r outside the innermost shell, even in r inside it.
RadialPoints inner_points(double plane, int number, int n) {
  const Rule rule = gauss_legendre(n);
  const double c = std::log(1.0 + 300.0 * number * plane);
  const Eigen::ArrayXd x = 0.5 * (rule.nodes.array() + 1.0);
  const double scale = plane / std::expm1(c);
  return {(scale * ((c * x).exp() - 1.0)).matrix(),
          (0.5 * rule.weights.array() * scale * c * (c * x).exp()).matrix()};
}

/// From the plane to infinity.
RadialPoints outer_points(double plane, int n) {
  const Rule rule = gauss_legendre(n);
  const Eigen::ArrayXd x = 0.5 * (rule.nodes.array() + 1.0);
  const Eigen::ArrayXd rest = 1.0 - x;
  return {(plane + decay * x / rest).matrix(),
          (0.5 * rule.weights.array() * decay / rest.square()).matrix()};
}

}  // namespace

QuadratureSize QuadratureSize::scaled(double factor) const {
  const auto scale = [factor](int n) { return static_cast<int>(std::lround(factor * n)); };
  return {scale(inner), scale(outer), scale(angular)};
}

/// Points at one distance from one of the atoms, and all functions on them.
struct TwoCenter::Shells {
  Eigen::ArrayXd weights;  // of ∫ r² dr d(cosθ)
  Eigen::ArrayXd cosine[2], sine[2], r[2];
  Eigen::ArrayXXd functions[2];  // rows of RadialTables
};

TwoCenter::TwoCenter(const Element& first, const Element& second,
                     const ExchangeCorrelation& functional, Superposition superposition)
    : first_(first),
      second_(second),
      functional_(functional),
      superposition_(superposition),
      tables_{RadialTables(first), RadialTables(second)} {
  for (const std::size_t atom : {0U, 1U}) {
    std::size_t count = 0;
    for (const TableOrbital& orbital : (atom == 0 ? first : second).orbitals()) {
      first_of_[atom].push_back(count);
      count += static_cast<std::size_t>(orbital.shell.l) + 1;
    }
  }
  for (std::size_t i = 0; i < first.orbitals().size(); ++i)
    for (std::size_t k = 0; k < second.orbitals().size(); ++k) {
      const int l1 = first.orbitals()[i].shell.l, l2 = second.orbitals()[k].shell.l;
      for (int m = 0; m <= std::min(l1, l2); ++m) channels_.push_back({i, k, l1, l2, m});
    }
}

template <class Visitor>
void TwoCenter::for_each_shell(double distance, const QuadratureSize& size, Visitor&& visit) const {
  const double plane = 0.5 * distance;
  const Rule angular = gauss_legendre(size.angular);
  Shells shell;
  Eigen::ArrayXXd own_functions;
  for (const std::size_t own : {0U, 1U}) {
    const std::size_t other = 1 - own;
    const RadialPoints parts[] = {
        inner_points(plane, (own == 0 ? first_ : second_).recipe().number, size.inner),
        outer_points(plane, size.outer)};
    for (const RadialPoints& points : parts) {
      for (Eigen::Index i = 0; i < points.r.size(); ++i) {
        const double r = points.r[i];
        // Towards the other atom only as far as the plane.
        const double top = std::min(1.0, plane / r);
        const double half = 0.5 * (top + 1.0);
        const Eigen::ArrayXd c = half * (angular.nodes.array() + 1.0) - 1.0;
        // The second atom's own angle counts from +z as well.
        const double side = own == 0 ? 1.0 : -1.0;
        shell.weights = points.weights[i] * r * r * half * angular.weights.array();
        shell.cosine[own] = side * c;
        shell.sine[own] = (1.0 - c.square()).sqrt();
        shell.r[own] = Eigen::ArrayXd::Constant(c.size(), r);
        shell.r[other] = (r * r + distance * distance - 2.0 * r * distance * c).sqrt();
        shell.cosine[other] = side * (r * c - distance) / shell.r[other];
        shell.sine[other] = r * shell.sine[own] / shell.r[other];
        tables_[own].evaluate(shell.r[own].head(1), own_functions);
        shell.functions[own] = own_functions.replicate(1, c.size());
        tables_[other].evaluate(shell.r[other], shell.functions[other]);
        visit(shell, own);
      }
    }
  }
}

TwoCenterIntegrals TwoCenter::integrals(double distance, const QuadratureSize& size,
                                        Kinetic kinetic) const {
  const auto count = static_cast<Eigen::Index>(channels_.size());
  TwoCenterIntegrals out{Eigen::ArrayXd::Zero(count), Eigen::ArrayXd::Zero(count)};
  for_each_shell(distance, size,
                 [&](const Shells& shell, std::size_t) { add_shell(shell, kinetic, out); });
  return out;
}

/// An orbital with its polar part.
struct TwoCenter::PointValues {
  Eigen::ArrayXd value;
  Eigen::ArrayXd radial, polar;   // components of its gradient in its own frame
  Eigen::ArrayXd kinetic;         // -½∇² of it
  Eigen::ArrayXd along_gradient;  // its gradient along that of the density; GGA only
};

/// The operator at the points of a shell.
struct TwoCenter::Operator {
  Eigen::ArrayXd potential;            // Hartree, with the local part of v_xc
  Eigen::ArrayXd twice_vsigma;         // 2 ∂e/∂σ; empty unless a gradient matters
  Eigen::ArrayXd radial[2], polar[2];  // ∇ρ in the frames of the two atoms
  Eigen::ArrayXd q, p;                 // cosine and sine of the angle between the frames
};

TwoCenter::Operator TwoCenter::operator_at(const Shells& shell) const {
  const auto row = [&](std::size_t atom, Eigen::Index index) {
    return shell.functions[atom].row(index).transpose();
  };
  Operator out;
  out.q = shell.sine[0] * shell.sine[1] + shell.cosine[0] * shell.cosine[1];
  out.p = shell.cosine[0] * shell.sine[1] - shell.sine[0] * shell.cosine[1];
  out.potential = row(0, tables_[0].potential_row()) + row(1, tables_[1].potential_row());
  if (superposition_ == Superposition::potential) return out;
  const Eigen::ArrayXd density =
      row(0, tables_[0].density_row()) + row(1, tables_[1].density_row());
  const Eigen::ArrayXd slope1 = row(0, tables_[0].density_slope_row());
  const Eigen::ArrayXd slope2 = row(1, tables_[1].density_slope_row());
  const Eigen::ArrayXd sigma =
      (slope1.square() + slope2.square() + 2.0 * slope1 * slope2 * out.q).max(0.0);
  ExchangeCorrelation::Values xc;
  functional_.evaluate(density.max(0.0), sigma, xc);
  out.potential += xc.vrho;
  if (!functional_.needs_gradient()) return out;
  out.twice_vsigma = 2.0 * xc.vsigma;
  out.radial[0] = slope1 + slope2 * out.q;
  out.polar[0] = slope2 * out.p;
  out.radial[1] = slope2 + slope1 * out.q;
  out.polar[1] = -slope1 * out.p;
  return out;
}

std::vector<TwoCenter::PointValues> TwoCenter::orbitals_at(const Shells& shell, std::size_t atom,
                                                           const Operator& op) const {
  const auto& orbitals = (atom == 0 ? first_ : second_).orbitals();
  std::vector<PointValues> out;
  for (std::size_t i = 0; i < orbitals.size(); ++i) {
    const auto index = static_cast<Eigen::Index>(i);
    const auto row = [&](Eigen::Index k) { return shell.functions[atom].row(k).transpose(); };
    const Eigen::ArrayXd r_part = row(RadialTables::value_row(index));
    for (int m = 0; m <= orbitals[i].shell.l; ++m) {
      const PolarFunction angle =
          polar_function(orbitals[i].shell.l, m, shell.cosine[atom], shell.sine[atom]);
      PointValues v;
      v.value = r_part * angle.value;
      v.radial = row(RadialTables::slope_row(index)) * angle.value;
      v.polar = r_part / shell.r[atom] * angle.slope;
      v.kinetic = row(RadialTables::kinetic_row(index)) * angle.value;
      if (op.twice_vsigma.size() > 0)
        v.along_gradient = v.radial * op.radial[atom] + v.polar * op.polar[atom];
      out.push_back(std::move(v));
    }
  }
  return out;
}

void TwoCenter::add_shell(const Shells& shell, Kinetic kinetic, TwoCenterIntegrals& out) const {
  const auto orbital_size = [&](std::size_t atom) {
    const Eigen::Index rows = shell.functions[atom].rows() - 3;
    return shell.functions[atom].topRows(rows).abs().maxCoeff();
  };
  if (shell.weights.maxCoeff() * orbital_size(0) * orbital_size(1) < negligible) return;
  const Operator op = operator_at(shell);
  const std::vector<PointValues> values[] = {orbitals_at(shell, 0, op), orbitals_at(shell, 1, op)};
  const Eigen::ArrayXd axis_distance2 = (shell.r[0] * shell.sine[0]).square();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const TwoCenterChannel& channel = channels_[i];
    const auto m = static_cast<std::size_t>(channel.m);
    const PointValues& one = values[0][first_of_[0][channel.first] + m];
    const PointValues& two = values[1][first_of_[1][channel.second] + m];
    const Eigen::ArrayXd product = one.value * two.value;
    Eigen::ArrayXd integrand = op.potential * product;
    if (kinetic == Kinetic::on_second) {
      integrand += one.value * two.kinetic;
    } else {
      // ½ ∇φ1·∇φ2
      integrand += 0.5 * (op.q * (one.radial * two.radial + one.polar * two.polar) +
                          op.p * (one.polar * two.radial - one.radial * two.polar));
      if (channel.m > 0) integrand += 0.5 * channel.m * channel.m * product / axis_distance2;
    }
    if (op.twice_vsigma.size() > 0)
      integrand +=
          op.twice_vsigma * (one.value * two.along_gradient + two.value * one.along_gradient);
    const auto at = static_cast<Eigen::Index>(i);
    out.hamiltonian[at] += (shell.weights * integrand).sum();
    out.overlap[at] += (shell.weights * product).sum();
  }
}

double TwoCenter::norm_error(double distance, const QuadratureSize& size) const {
  // |φ_l0|², |φ_l1|² …: all m of all orbitals see the points differently.
  double worst = 0.0;
  for (const std::size_t atom : {0U, 1U}) {
    const auto& orbitals = (atom == 0 ? first_ : second_).orbitals();
    for (std::size_t i = 0; i < orbitals.size(); ++i)
      for (int m = 0; m <= orbitals[i].shell.l; ++m) {
        double norm = 0.0;
        for_each_shell(distance, size, [&](const Shells& shell, std::size_t) {
          const Eigen::ArrayXd angle =
              polar_function(orbitals[i].shell.l, m, shell.cosine[atom], shell.sine[atom]).value;
          const Eigen::ArrayXd value =
              shell.functions[atom]
                  .row(RadialTables::value_row(static_cast<Eigen::Index>(i)))
                  .transpose() *
              angle;
          norm += (shell.weights * value.square()).sum();
        });
        worst = std::max(worst, std::abs(1.0 - norm));
      }
  }
  return worst;
}

}  // namespace ionpass::skgen
