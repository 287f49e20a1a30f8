// The files of a set beside its tables: set.yaml, recipe.yaml, repulsion.
#pragma once

#include <potentials/skgen.hpp>

#include "skgen/exchange_correlation.hpp"

namespace ionpass::skgen {

/// Makes the folder and puts the recipe there, before anything is computed.
/// @throws InputError for a folder that holds a set of other origin
void prepare_folder(const Recipe& recipe, const GenerationSettings& settings);

/// set.yaml and the repulsion, after the last table.
/// @throws IoError, InputError for a repulsion without a folder
void write_set_files(const Recipe& recipe, const ExchangeCorrelation& functional,
                     const GenerationSettings& settings);

}  // namespace ionpass::skgen
