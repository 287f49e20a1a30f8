#include "tightbinding/model.hpp"

namespace ionpass::tightbinding {

ChargeSites charge_sites(const Basis& basis, ChargeResolution resolution) {
  ChargeSites out;
  std::vector<double> reference;
  for (const Shell& shell : basis.shells) {
    const bool new_site = resolution == ChargeResolution::shell || out.sites.empty() ||
                          out.sites.back().atom != shell.atom;
    if (new_site) {
      out.sites.push_back({shell.atom, shell.hubbard});
      reference.push_back(0.0);
    }
    reference.back() += shell.reference;
    out.of_shell.push_back(static_cast<Eigen::Index>(reference.size()) - 1);
  }
  out.reference = Eigen::Map<const Eigen::VectorXd>(reference.data(),
                                                    static_cast<Eigen::Index>(reference.size()));
  return out;
}

}  // namespace ionpass::tightbinding
