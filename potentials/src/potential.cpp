#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include <potentials/potential.hpp>
#include <structures/error.hpp>

namespace ionpass {

namespace {

void require_sound_numbers(const Potential& potential, const Structure& structure,
                           const Evaluation& evaluation) {
  const std::string& name = potential.description().name;
  if (evaluation.forces.cols() != static_cast<Eigen::Index>(structure.size())) {
    throw BackendError(fmt::format("{} gave forces on {} atoms for a structure of {}", name,
                                   evaluation.forces.cols(), structure.size()));
  }
  const bool finite = std::isfinite(evaluation.energy) && std::isfinite(evaluation.free_energy) &&
                      evaluation.forces.allFinite() &&
                      (!evaluation.stress || evaluation.stress->allFinite());
  if (!finite)
    throw BackendError(
        fmt::format("{} gave an energy, force or stress that is not a finite number", name));
}

}  // namespace

std::vector<std::string> Potential::warnings(const Structure&) const { return {}; }

std::vector<Extrapolation> Potential::extrapolations(const Structure&) const { return {}; }

int Potential::most_ranks(const Structure&) const { return 1; }

Evaluation Potential::evaluate(const Structure& structure, const EvaluationRequest& request) const {
  const auto start = std::chrono::steady_clock::now();
  if (!structure.positions.allFinite())
    throw InputError("an atom's position is not a finite number");
  check(structure);
  Evaluation evaluation = do_evaluate(structure, request);
  require_sound_numbers(*this, structure, evaluation);
  evaluation.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return evaluation;
}

}  // namespace ionpass
