#include "tightbinding/coulomb.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "tightbinding/smooth_step.hpp"

namespace ionpass::tightbinding {

namespace {

// Squared distances (bohr²) that differ by less count as equally near; the weights end smoothly at
// it.
constexpr double equally_near = 0.3;

const Contact& nearest_of(std::span<const Contact> images) {
  return *std::ranges::min_element(images, {}, &Contact::distance);
}

/// Finds the images of pairs of atoms.
class Images {
 public:
  Images(const Eigen::Matrix3Xd& positions, const std::optional<Eigen::Matrix3d>& cell)
      : positions_(positions), cell_(cell) {
    if (cell) lattice_.emplace(*cell);
  }

  /// Appends all images closer than the radius, but an atom itself; in vacuum the pair.
  void append_near(std::size_t a, std::size_t b, double radius, std::vector<Contact>& out) const {
    const Eigen::Vector3d r = vector(a, b);
    const auto append = [&](const Eigen::Vector3d& image, double squared) {
      if (squared > 0.0) out.push_back({a, b, image, std::sqrt(squared)});
    };
    if (lattice_) {
      lattice_->for_each(r, radius, append);
    } else {
      append(r, r.squaredNorm());
    }
  }

  /// Appends the nearest image, or those that are nearly as near, with their weights.
  void append_nearest(std::size_t a, std::size_t b, std::vector<Contact>& out) const {
    const std::size_t start = out.size();
    // Some image lies within half a cell along every axis, and an atom's own one a cell vector
    // away.
    const Eigen::Vector3d f = cell_->inverse() * vector(a, b);
    const Eigen::Vector3d folded = *cell_ * (f - f.array().round().matrix());
    const double bound = std::max(folded.norm(), cell_->colwise().norm().minCoeff());
    append_near(a, b, std::sqrt(bound * bound + equally_near) + 1e-6, out);
    const auto first = out.begin() + static_cast<std::ptrdiff_t>(start);
    const double nearest = nearest_of({first, out.end()}).distance;
    double sum = 0.0;
    const auto is_far = [&](Contact& image) {
      const SmoothStep step((image.distance * image.distance - nearest * nearest) / equally_near);
      image.closeness = step.value;
      image.closeness_slope = step.slope / equally_near;
      sum += step.value;
      return step.value == 0.0;
    };
    out.erase(std::remove_if(first, out.end(), is_far), out.end());
    for (std::size_t k = start; k < out.size(); ++k) out[k].weight = out[k].closeness / sum;
  }

 private:
  [[nodiscard]] Eigen::Vector3d vector(std::size_t a, std::size_t b) const {
    return positions_.col(static_cast<Eigen::Index>(a)) -
           positions_.col(static_cast<Eigen::Index>(b));
  }

  const Eigen::Matrix3Xd& positions_;
  const std::optional<Eigen::Matrix3d>& cell_;
  std::optional<ImageLattice> lattice_;
};

}  // namespace

CoulombInteraction::CoulombInteraction(std::vector<ChargeSite> sites, const ShortRangeModel& model,
                                       const Eigen::Matrix3Xd& positions,
                                       const std::optional<Eigen::Matrix3d>& cell)
    : sites_(std::move(sites)), atoms_(static_cast<std::size_t>(positions.cols())) {
  list_kinds(model);
  if (cell) ewald_.emplace(*cell, positions);
  const Images images(positions, cell);
  const bool only_nearest = cell && model.images == ShortRangeModel::Images::nearest;
  for (std::size_t b = 0; b < atoms_.size(); ++b) {
    for (std::size_t a = b; a < atoms_.size(); ++a) {
      if (only_nearest) {
        images.append_nearest(a, b, contacts_);
      } else {
        images.append_near(a, b, reach(a, b), contacts_);
      }
    }
  }
  for (Contact& contact : contacts_) evaluate(contact);
}

void CoulombInteraction::list_kinds(const ShortRangeModel& model) {
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
}

double CoulombInteraction::reach(std::size_t a, std::size_t b) const {
  double longest = 0.0;
  for (const std::size_t i : atoms_[a].kinds) {
    for (const std::size_t j : atoms_[b].kinds)
      longest = std::max(longest, short_range(i, j).range());
  }
  return longest;
}

void CoulombInteraction::evaluate(Contact& contact) {
  contact.first = values_.size();
  const double r = contact.distance;
  for (const std::size_t i : atoms_[contact.a].kinds) {
    for (const std::size_t j : atoms_[contact.b].kinds) {
      const ShortRange& pair = short_range(i, j);
      RadialValue value = r < pair.range() ? pair.at(r) : RadialValue{};
      if (!ewald_) {
        value.value -= 1.0 / r;
        value.slope += 1.0 / (r * r);
      }
      values_.push_back(value);
    }
  }
}

Eigen::MatrixXd CoulombInteraction::matrix() const {
  const auto n = static_cast<Eigen::Index>(sites_.size());
  Eigen::MatrixXd gamma = Eigen::MatrixXd::Zero(n, n);
  for (const Contact& contact : contacts_) {
    const AtomSites &of_a = atoms_[contact.a], &of_b = atoms_[contact.b];
    for (Eigen::Index j = of_b.first; j < of_b.first + of_b.count; ++j) {
      for (Eigen::Index i = of_a.first; i < of_a.first + of_a.count; ++i) {
        const auto slot_a = static_cast<std::size_t>(slot_[static_cast<std::size_t>(i)]),
                   slot_b = static_cast<std::size_t>(slot_[static_cast<std::size_t>(j)]);
        gamma(i, j) -=
            contact.weight * values_[contact.first + slot_a * of_b.kinds.size() + slot_b].value;
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

/// @param images all of one pair of atoms
void CoulombInteraction::add_short_range(std::span<const Contact> images,
                                         const Eigen::MatrixXd& charge, Derivatives& out) const {
  const std::size_t a = images.front().a, b = images.front().b;
  const auto column_a = static_cast<Eigen::Index>(a), column_b = static_cast<Eigen::Index>(b);
  const double share = a == b ? 0.5 : 1.0;
  /// Σ_ij q_i q_j of the values of an image.
  const auto sum_over_kinds = [&](const Contact& image) {
    RadialValue sum;
    const RadialValue* value = &values_[image.first];
    for (std::size_t i = 0; i < atoms_[a].kinds.size(); ++i) {
      for (std::size_t j = 0; j < atoms_[b].kinds.size(); ++j, ++value) {
        const double weight = charge(static_cast<Eigen::Index>(i), column_a) *
                              charge(static_cast<Eigen::Index>(j), column_b);
        sum.value -= weight * value->value;
        sum.slope -= weight * value->slope;
      }
    }
    return sum;
  };
  double mean = 0.0, closeness = 0.0;
  for (const Contact& image : images) {
    const RadialValue energy = sum_over_kinds(image);
    const Eigen::Vector3d pull =
        (share * image.weight * energy.slope / image.distance) * image.vector;
    out.add_pair(b, a, pull, image.vector);
    mean += image.weight * energy.value;
    closeness += image.closeness;
  }
  if (closeness == 0.0) return;  // the images have no weights that could change
  // Energy Σ_k w_k g(R_k), w_k = c_k / Σ c, with c_k a function of R_k² - R_1²: the derivative of
  // w_k brings (g_k - mean g) dc_k / Σ c, of which the nearest image takes the opposite of all.
  const Contact& nearest = nearest_of(images);
  for (const Contact& image : images) {
    const double turn =
        2.0 * share * (sum_over_kinds(image).value - mean) * image.closeness_slope / closeness;
    out.add_pair(b, a, turn * image.vector, image.vector);
    out.add_pair(b, a, -turn * nearest.vector, nearest.vector);
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
  for (auto from = contacts_.begin(); from != contacts_.end();) {
    const auto end = std::find_if(from, contacts_.end(), [&](const Contact& contact) {
      return contact.a != from->a || contact.b != from->b;
    });
    add_short_range({from, end}, charge, out);
    from = end;
  }
  return out;
}

}  // namespace ionpass::tightbinding
