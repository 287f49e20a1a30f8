#include "tightbinding/coulomb.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ionpass::tightbinding {

CoulombInteraction::CoulombInteraction(std::vector<ChargeSite> sites,
                                       const Eigen::Matrix3Xd& positions,
                                       const std::optional<Eigen::Matrix3d>& cell)
    : sites_(std::move(sites)), positions_(positions) {
  atoms_.resize(static_cast<std::size_t>(positions.cols()));
  std::vector<double> distinct;
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    AtomSites& atom = atoms_[sites_[i].atom];
    if (atom.count == 0) atom.first = static_cast<Eigen::Index>(i);
    ++atom.count;
    const auto found = std::find(distinct.begin(), distinct.end(), sites_[i].hubbard);
    kind_.push_back(static_cast<std::size_t>(found - distinct.begin()));
    if (found == distinct.end()) distinct.push_back(sites_[i].hubbard);
  }
  kinds_ = distinct.size();
  pairs_.reserve(kinds_ * kinds_);
  for (const double a : distinct) {
    for (const double b : distinct) pairs_.emplace_back(a, b);
  }
  if (cell) {
    lattice_.emplace(*cell);
    ewald_.emplace(*cell, positions);
  }
}

const ShortRangeGamma& CoulombInteraction::short_range(Eigen::Index a, Eigen::Index b) const {
  return pairs_[kind_[static_cast<std::size_t>(a)] * kinds_ + kind_[static_cast<std::size_t>(b)]];
}

/// visit(site a, site b, atom A, atom B, vector, distance) for all sites of all atom pairs A >= B
/// and all their images but an atom itself.
template <typename Visitor>
void CoulombInteraction::for_each_pair(Visitor&& visit) const {
  for (std::size_t b = 0; b < atoms_.size(); ++b) {
    for (std::size_t a = b; a < atoms_.size(); ++a) {
      const Eigen::Vector3d r = positions_.col(static_cast<Eigen::Index>(a)) -
                                positions_.col(static_cast<Eigen::Index>(b));
      for (Eigen::Index i = atoms_[a].first; i < atoms_[a].first + atoms_[a].count; ++i) {
        for (Eigen::Index j = atoms_[b].first; j < atoms_[b].first + atoms_[b].count; ++j) {
          const ShortRangeGamma& gamma = short_range(i, j);
          const auto at = [&](const Eigen::Vector3d& image, double squared) {
            if (squared > 0.0) visit(i, j, gamma, image, std::sqrt(squared));
          };
          if (lattice_) {
            lattice_->for_each(r, gamma.range(), at);
          } else {
            at(r, r.squaredNorm());
          }
        }
      }
    }
  }
}

Eigen::MatrixXd CoulombInteraction::matrix() const {
  const auto n = static_cast<Eigen::Index>(sites_.size());
  Eigen::MatrixXd gamma = Eigen::MatrixXd::Zero(n, n);
  for_each_pair([&](Eigen::Index i, Eigen::Index j, const ShortRangeGamma& pair,
                    const Eigen::Vector3d&, double r) {
    gamma(i, j) -= pair.value(r);
    if (!lattice_) gamma(i, j) += 1.0 / r;
  });
  const Eigen::MatrixXd phi = ewald_ ? ewald_->potential_matrix() : Eigen::MatrixXd();
  for (Eigen::Index j = 0; j < n; ++j) {
    const auto atom_j = static_cast<Eigen::Index>(sites_[static_cast<std::size_t>(j)].atom);
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto atom_i = static_cast<Eigen::Index>(sites_[static_cast<std::size_t>(i)].atom);
      if (atom_i < atom_j) continue;
      if (ewald_) gamma(i, j) += phi(atom_i, atom_j);
      if (atom_i == atom_j) gamma(i, j) += short_range(i, j).on_site();
      if (atom_i > atom_j) gamma(j, i) = gamma(i, j);
    }
  }
  return gamma;
}

Derivatives CoulombInteraction::derivatives(const Eigen::VectorXd& dq) const {
  const auto atoms = static_cast<Eigen::Index>(atoms_.size());
  Derivatives out;
  out.gradient = Eigen::Matrix3Xd::Zero(3, atoms);
  if (ewald_) {
    Eigen::VectorXd per_atom = Eigen::VectorXd::Zero(atoms);
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      per_atom(static_cast<Eigen::Index>(sites_[i].atom)) += dq(static_cast<Eigen::Index>(i));
    }
    out = ewald_->derivatives(per_atom);
  }
  for_each_pair([&](Eigen::Index i, Eigen::Index j, const ShortRangeGamma& pair,
                    const Eigen::Vector3d& r, double distance) {
    const auto a = static_cast<Eigen::Index>(sites_[static_cast<std::size_t>(i)].atom);
    const auto b = static_cast<Eigen::Index>(sites_[static_cast<std::size_t>(j)].atom);
    double slope = -pair.slope(distance);
    if (!lattice_) slope -= 1.0 / (distance * distance);
    const double weight = dq(i) * dq(j) * (a == b ? 0.5 : 1.0);
    const Eigen::Vector3d pull = (weight * slope / distance) * r;
    out.strain += pull * r.transpose();
    if (a == b) return;
    out.gradient.col(a) += pull;
    out.gradient.col(b) -= pull;
  });
  return out;
}

}  // namespace ionpass::tightbinding
