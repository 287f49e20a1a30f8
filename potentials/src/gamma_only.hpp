// A warning that all potentials with k-points share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <potentials/kpoints.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// What to tell a user who samples a small cell at Γ alone; nothing where that is not so.
[[nodiscard]] std::optional<std::string> gamma_only_warning(const Structure& structure,
                                                            const std::vector<Kpoint>& points);

}  // namespace ionpass
