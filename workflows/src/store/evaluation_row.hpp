// An evaluation as a row of the database: numbers as raw doubles, so that they come back bit for
// bit.
#pragma once

#include <potentials/evaluation.hpp>

#include "store/database.hpp"

namespace ionpass::workflows {

/// Columns of an evaluation, in the order of bind_evaluation and read_evaluation.
inline constexpr const char* evaluation_columns =
    "energy, free_energy, forces, stress, charges, fermi, gap, converged, iterations, "
    "component_names, component_values, state, seconds";
inline constexpr int evaluation_column_count = 13;

void bind_evaluation(Statement& statement, const Evaluation& evaluation);

/// @throws InputError if the sizes of the row contradict each other
[[nodiscard]] Evaluation read_evaluation(const Statement& statement);

}  // namespace ionpass::workflows
