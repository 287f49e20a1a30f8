#include "table.hpp"

#include <fstream>

#include <fmt/format.h>
#include <malloc.h>

namespace ionpass::bench {

namespace {

/// A quotient, or a dash where one of the two is not known.
std::string known(double value, double by, int digits) {
  return value > 0.0 && by > 0.0 ? fmt::format("{:.{}f}", value / by, digits) : "-";
}

}  // namespace

std::string table(const std::vector<Row>& rows) {
  std::string out =
      "| system | functions | k-points | threads | cold s | cycles | LAPACK s | to floor "
      "| CP2K s | to CP2K | to tblite | warm s | warm cycles | peak MiB |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    const double solved = row.cold_cycles * static_cast<double>(row.kpoints) * row.eigenproblem;
    out += fmt::format(
        "| {} | {} | {} | {} | {:.4f} | {} | {:.4f} {} | {:.2f} | {} | {} | {} | {:.4f} | {} | {} "
        "|\n",
        row.system, row.functions, row.kpoints, row.threads, row.cold, row.cold_cycles,
        row.eigenproblem, row.real ? "dsygvd" : "zhegvd", row.cold / solved,
        known(row.cp2k, 1.0, 1), known(row.cold, row.cp2k, 3), known(row.cold, row.tblite, 2),
        row.warm, row.warm_cycles, known(row.peak_memory, 1.0, 0));
  }
  return out;
}

bool reset_peak_memory() {
  malloc_trim(0);
  // 5 resets the peak: proc(5), /proc/pid/clear_refs.
  std::ofstream file("/proc/self/clear_refs");
  file << 5 << std::flush;
  return file.good();
}

double peak_memory() {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    double kib = 0.0;
    if (word == "VmHWM:" && file >> kib) return kib / 1024.0;
  }
  return 0.0;
}

}  // namespace ionpass::bench
