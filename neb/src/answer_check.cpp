// Whether an answer can be used: a number read from a failed program must never enter a path.
#include "answer_check.hpp"

#include <cmath>

#include <fmt/format.h>

namespace ionpass::neb {

std::string evaluation_defect(const Evaluation& evaluation, std::size_t atoms) {
  if (evaluation.forces.cols() != static_cast<Eigen::Index>(atoms)) {
    return fmt::format("an evaluation gave {} forces for {} atoms", evaluation.forces.cols(),
                       atoms);
  }
  if (!std::isfinite(evaluation.free_energy) || !std::isfinite(evaluation.energy)) {
    return "an evaluation gave an energy that is not finite";
  }
  if (!evaluation.forces.allFinite()) return "an evaluation gave forces that are not finite";
  return {};
}

std::string answer_defect(const Answer& answer, std::size_t atoms) {
  return answer.ok() ? evaluation_defect(answer.evaluation, atoms) : answer.error;
}

}  // namespace ionpass::neb
