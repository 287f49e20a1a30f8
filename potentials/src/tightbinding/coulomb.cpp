#include "tightbinding/coulomb.hpp"

#include <algorithm>
#include <cassert>
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
    const auto slot = std::find(atom.kinds.begin(), atom.kinds.end(), kind_.back());
    slot_.push_back(slot - atom.kinds.begin());
    if (slot == atom.kinds.end()) atom.kinds.push_back(kind_.back());
    assert(atom.kinds.size() <= max_kinds);
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

/// visit(vector from B to A, distance) for all images of an atom pair within reach of any of its
/// short-range parts, but an atom itself.
template <typename Visitor>
void CoulombInteraction::for_each_image(std::size_t a, std::size_t b, Visitor&& visit) const {
  const Eigen::Vector3d r =
      positions_.col(static_cast<Eigen::Index>(a)) - positions_.col(static_cast<Eigen::Index>(b));
  const auto at = [&](const Eigen::Vector3d& image, double squared) {
    if (squared > 0.0) visit(image, std::sqrt(squared));
  };
  if (!lattice_) {
    at(r, r.squaredNorm());
    return;
  }
  double reach = 0.0;
  for (const std::size_t i : atoms_[a].kinds) {
    for (const std::size_t j : atoms_[b].kinds) reach = std::max(reach, short_range(i, j).range());
  }
  lattice_->for_each(r, reach, at);
}

Eigen::MatrixXd CoulombInteraction::matrix() const {
  const auto n = static_cast<Eigen::Index>(sites_.size());
  Eigen::MatrixXd gamma = Eigen::MatrixXd::Zero(n, n);
  for (std::size_t b = 0; b < atoms_.size(); ++b) {
    for (std::size_t a = b; a < atoms_.size(); ++a) {
      const AtomSites &of_a = atoms_[a], &of_b = atoms_[b];
      double sum[max_kinds][max_kinds] = {};
      for_each_image(a, b, [&](const Eigen::Vector3d&, double r) {
        for (std::size_t i = 0; i < of_a.kinds.size(); ++i) {
          for (std::size_t j = 0; j < of_b.kinds.size(); ++j) {
            const ShortRangeGamma& pair = short_range(of_a.kinds[i], of_b.kinds[j]);
            if (!lattice_) sum[i][j] += 1.0 / r;
            if (r < pair.range()) sum[i][j] -= pair.value(r);
          }
        }
      });
      for (Eigen::Index i = of_a.first; i < of_a.first + of_a.count; ++i) {
        for (Eigen::Index j = of_b.first; j < of_b.first + of_b.count; ++j) {
          gamma(i, j) = sum[slot_[static_cast<std::size_t>(i)]][slot_[static_cast<std::size_t>(j)]];
        }
      }
    }
  }
  const Eigen::MatrixXd phi = ewald_ ? ewald_->potential_matrix() : Eigen::MatrixXd();
  for (Eigen::Index j = 0; j < n; ++j) {
    const auto atom_j = static_cast<Eigen::Index>(sites_[static_cast<std::size_t>(j)].atom);
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto atom_i = static_cast<Eigen::Index>(sites_[static_cast<std::size_t>(i)].atom);
      if (atom_i < atom_j) continue;
      if (ewald_) gamma(i, j) += phi(atom_i, atom_j);
      if (atom_i == atom_j) {
        gamma(i, j) +=
            short_range(kind_[static_cast<std::size_t>(i)], kind_[static_cast<std::size_t>(j)])
                .on_site();
      }
      if (atom_i > atom_j) gamma(j, i) = gamma(i, j);
    }
  }
  return gamma;
}

void CoulombInteraction::add_short_range(Eigen::Index a, Eigen::Index b,
                                         const Eigen::MatrixXd& charge, Derivatives& out) const {
  const AtomSites &of_a = atoms_[static_cast<std::size_t>(a)],
                  &of_b = atoms_[static_cast<std::size_t>(b)];
  const double share = a == b ? 0.5 : 1.0;
  const auto at = [&](const Eigen::Vector3d& r, double distance) {
    double slope = 0.0;
    for (std::size_t i = 0; i < of_a.kinds.size(); ++i) {
      for (std::size_t j = 0; j < of_b.kinds.size(); ++j) {
        const ShortRangeGamma& pair = short_range(of_a.kinds[i], of_b.kinds[j]);
        const double weight =
            charge(static_cast<Eigen::Index>(i), a) * charge(static_cast<Eigen::Index>(j), b);
        if (!lattice_) slope -= weight / (distance * distance);
        if (distance < pair.range()) slope -= weight * pair.slope(distance);
      }
    }
    const Eigen::Vector3d pull = (share * slope / distance) * r;
    out.strain += pull * r.transpose();
    if (a == b) return;
    out.gradient.col(a) += pull;
    out.gradient.col(b) -= pull;
  };
  for_each_image(static_cast<std::size_t>(a), static_cast<std::size_t>(b), at);
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
  // Charge of every kind of every atom.
  Eigen::MatrixXd charge = Eigen::MatrixXd::Zero(max_kinds, atoms);
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    charge(slot_[i], static_cast<Eigen::Index>(sites_[i].atom)) += dq(static_cast<Eigen::Index>(i));
  }
  for (Eigen::Index b = 0; b < atoms; ++b) {
    for (Eigen::Index a = b; a < atoms; ++a) {
      add_short_range(a, b, charge, out);
    }
  }
  return out;
}

}  // namespace ionpass::tightbinding
