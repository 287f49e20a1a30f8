// The engine behind every tight-binding potential: from a model of one geometry to energy and
// forces.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <potentials/bands.hpp>
#include <potentials/potential.hpp>
#include <potentials/reducer.hpp>
#include <potentials/registry.hpp>
#include <structures/symmetrize.hpp>

#include "tightbinding/model.hpp"

namespace ionpass::tightbinding {

/// E = Tr(P H0) + charge fluctuations + pair terms (- T S), at a mesh of k-points. A model differs
/// in what makes H0, S, γ and the pair terms.
class TightBindingPotential : public Potential, public BandSource, public GridPotential {
 public:
  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return description_;
  }
  void check(const Structure& structure) const override;
  [[nodiscard]] std::vector<std::string> warnings(const Structure& structure) const override;
  [[nodiscard]] double cost(const Structure& structure) const override;
  [[nodiscard]] int most_ranks(const Structure& structure) const override;
  [[nodiscard]] bool fills_grid(const Structure& structure) const override;
  [[nodiscard]] BandStructure bands(const Structure& structure,
                                    std::span<const Eigen::Vector3d> points) const override;

  /// What the engine runs on, for one geometry; `structure` must outlive it.
  [[nodiscard]] virtual std::unique_ptr<Model> make_model(const Structure& structure) const = 0;

 protected:
  /// What a method fixes for all its potentials.
  struct Method {
    double boltzmann = 0.0;                                  ///< Hartree/K
    Unpaired::Rule unpaired = Unpaired::Rule::shared_level;  ///< where the settings leave it open
  };
  /// @throws InputError for settings out of range
  TightBindingPotential(PotentialDescription description, const PotentialSettings& settings,
                        const Method& method);

 private:
  Evaluation do_evaluate(const Structure& structure,
                         const EvaluationRequest& request) const override;
  /// @throws UnsupportedElement
  [[nodiscard]] virtual Basis make_basis(const Structure& structure) const = 0;

  /// A geometry whose charges are self-consistent.
  struct Converged {
    std::unique_ptr<Model> model;
    std::vector<Kpoint> points;
    std::optional<Symmetrizer> symmetrizer;  ///< if it left k-points out
    ScfProblem problem;
    ScfResult scf;
  };
  static void reduce_points(const Structure& structure, Converged& out);
  [[nodiscard]] Converged converge(const Structure& structure,
                                   const EvaluationRequest& request) const;

  [[nodiscard]] std::vector<Kpoint> kpoints_of(const Structure& structure) const;
  [[nodiscard]] ElectronCount electron_count(const Basis& basis, const Structure& structure) const;

  PotentialDescription description_;
  KpointSampling kpoints_;
  bool use_symmetry_;
  double electronic_temperature_;  // K
  double kt_;                      // Hartree
  Unpaired unpaired_;
  ScfSettings scf_;
};

}  // namespace ionpass::tightbinding
