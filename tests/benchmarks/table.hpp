// What was measured, as one table.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ionpass::bench {

/// One system; seconds, the shortest of all repetitions: of the processor for one thread, of the
/// clock for more.
struct Row {
  std::string system;
  std::size_t functions = 0, kpoints = 0;
  int threads = 1;
  double cold = 0.0;  ///< energy and forces from neutral atoms
  int cold_cycles = 0;
  double eigenproblem = 0.0;
  bool real = false;
  double warm = 0.0;  ///< energy and forces of a near geometry from the charges of the first
  int warm_cycles = 0;
  double tblite = 0.0;       ///< scaled to this machine; 0: not recorded
  double cp2k = 0.0;         ///< in the same run; 0: not measured
  double peak_memory = 0.0;  ///< MiB of the whole process; 0: not known
};

[[nodiscard]] std::string table(const std::vector<Row>& rows);

/// Starts a new count of the process's largest resident memory. @returns false where the system
/// cannot
[[nodiscard]] bool reset_peak_memory();
[[nodiscard]] double peak_memory();  ///< MiB since the last reset; 0 if not known

}  // namespace ionpass::bench
