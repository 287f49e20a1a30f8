// A crystal named on the command line, with its symmetry: what `sites` and `hops` start from.
#pragma once

#include <memory>
#include <string>

#include <structures/structure.hpp>
#include <structures/symmetry.hpp>

#include "cli/command.hpp"
#include "cli/output.hpp"

namespace ionpass::workflows {

struct Crystal {
  std::string file;
  Structure structure;
  Symmetry symmetry;
};

/// FILE, --symmetry-tolerance, --json.
struct CrystalOptions {
  std::string file;
  double tolerance = default_symmetry_tolerance;  ///< Å
  bool json = false;

  static std::shared_ptr<CrystalOptions> add_to(CLI::App& command);
  [[nodiscard]] Crystal read(const Invocation& invocation) const;
};

/// "MAPbI3.cif: C H6 I3 N Pb, 12 atoms, space group Pm (6), …"
[[nodiscard]] std::string headline(const Crystal& crystal);
[[nodiscard]] Json crystal_json(const Crystal& crystal);

}  // namespace ionpass::workflows
