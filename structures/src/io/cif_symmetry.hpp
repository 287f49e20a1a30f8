// Which symmetry operations a CIF means.
#pragma once

#include <string>
#include <vector>

#include <structures/cell.hpp>

#include "gemmi_adapter.hpp"

namespace ionpass {

struct CifSymmetry {
  std::vector<GroupOperation> operations;  ///< the identity first
  std::vector<std::string> warnings;       ///< what had to be assumed
};

/// Operations from the operator list, else from the Hall symbol, the Hermann–Mauguin name or the
/// number. Whatever else the block gives must agree with them.
/// @throws InputError for operators that are no group, do not fit the cell, or contradict a symbol
[[nodiscard]] CifSymmetry read_symmetry(const CifBlock& block, const Cell& cell,
                                        const std::string& name);

/// "x+1/2,-y,z" in any spelling in use. @throws InputError
[[nodiscard]] GroupOperation parse_operation(std::string_view triplet, const SourceLocation& where);

}  // namespace ionpass
