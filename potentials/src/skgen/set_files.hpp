// The files of a set beside its tables: set.yaml, recipe.yaml, repulsion.
#pragma once

#include <potentials/skgen.hpp>

#include "skgen/exchange_correlation.hpp"

namespace ionpass::skgen {

/// @throws IoError, InputError for a repulsion without a folder
void write_set_files(const Recipe& recipe, const ExchangeCorrelation& functional,
                     const GenerationSettings& settings);

}  // namespace ionpass::skgen
