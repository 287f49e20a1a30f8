#include "gfn1/hamiltonian.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ionpass::gfn1 {

using tightbinding::BondFrame;
using tightbinding::PairBlock;
using tightbinding::Shell;
using tightbinding::ShellBlock;

namespace {

constexpr double longest_range = 40.0;  // bohr

/// Π(R) = (1 + p_a q)(1 + p_b q), q = √(R / (r_a + r_b)), and dΠ/dR.
struct DistanceFactor {
  double value = 1.0, slope = 0.0;

  DistanceFactor(const ElementPair::Shells& shells, double distance, double radius) {
    const double q = std::sqrt(distance / radius);
    const double a = 1.0 + shells.factor_a * q, b = 1.0 + shells.factor_b * q;
    value = a * b;
    slope = (shells.factor_a * b + shells.factor_b * a) * 0.5 * q / distance;
  }
};

ElementPair element_pair(const Parameters& parameters, int a, int b) {
  const ElementParameters &of_a = parameters.element(a), &of_b = parameters.element(b);
  const std::vector<GaussianShell> shells_a = gaussian_shells(parameters, a),
                                   shells_b = gaussian_shells(parameters, b);
  ElementPair out;
  out.radius = of_a.atomic_radius + of_b.atomic_radius;
  for (std::size_t i = 0; i < shells_a.size(); ++i) {
    for (std::size_t j = 0; j < shells_b.size(); ++j) {
      out.shells.push_back({BondOverlap(shells_a[i], shells_b[j]),
                            parameters.hopping_scale(a, of_a.shells[i], b, of_b.shells[j]),
                            of_a.shells[i].distance_factor, of_b.shells[j].distance_factor});
      out.range = std::max(out.range, out.shells.back().overlap.range());
    }
  }
  out.range = std::min(out.range, longest_range);
  return out;
}

}  // namespace

Basis make_basis(const Structure& structure, const Parameters& parameters) {
  Basis basis;
  for (const int number : structure.numbers) {
    for (const ShellParameters& shell : parameters.element(number).shells)
      basis.add_shell(shell.l, shell.level, shell.hardness, shell.reference);
    basis.end_atom();
  }
  return basis;
}

Integrals::Integrals(const Parameters& parameters, std::span<const int> elements) {
  for (const int a : elements) {
    for (const int b : elements) {
      const auto& pair = pairs_.emplace(std::pair{a, b}, element_pair(parameters, a, b)).first;
      range_ = std::max(range_, pair->second.range);
    }
    const std::vector<GaussianShell> shells = gaussian_shells(parameters, a);
    const auto n = static_cast<Eigen::Index>(shells.size());
    on_site_[a] = Eigen::MatrixXd::NullaryExpr(n, n, [&](Eigen::Index i, Eigen::Index j) {
      const auto &s = shells[static_cast<std::size_t>(i)], &t = shells[static_cast<std::size_t>(j)];
      return s.l == t.l ? on_site_overlap(s, t) : 0.0;
    });
  }
}

Hamiltonian::Hamiltonian(const Structure& structure, const Basis& basis, const Integrals& integrals,
                         Eigen::VectorXd levels, std::span<const AtomPair> pairs)
    : structure_(structure), basis_(basis), integrals_(integrals), levels_(std::move(levels)) {
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(pairs_),
               [&](const AtomPair& pair) { return pair.distance < element_pair(pair).range; });
  blocks_ = tightbinding::empty_blocks(basis, pairs_);
  fill_on_site();
  for (std::size_t p = 0; p < pairs_.size(); ++p)
    fill_pair(pairs_[p], blocks_.pairs[basis.atoms() + p]);
}

const ElementPair& Hamiltonian::element_pair(const AtomPair& pair) const {
  return integrals_.pair(structure_.numbers[pair.a], structure_.numbers[pair.b]);
}

void Hamiltonian::fill_on_site() {
  for (std::size_t atom = 0; atom < basis_.atoms(); ++atom) {
    const Eigen::MatrixXd& overlap = integrals_.on_site(structure_.numbers[atom]);
    const PairBlock& block = blocks_.pairs[atom];
    auto h = blocks_.hamiltonian_of(block);
    auto s = blocks_.overlap_of(block);
    const std::size_t first = basis_.first_shell[atom], end = basis_.first_shell[atom + 1];
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t j = first; j < end; ++j) {
        const Shell &a = basis_.shells[i], &b = basis_.shells[j];
        if (a.l != b.l) continue;
        // Half of the matrix element, as on all blocks of an atom with itself.
        const double element = 0.5 * overlap(static_cast<Eigen::Index>(i - first),
                                             static_cast<Eigen::Index>(j - first));
        const double level =
            0.5 * (levels_(static_cast<Eigen::Index>(i)) + levels_(static_cast<Eigen::Index>(j)));
        const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
        s.block(row, col, a.size(), a.size()).diagonal().setConstant(element);
        h.block(row, col, a.size(), a.size()).diagonal().setConstant(level * element);
      }
    }
  }
}

void Hamiltonian::fill_pair(const AtomPair& pair, const PairBlock& block) {
  const ElementPair& elements = element_pair(pair);
  const BondFrame bond(pair.direction, pair.distance);
  auto h = blocks_.hamiltonian_of(block);
  auto s = blocks_.overlap_of(block);
  auto shells = elements.shells.begin();
  for (std::size_t ia = basis_.first_shell[pair.a]; ia < basis_.first_shell[pair.a + 1]; ++ia) {
    for (std::size_t ib = basis_.first_shell[pair.b]; ib < basis_.first_shell[pair.b + 1];
         ++ib, ++shells) {
      const Shell &a = basis_.shells[ia], &b = basis_.shells[ib];
      const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
      const double level =
          0.5 * (levels_(static_cast<Eigen::Index>(ia)) + levels_(static_cast<Eigen::Index>(ib)));
      const DistanceFactor factor(*shells, pair.distance, elements.radius);
      auto overlap = s.block(row, col, a.size(), b.size());
      overlap = bond.block(a.l, b.l, shells->overlap.evaluate(pair.distance));
      h.block(row, col, a.size(), b.size()) = (level * shells->scale * factor.value) * overlap;
    }
  }
}

Eigen::Vector3d Hamiltonian::pair_gradient(const AtomPair& pair, const PairBlock& block,
                                           const ElectronicState& state,
                                           Eigen::VectorXd& level_slope) const {
  using Values = Eigen::Map<const Eigen::MatrixXd>;
  const Values overlap(blocks_.overlap.data() + block.offset, block.rows, block.cols);
  const Values density(state.density.data() + block.offset, block.rows, block.cols);
  const Values energy(state.energy_weighted.data() + block.offset, block.rows, block.cols);
  const ElementPair& elements = element_pair(pair);
  const BondFrame bond(pair.direction, pair.distance);
  Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
  auto shells = elements.shells.begin();
  for (std::size_t sa = basis_.first_shell[pair.a]; sa < basis_.first_shell[pair.a + 1]; ++sa) {
    for (std::size_t sb = basis_.first_shell[pair.b]; sb < basis_.first_shell[pair.b + 1];
         ++sb, ++shells) {
      const auto ia = static_cast<Eigen::Index>(sa), ib = static_cast<Eigen::Index>(sb);
      const Shell &a = basis_.shells[sa], &b = basis_.shells[sb];
      const Eigen::Index row = a.first_orbital - block.row, col = b.first_orbital - block.col;
      // Each pair stands for itself and its transpose, hence the factor 2.
      const ShellBlock weight = 2.0 * density.block(row, col, a.size(), b.size());
      const double level = 0.5 * (levels_(ia) + levels_(ib));
      const DistanceFactor factor(*shells, pair.distance, elements.radius);
      const double hopping = shells->scale * factor.value;
      const double potential = 0.5 * (state.shell_potential(ia) + state.shell_potential(ib));
      const ShellBlock overlap_weight =
          (level * hopping + potential) * weight - 2.0 * energy.block(row, col, a.size(), b.size());
      gradient += bond.gradient(a.l, b.l, shells->overlap.evaluate(pair.distance), overlap_weight);
      const double population =
          weight.cwiseProduct(overlap.block(row, col, a.size(), b.size())).sum();
      gradient += (population * level * shells->scale * factor.slope) * pair.direction;
      level_slope(ia) += 0.5 * population * hopping;
      level_slope(ib) += 0.5 * population * hopping;
    }
  }
  return gradient;
}

Eigen::VectorXd Hamiltonian::add_derivatives(const ElectronicState& state, Derivatives& out) const {
  Eigen::VectorXd level_slope = Eigen::VectorXd::Zero(levels_.size());
  for (std::size_t s = 0; s < basis_.shells.size(); ++s) {
    const Shell& shell = basis_.shells[s];
    const PairBlock& block = blocks_.pairs[shell.atom];
    const Eigen::Index row = shell.first_orbital - block.row;
    using Values = Eigen::Map<const Eigen::MatrixXd>;
    const Values overlap(blocks_.overlap.data() + block.offset, block.rows, block.cols);
    const Values density(state.density.data() + block.offset, block.rows, block.cols);
    level_slope(static_cast<Eigen::Index>(s)) =
        2.0 * overlap.middleRows(row, shell.size())
                  .cwiseProduct(density.middleRows(row, shell.size()))
                  .sum();
  }
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    const AtomPair& pair = pairs_[p];
    const Eigen::Vector3d gradient =
        pair_gradient(pair, blocks_.pairs[basis_.atoms() + p], state, level_slope);
    out.add_pair(pair.a, pair.b, gradient, pair.vector());
  }
  return level_slope;
}

}  // namespace ionpass::gfn1
