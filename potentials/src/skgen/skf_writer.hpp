// Writes tables as .skf files, with what they were made from.
#pragma once

#include <string>

#include "skgen/pair_table.hpp"

namespace ionpass::skgen {

/// What goes into the documentation block beside recipe and tables.
struct Provenance {
  std::string program;      ///< name and version
  std::string fingerprint;  ///< of everything the pair depends on
};

/// Everything the tables of two elements depend on, as text; equal texts give equal tables.
[[nodiscard]] std::string pair_description(const Recipe& recipe, const ElementRecipe& first,
                                           const ElementRecipe& second);

/// The file "first-second.skf", or with `reversed` "second-first.skf": simple format, or extended
/// where one of the elements has an f orbital.
[[nodiscard]] std::string skf_text(const Recipe& recipe, const PairProblem& problem,
                                   const PairTable& table, bool reversed,
                                   const Provenance& provenance);

/// Reads rows, range and checks back from a file of the fingerprint.
/// @returns nothing if the text is of other origin
[[nodiscard]] std::optional<PairReport> read_report(const std::string& skf,
                                                    const std::string& fingerprint);

}  // namespace ionpass::skgen
