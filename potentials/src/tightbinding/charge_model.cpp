#include "tightbinding/scf.hpp"

namespace ionpass::tightbinding {

Eigen::VectorXd ChargeModel::per_atom(const Eigen::VectorXd& dq) const {
  Eigen::VectorXd out = Eigen::VectorXd::Zero(third_order.size());
  for (std::size_t i = 0; i < atom_of_site.size(); ++i)
    out(atom_of_site[i]) += dq(static_cast<Eigen::Index>(i));
  return out;
}

double ChargeModel::second_order_energy(const Eigen::VectorXd& dq) const {
  return is_empty() ? 0.0 : 0.5 * dq.dot(gamma * dq);
}

double ChargeModel::third_order_energy(const Eigen::VectorXd& dq) const {
  if (third_order.size() == 0) return 0.0;
  return -third_order.dot(per_atom(dq).array().cube().matrix()) / 3.0;
}

Eigen::VectorXd ChargeModel::potential(const Eigen::VectorXd& dq) const {
  if (is_empty()) return Eigen::VectorXd::Zero(dq.size());
  Eigen::VectorXd out = gamma * dq;
  if (third_order.size() == 0) return out;
  const Eigen::VectorXd on_atoms = third_order.cwiseProduct(per_atom(dq).cwiseAbs2());
  for (std::size_t i = 0; i < atom_of_site.size(); ++i)
    out(static_cast<Eigen::Index>(i)) -= on_atoms(atom_of_site[i]);
  return out;
}

Eigen::MatrixXd ChargeModel::hardness(const Eigen::VectorXd& dq) const {
  Eigen::MatrixXd out = gamma;
  if (third_order.size() == 0) return out;
  const Eigen::VectorXd on_atoms = 2.0 * third_order.cwiseProduct(per_atom(dq));
  for (std::size_t i = 0; i < atom_of_site.size(); ++i) {
    for (std::size_t j = 0; j < atom_of_site.size(); ++j) {
      if (atom_of_site[i] == atom_of_site[j])
        out(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) -=
            on_atoms(atom_of_site[i]);
    }
  }
  return out;
}

double ChargeModel::largest_gain(const Eigen::VectorXd& dq) const {
  return third_order.size() == 0 ? 0.0 : per_atom(dq).maxCoeff();
}

}  // namespace ionpass::tightbinding
