// Parameters of the base itself, moved together with a fit of the pair potentials: Gauss–Newton
// with priors. The pair potentials are linear and are solved for inside each step, which is the
// variable projection of G. Golub, V. Pereyra, SIAM J. Numer. Anal. 10, 413 (1973), in its
// linearised form. Å and eV throughout.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <potentials/calibrate.hpp>

namespace ionpass::calibrate {

/// A parameter of the base that may move.
struct BaseParameter {
  /// "Pb.p.level" and "Pb.p.hardness" of a shell (eV), "H.s2.level" of the second one of its
  /// momentum; of GFN1-xTB also "Pb.electronegativity" (Pauling) and "electronegativity_scale".
  std::string name;
  double width = 0.0;  ///< of the prior around the base's own value
  double shift = 0.0;  ///< from the base's own value
};
/// Whether a text has the form of a parameter's name.
[[nodiscard]] bool is_base_parameter(const std::string& name);

/// Derivative of the base with respect to each parameter: [parameter][sample].
using BaseSlopes = std::vector<std::vector<PairSum>>;

/// The search for parameters, with the choices of a fit held fixed.
class BaseSearch {
 public:
  /// @param samples at the base's own parameters; their fit says how large errors are, which the
  /// priors are measured by
  BaseSearch(std::span<const Sample> samples, const PairFunctions& prior,
             const FitSettings& settings, const Choice& choice);

  /// Weighted squares of errors, penalties and priors, the pair potentials fitted.
  /// @param samples at the parameters given
  [[nodiscard]] double objective(std::span<const Sample> samples,
                                 std::span<const BaseParameter> parameters) const;
  /// Shifts that minimise the objective of the linearised base.
  [[nodiscard]] std::vector<double> step(std::span<const Sample> samples, const BaseSlopes& slopes,
                                         std::span<const BaseParameter> parameters) const;
  /// Weighted error of structures left out, as in `choose`, but for a factor; in every fold pair
  /// potentials and parameters are fitted to the others. Without parameters: of the base as it is.
  [[nodiscard]] double score(std::span<const Sample> samples, const BaseSlopes& slopes,
                             std::span<const BaseParameter> parameters) const;

 private:
  PairFunctions prior_;
  FitSettings settings_;
  Choice choice_;
  double variance_;  // of one weighted row
};

/// Writes a set that differs from a base by its shifts only, for evaluations of the moved base:
/// "dftb/FOLDER" or "pairs/FOLDER".
/// @throws InputError, IoError
void write_moved_base(const std::filesystem::path& folder, const SetBase& base);

}  // namespace ionpass::calibrate
