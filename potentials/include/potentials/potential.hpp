// The one interface behind which every source of energies and forces stands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <potentials/evaluation.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// What users and reports must know about a potential: who made it, under which licence, how good
/// it is.
struct PotentialDescription {
  std::string name;     ///< "dftb/pilot-pbi3"
  std::string version;  ///< of the parameter set or program
  std::string summary;  ///< one line
  std::string licence;  ///< of the parameters, empty where that has no meaning
  std::vector<std::string> citations;
  std::vector<std::string> accuracy;  ///< what is known of its errors, one statement each
  std::vector<std::pair<std::string, std::string>>
      settings;  ///< everything that changes the numbers, as text
};

/// A way in which a structure lies beyond what a potential's parameters were fitted to.
struct Extrapolation {
  std::string kind;     ///< "distance", "environment": what is said of one kind is said once
  std::string text;     ///< for the user
  double extent = 0.0;  ///< how far beyond, in any unit that grows with it; 1 is the limit
};

/// Energies and forces of structures. Immutable: one object serves all images and threads at once.
class Potential {
 public:
  virtual ~Potential() = default;

  [[nodiscard]] virtual const PotentialDescription& description() const noexcept = 0;

  /// Checks, without computing, that this potential can treat the structure.
  /// @throws UnsupportedElement for missing parameters, InputError for anything else that cannot
  /// work
  ///         (a charge that leaves no electrons, atoms on top of each other)
  virtual void check(const Structure& structure) const = 0;

  /// What a user should be warned of before trusting results for this structure ("a small cell
  /// sampled at Γ only").
  [[nodiscard]] virtual std::vector<std::string> warnings(const Structure& structure) const;

  /// What of this is beyond the data of the parameters, each kind once: cheap enough to be asked
  /// for every geometry that is computed. It is part of the warnings.
  [[nodiscard]] virtual std::vector<Extrapolation> extrapolations(const Structure& structure) const;

  /// Expected work of one evaluation, in arbitrary but consistent units; for sharing work out and
  /// estimates.
  [[nodiscard]] virtual double cost(const Structure& structure) const = 0;

  /// Ranks that one evaluation can be shared by (EvaluationRequest::group) and all have something
  /// to do; 1 unless a potential says more.
  [[nodiscard]] virtual int most_ranks(const Structure& structure) const;

  /// Energy and forces of one structure. Checks the structure before and the numbers afterwards,
  /// once for every model. Safe to call from several threads.
  /// @throws what check() throws; ConvergenceError with a diagnosis; BackendError for numbers that
  /// are not finite
  [[nodiscard]] Evaluation evaluate(const Structure& structure,
                                    const EvaluationRequest& request = {}) const;

 private:
  virtual Evaluation do_evaluate(const Structure& structure,
                                 const EvaluationRequest& request) const = 0;
};

}  // namespace ionpass
