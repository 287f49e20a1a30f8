#include "tightbinding/coulomb.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "tightbinding/smooth_step.hpp"

namespace ionpass::tightbinding {

namespace {

// Squared distances (bohr²) that differ by less count as equally near; the weights end smoothly at
// it.
constexpr double equally_near = 0.3;

}  // namespace

CoulombInteraction::CoulombInteraction(std::vector<ChargeSite> sites, const ShortRangeModel& model,
                                       const Eigen::Matrix3Xd& positions,
                                       const std::optional<Eigen::Matrix3d>& cell)
    : sites_(std::move(sites)), choice_(model.images), positions_(positions), cell_(cell) {
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
    for (const double b : distinct) pairs_.push_back(model.make(a, b));
  }
  if (cell) {
    lattice_.emplace(*cell);
    ewald_.emplace(*cell, positions);
  }
}

double CoulombInteraction::reach(std::size_t a, std::size_t b) const {
  double longest = 0.0;
  for (const std::size_t i : atoms_[a].kinds) {
    for (const std::size_t j : atoms_[b].kinds)
      longest = std::max(longest, short_range(i, j).range());
  }
  return longest;
}

/// All images of an atom pair with a short-range part, but an atom itself.
void CoulombInteraction::find_images(std::size_t a, std::size_t b,
                                     std::vector<Image>& images) const {
  images.clear();
  const Eigen::Vector3d r =
      positions_.col(static_cast<Eigen::Index>(a)) - positions_.col(static_cast<Eigen::Index>(b));
  const auto at = [&](const Eigen::Vector3d& image, double squared) {
    if (squared > 0.0) images.push_back({image, std::sqrt(squared)});
  };
  if (!lattice_) {
    at(r, r.squaredNorm());
  } else if (choice_ == ShortRangeModel::Images::within_range) {
    lattice_->for_each(r, reach(a, b), at);
  } else {
    find_nearest(r, images);
  }
}

void CoulombInteraction::find_nearest(const Eigen::Vector3d& r, std::vector<Image>& images) const {
  // Some image lies within half a cell along every axis, and an atom's own one a cell vector away.
  const Eigen::Vector3d f = cell_->inverse() * r;
  const Eigen::Vector3d folded = *cell_ * (f - f.array().round().matrix());
  const double bound = std::max(folded.norm(), cell_->colwise().norm().minCoeff());
  double nearest = std::numeric_limits<double>::infinity();
  lattice_->for_each(r, std::sqrt(bound * bound + equally_near) + 1e-6,
                     [&](const Eigen::Vector3d& image, double squared) {
                       if (squared == 0.0) return;
                       nearest = std::min(nearest, squared);
                       images.push_back({image, std::sqrt(squared)});
                     });
  double sum = 0.0;
  std::erase_if(images, [&](Image& image) {
    const SmoothStep step((image.vector.squaredNorm() - nearest) / equally_near);
    image.closeness = step.value;
    image.closeness_slope = step.slope / equally_near;
    sum += step.value;
    return step.value == 0.0;
  });
  for (Image& image : images) image.weight = image.closeness / sum;
}

Eigen::MatrixXd CoulombInteraction::matrix() const {
  const auto n = static_cast<Eigen::Index>(sites_.size());
  Eigen::MatrixXd gamma = Eigen::MatrixXd::Zero(n, n);
  std::vector<Image> images;
  for (std::size_t b = 0; b < atoms_.size(); ++b) {
    for (std::size_t a = b; a < atoms_.size(); ++a) {
      const AtomSites &of_a = atoms_[a], &of_b = atoms_[b];
      double sum[max_kinds][max_kinds] = {};
      find_images(a, b, images);
      for (const Image& image : images) {
        for (std::size_t i = 0; i < of_a.kinds.size(); ++i) {
          for (std::size_t j = 0; j < of_b.kinds.size(); ++j) {
            const ShortRange& pair = short_range(of_a.kinds[i], of_b.kinds[j]);
            if (!lattice_) sum[i][j] += 1.0 / image.distance;
            if (image.distance < pair.range())
              sum[i][j] -= image.weight * pair.value(image.distance);
          }
        }
      }
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

void CoulombInteraction::add_short_range(std::size_t a, std::size_t b,
                                         const Eigen::MatrixXd& charge, std::vector<Image>& images,
                                         Derivatives& out) const {
  const AtomSites &of_a = atoms_[a], &of_b = atoms_[b];
  const double share = a == b ? 0.5 : 1.0;
  const bool weighted = lattice_ && choice_ == ShortRangeModel::Images::nearest;
  find_images(a, b, images);
  // Energy Σ_k w_k g(R_k), w_k = c_k / Σ c, with c_k a function of R_k² - R_1²: the derivative of
  // w_k brings (g_k - mean g) dc_k / Σ c, of which the nearest image takes the opposite of all.
  std::vector<double> energy(images.size(), 0.0), slope(images.size(), 0.0);
  double mean = 0.0, sum = 0.0;
  for (std::size_t k = 0; k < images.size(); ++k) {
    const Image& image = images[k];
    for (std::size_t i = 0; i < of_a.kinds.size(); ++i) {
      for (std::size_t j = 0; j < of_b.kinds.size(); ++j) {
        const ShortRange& pair = short_range(of_a.kinds[i], of_b.kinds[j]);
        const double weight = charge(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(a)) *
                              charge(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(b));
        if (!lattice_) slope[k] -= weight / (image.distance * image.distance);
        if (image.distance >= pair.range()) continue;
        slope[k] -= image.weight * weight * pair.slope(image.distance);
        if (weighted) energy[k] -= weight * pair.value(image.distance);
      }
    }
    mean += image.weight * energy[k];
    sum += image.closeness;
  }
  if (weighted && !images.empty()) {
    std::size_t nearest = 0;
    for (std::size_t k = 0; k < images.size(); ++k)
      if (images[k].distance < images[nearest].distance) nearest = k;
    for (std::size_t k = 0; k < images.size(); ++k) {
      const double pull = (energy[k] - mean) * images[k].closeness_slope / sum;
      slope[k] += 2.0 * images[k].distance * pull;
      slope[nearest] -= 2.0 * images[nearest].distance * pull;
    }
  }
  for (std::size_t k = 0; k < images.size(); ++k) {
    const Eigen::Vector3d pull = (share * slope[k] / images[k].distance) * images[k].vector;
    out.add_pair(b, a, pull, images[k].vector);
  }
}

Derivatives CoulombInteraction::derivatives(const Eigen::VectorXd& dq) const {
  const auto atoms = static_cast<Eigen::Index>(atoms_.size());
  Derivatives out = Derivatives::zero(atoms);
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
  std::vector<Image> images;
  for (std::size_t b = 0; b < atoms_.size(); ++b) {
    for (std::size_t a = b; a < atoms_.size(); ++a) add_short_range(a, b, charge, images, out);
  }
  return out;
}

}  // namespace ionpass::tightbinding
