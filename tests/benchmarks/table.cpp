#include "table.hpp"

#include <fstream>

#include <fmt/format.h>
#include <malloc.h>

namespace ionpass::bench {

std::string table(const std::vector<Row>& rows) {
  std::string out =
      "| system | functions | k-points | threads | cold s | cycles | s/cycle | LAPACK s "
      "| ratio | warm s | warm cycles | peak MiB |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    const double solved = row.cold_cycles * static_cast<double>(row.kpoints) * row.eigenproblem;
    out += fmt::format(
        "| {} | {} | {} | 1 | {:.4f} | {} | {:.4f} | {:.4f} {} | {:.2f} | {:.4f} | {} | {} |\n",
        row.system, row.functions, row.kpoints, row.cold, row.cold_cycles,
        row.cold / row.cold_cycles, row.eigenproblem, row.real ? "dsygvd" : "zhegvd",
        row.cold / solved, row.warm, row.warm_cycles,
        row.peak_memory > 0.0 ? fmt::format("{:.0f}", row.peak_memory) : "-");
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
