// Settings that would have no effect are refused.
#pragma once

#include <potentials/registry.hpp>

#include "drivers/dialect.hpp"
#include "drivers/recipe.hpp"

namespace ionpass::drivers {

/// Refuses every setting that is given but that this driver does not hand on to its program.
/// K-points of a template that takes none are refused by Dialect::check instead, since a spacing
/// may stand for Γ.
/// @param dialect null for a plug-in
/// @throws InputError with the setting and what to do instead
void require_honoured(const Recipe& recipe, const Dialect* dialect,
                      const PotentialSettings& settings);

}  // namespace ionpass::drivers
