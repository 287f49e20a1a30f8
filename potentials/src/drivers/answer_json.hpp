// The answer of a generic program as JSON.
#pragma once

#include <string>
#include <string_view>

#include <potentials/evaluation.hpp>

namespace ionpass::drivers {

/// An object with "energy" (eV), "forces" (eV/Å, one list of three per atom), and if they are there
/// "free_energy", "stress" (3x3, eV/Å³, tension positive), "charges", and "converged" or
/// "scf": {"converged", "iterations"}; or an array with one such object, as `ionpass evaluate
/// --json` prints. @throws InputError saying what is wrong
[[nodiscard]] Evaluation answer_from_json(std::string_view text);

}  // namespace ionpass::drivers
