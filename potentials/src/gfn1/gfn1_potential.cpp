#include "gfn1/gfn1_potential.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <structures/units.hpp>

#include "dispersion/coordination.hpp"
#include "fingerprint.hpp"
#include "gfn1/klopman_ohno.hpp"
#include "gfn1/pair_terms.hpp"

namespace ionpass::gfn1 {

namespace {

using dispersion::CoordinationNumbers;
using tightbinding::ChargeModel;
using tightbinding::ChargeSites;
using tightbinding::CoulombInteraction;
using tightbinding::PairBlocks;
using tightbinding::ShortRangeModel;

ShortRangeModel short_range(bool is_periodic, Gfn1Settings::Coulomb choice) {
  const bool smooth = is_periodic && choice == Gfn1Settings::Coulomb::smooth10;
  const auto end = smooth ? KlopmanOhno::End::smooth10 : KlopmanOhno::End::none;
  return {[end](double a, double b) { return std::make_unique<const KlopmanOhno>(a, b, end); },
          smooth ? ShortRangeModel::Images::within_range : ShortRangeModel::Images::nearest};
}

std::vector<double> covalent_radii(const Structure& structure, const Parameters& parameters) {
  std::vector<double> out;
  for (const int number : structure.numbers)
    out.push_back(parameters.element(number).covalent_radius);
  return out;
}

/// A number of every shell of a structure.
template <typename Value>
Eigen::VectorXd per_shell(const Structure& structure, const Parameters& parameters, Value value) {
  std::vector<double> out;
  for (std::size_t atom = 0; atom < structure.size(); ++atom) {
    for (const ShellParameters& shell : parameters.element(structure.numbers[atom]).shells)
      out.push_back(value(atom, shell));
  }
  return Eigen::Map<const Eigen::VectorXd>(out.data(), static_cast<Eigen::Index>(out.size()));
}

/// GFN1-xTB for one geometry.
class Gfn1Model final : public tightbinding::Model {
 public:
  Gfn1Model(const Structure& structure, std::shared_ptr<const Parameters> parameters,
            std::shared_ptr<const Integrals> integrals, const dispersion::D3& dispersion,
            const Gfn1Settings& choices)
      : structure_(structure),
        parameters_(std::move(parameters)),
        integrals_(std::move(integrals)),
        dispersion_(dispersion),
        choices_(choices),
        basis_(gfn1::make_basis(structure, *parameters_)),
        sites_(tightbinding::charge_sites(basis_, tightbinding::ChargeResolution::shell)),
        pairs_(tightbinding::atom_pairs(
            structure,
            std::max({integrals_->range(), CoordinationNumbers::cutoff, pair_terms_cutoff}))),
        coordination_(covalent_radii(structure, *parameters_), pairs_),
        hamiltonian_(structure, basis_, *integrals_, levels(), pairs_),
        coulomb_(sites_.sites, short_range(structure.is_periodic(), choices.coulomb),
                 structure.positions / units::bohr, tightbinding::cell_in_bohr(structure)) {}

  [[nodiscard]] const Basis& basis() const override { return basis_; }
  [[nodiscard]] const ChargeSites& sites() const override { return sites_; }
  [[nodiscard]] const PairBlocks& blocks() const override { return hamiltonian_.blocks(); }
  [[nodiscard]] ChargeModel charges() const override {
    ChargeModel out;
    out.gamma = coulomb_.matrix();
    out.third_order.resize(static_cast<Eigen::Index>(structure_.size()));
    for (std::size_t atom = 0; atom < structure_.size(); ++atom)
      out.third_order(static_cast<Eigen::Index>(atom)) =
          parameters_->element(structure_.numbers[atom]).third_order;
    for (const auto& site : sites_.sites)
      out.atom_of_site.push_back(static_cast<Eigen::Index>(site.atom));
    return out;
  }

  void add_electronic_derivatives(const ElectronicState& state, Derivatives& out) const override {
    const Eigen::VectorXd per_level = hamiltonian_.add_derivatives(state, out);
    Eigen::VectorXd slope = Eigen::VectorXd::Zero(coordination_.values().size());
    const Eigen::VectorXd falling = level_per_bond().cwiseProduct(per_level);
    for (std::size_t s = 0; s < basis_.shells.size(); ++s)
      slope(static_cast<Eigen::Index>(basis_.shells[s].atom)) -=
          falling(static_cast<Eigen::Index>(s));
    coordination_.add_derivatives(slope, out);
    out += coulomb_.derivatives(state.dq);
  }

  std::vector<std::pair<std::string, double>> add_classical_terms(Derivatives& out) const override {
    Eigen::VectorXd slope = Eigen::VectorXd::Zero(coordination_.values().size());
    std::vector<std::pair<std::string, double>> terms{
        {"repulsion", add_repulsion(structure_, *parameters_, pairs_, out)},
        {"dispersion", dispersion_.add_energy(structure_, coordination_.values(), out, slope)},
        {"halogen_bond",
         add_halogen_bonds(structure_, *parameters_, choices_.halogen_bond, pairs_, out)}};
    coordination_.add_derivatives(slope, out);
    return terms;
  }

 private:
  [[nodiscard]] Eigen::VectorXd level_per_bond() const {
    return per_shell(structure_, *parameters_, [](std::size_t, const ShellParameters& shell) {
      return shell.level_per_bond;
    });
  }
  [[nodiscard]] Eigen::VectorXd levels() const {
    return per_shell(structure_, *parameters_, [&](std::size_t atom, const ShellParameters& shell) {
      return shell.level -
             shell.level_per_bond * coordination_.values()(static_cast<Eigen::Index>(atom));
    });
  }

  const Structure& structure_;
  std::shared_ptr<const Parameters> parameters_;
  std::shared_ptr<const Integrals> integrals_;
  const dispersion::D3& dispersion_;
  Gfn1Settings choices_;
  Basis basis_;
  ChargeSites sites_;
  std::vector<AtomPair> pairs_;
  CoordinationNumbers coordination_;
  Hamiltonian hamiltonian_;
  CoulombInteraction coulomb_;
};

PotentialDescription describe(const std::filesystem::path& folder, const Gfn1Settings& choices,
                              const ParameterShifts& shifts) {
  PotentialDescription out = read_description(folder);
  out.settings.emplace_back("parameters",
                            folder_fingerprint({folder, folder.parent_path() / "d3"}));
  const bool smooth10 = choices.coulomb == Gfn1Settings::Coulomb::smooth10;
  out.settings.emplace_back("coulomb", smooth10 ? "smooth10" : "wigner_seitz");
  const bool nearest = choices.halogen_bond == Gfn1Settings::HalogenBond::nearest;
  out.settings.emplace_back("halogen_bond", nearest ? "nearest" : "smooth");
  if (!shifts.empty()) out.settings.emplace_back("shifts", shifts_text(shifts));
  return out;
}

}  // namespace

Gfn1Potential::Gfn1Potential(const std::filesystem::path& folder,
                             std::shared_ptr<const dispersion::D3Reference> reference,
                             const PotentialSettings& settings, const ParameterShifts& shifts)
    : Gfn1Potential(std::move(reference), settings, describe(folder, settings.gfn1, shifts),
                    std::make_shared<const Parameters>(folder, shifts)) {}

Gfn1Potential::Gfn1Potential(std::shared_ptr<const dispersion::D3Reference> reference,
                             const PotentialSettings& settings, PotentialDescription description,
                             std::shared_ptr<const Parameters> parameters)
    : TightBindingPotential(std::move(description), settings,
                            {parameters->boltzmann, Unpaired::Rule::lowest}),
      parameters_(std::move(parameters)),
      dispersion_(std::move(reference), parameters_->d3),
      choices_(settings.gfn1) {}

std::shared_ptr<const Integrals> Gfn1Potential::integrals(const Structure& structure) const {
  const std::set<int> distinct(structure.numbers.begin(), structure.numbers.end());
  const std::vector<int> elements(distinct.begin(), distinct.end());
  const std::lock_guard lock(mutex_);
  auto& slot = made_[elements];
  if (!slot) slot = std::make_shared<const Integrals>(*parameters_, elements);
  return slot;
}

Basis Gfn1Potential::make_basis(const Structure& structure) const {
  return gfn1::make_basis(structure, *parameters_);
}

std::unique_ptr<tightbinding::Model> Gfn1Potential::make_model(const Structure& structure) const {
  return std::make_unique<Gfn1Model>(structure, parameters_, integrals(structure), dispersion_,
                                     choices_);
}

}  // namespace ionpass::gfn1
