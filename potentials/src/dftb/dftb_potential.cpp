#include "dftb/dftb_potential.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>
#include <structures/io.hpp>
#include <structures/neighbors.hpp>
#include <structures/units.hpp>

#include "dftb/hamiltonian.hpp"
#include "fingerprint.hpp"
#include "tightbinding/gamma.hpp"

namespace ionpass::dftb {

namespace {

using tightbinding::ChargeModel;
using tightbinding::ChargeSites;
using tightbinding::CoulombInteraction;
using tightbinding::PairBlocks;

std::unique_ptr<const tightbinding::ShortRange> short_range(double a, double b) {
  return std::make_unique<const tightbinding::ShortRangeGamma>(a, b);
}

/// DFTB for one geometry.
class DftbModel final : public tightbinding::Model {
 public:
  DftbModel(const Structure& structure, std::shared_ptr<const ParameterSet> parameters,
            const SetDescription& set, const std::optional<dispersion::D3>& dispersion)
      : structure_(structure),
        parameters_(std::move(parameters)),
        three_body_(set.three_body),
        dispersion_(dispersion),
        basis_(dftb::make_basis(structure, *parameters_)),
        sites_(tightbinding::charge_sites(basis_, set.charges)),
        pairs_(pairs_in_reach(structure, *parameters_)),
        two_center_(two_center_blocks(structure, *parameters_, basis_, pairs_)) {
    if (set.charges == ChargeResolution::none) return;
    coulomb_.emplace(sites_.sites, tightbinding::ShortRangeModel{.make = short_range},
                     structure.positions / units::bohr, tightbinding::cell_in_bohr(structure));
  }

  [[nodiscard]] const Basis& basis() const override { return basis_; }
  [[nodiscard]] const ChargeSites& sites() const override { return sites_; }
  [[nodiscard]] const PairBlocks& blocks() const override { return two_center_.blocks; }
  [[nodiscard]] ChargeModel charges() const override {
    ChargeModel out;
    if (coulomb_) out.gamma = coulomb_->matrix();
    return out;
  }

  void add_electronic_derivatives(const ElectronicState& state, Derivatives& out) const override {
    add_two_center_derivatives(structure_, *parameters_, basis_, two_center_, state, out);
    if (coulomb_) out += coulomb_->derivatives(state.dq);
  }
  std::vector<std::pair<std::string, double>> add_classical_terms(Derivatives& out) const override {
    std::vector<std::pair<std::string, double>> terms{
        {"repulsion", add_repulsion(structure_, *parameters_, pairs_, out)}};
    if (!three_body_.empty())
      terms.emplace_back("three-body potentials", add_three_body(structure_, three_body_, out));
    if (dispersion_) terms.emplace_back("dispersion", dispersion_->add_energy(structure_, out));
    return terms;
  }

 private:
  const Structure& structure_;
  std::shared_ptr<const ParameterSet> parameters_;
  const std::vector<calibrate::ThreeBodyGroup>& three_body_;
  const std::optional<dispersion::D3>& dispersion_;
  Basis basis_;
  ChargeSites sites_;
  std::vector<AtomPair> pairs_;
  TwoCenter two_center_;
  std::optional<CoulombInteraction> coulomb_;
};

/// The set's description with the settings that only DFTB has.
PotentialDescription describe(const SetDescription& set,
                              const std::optional<dispersion::D3>& dispersion) {
  PotentialDescription out = set.potential;
  out.settings.emplace_back("parameters", folder_fingerprint({set.tables, set.splines}));
  if (!set.three_body.empty())
    out.settings.emplace_back("three-body potentials",
                              text_fingerprint(read_text_file(set.three_body_file)));
  if (!set.shifts.empty()) out.settings.emplace_back("shifts", shifts_text(set.shifts));
  if (!dispersion) return out;
  out.settings.emplace_back("d3", dispersion->description());
  const auto cited = dispersion::D3::citations();
  out.citations.insert(out.citations.end(), cited.begin(), cited.end());
  return out;
}

// Repulsions of published sets end below this distance, Å.
constexpr double contact_range = 5.0;

/// Names the neighbouring elements that nothing keeps apart; empty if there are none.
std::string unrepelled_contacts(const Structure& structure, const ParameterSet& parameters) {
  const std::set<int> distinct(structure.numbers.begin(), structure.numbers.end());
  const std::vector<int> elements(distinct.begin(), distinct.end());
  const auto missing = pairs_without_repulsion(parameters, elements);
  std::set<std::pair<int, int>> met;
  if (!missing.empty()) {
    for (const NeighborPair& pair : neighbor_pairs(structure, contact_range)) {
      met.insert(std::minmax(structure.numbers[pair.first], structure.numbers[pair.second]));
    }
  }
  std::vector<std::string> names;
  for (const auto& pair : missing) {
    if (!met.contains(pair)) continue;
    names.push_back(fmt::format("{}-{}", element_symbol(pair.first), element_symbol(pair.second)));
  }
  if (names.empty()) return {};
  return fmt::format(
      "the parameters have no repulsion for {}, which come within {} Å: forces between "
      "them are those of the electrons alone, and no geometry can be trusted",
      fmt::join(names, ", "), contact_range);
}

}  // namespace

DftbPotential::DftbPotential(const SetDescription& set, const PotentialSettings& settings,
                             std::optional<dispersion::D3> dispersion)
    : TightBindingPotential(describe(set, dispersion), settings,
                            {units::boltzmann_hartree, Unpaired::Rule::shared_level}),
      set_(set),
      dispersion_(std::move(dispersion)) {}

std::shared_ptr<const ParameterSet> DftbPotential::parameters(const Structure& structure) const {
  const std::set<int> distinct(structure.numbers.begin(), structure.numbers.end());
  const std::vector<int> elements(distinct.begin(), distinct.end());
  const std::lock_guard lock(mutex_);
  auto& slot = loaded_[elements];
  if (!slot) slot = std::make_shared<const ParameterSet>(set_, elements);
  return slot;
}

Basis DftbPotential::make_basis(const Structure& structure) const {
  return dftb::make_basis(structure, *parameters(structure));
}

std::vector<std::string> DftbPotential::warnings(const Structure& structure) const {
  std::vector<std::string> out = TightBindingPotential::warnings(structure);
  std::string contacts = unrepelled_contacts(structure, *parameters(structure));
  if (!contacts.empty()) out.push_back(std::move(contacts));
  for (Extrapolation& beyond : extrapolations(structure)) out.push_back(std::move(beyond.text));
  return out;
}

std::unique_ptr<tightbinding::Model> DftbPotential::make_model(const Structure& structure) const {
  return std::make_unique<DftbModel>(structure, parameters(structure), set_, dispersion_);
}

}  // namespace ionpass::dftb
