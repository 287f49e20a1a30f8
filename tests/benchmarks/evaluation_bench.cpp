// Times energies and forces of the tight binding beside the eigenproblem they cannot do without.
// One table on standard output; Google Benchmark's options choose cases (--benchmark_filter) and
// the time spent on each (--benchmark_min_time), --benchmark_format changes nothing.
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <potentials/linear_algebra_kernels.hpp>
#include <potentials/memory.hpp>
#include <potentials/threads.hpp>

#include "cases.hpp"
#include "eigenproblem.hpp"
#include "peer.hpp"
#include "stopwatch.hpp"
#include "table.hpp"

namespace ionpass::bench {
namespace {

constexpr double warm_displacement = 0.02;  // Å
constexpr int repetitions = 5;

/// Repeats one measurement and keeps the shortest: on a machine that others use too, that is the
/// one that says most about the program.
void measure(benchmark::State& state, double& shortest, const std::function<double()>& seconds) {
  for ([[maybe_unused]] auto _ : state) {
    const double now = seconds();
    state.SetIterationTime(now);
    if (shortest == 0.0 || now < shortest) shortest = now;
  }
}

void register_one(const std::string& name, double& shortest, std::function<double()> seconds) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [&shortest, seconds = std::move(seconds)](benchmark::State& state) {
                                 measure(state, shortest, seconds);
                               })
      ->UseManualTime()
      ->MinTime(0.3)
      ->Repetitions(repetitions)
      ->Unit(benchmark::kMillisecond);
}

/// A cold evaluation, its memory, a warm one and the bare eigenproblem, into one row.
void register_case(const Case& test, Row& row) {
  const std::shared_ptr<const Potential> potential =
      make_potential(test.settings, parameter_data());
  const auto bare = std::make_shared<BareEigenproblem>(test);
  row.system = test.system;
  row.functions = static_cast<std::size_t>(bare->functions());
  row.kpoints = kpoint_count(test);
  row.real = bare->is_real();
  row.threads = test.threads;
  register_one(test.name + "/eigenproblem", row.eigenproblem, [bare, test] {
    set_linear_algebra_threads(test.threads);
    return bare->solve(test.threads);
  });
  register_one(test.name + "/cold", row.cold, [potential, test, &row] {
    set_linear_algebra_threads(test.threads);
    const Stopwatch watch(test.threads);
    row.cold_cycles = potential->evaluate(test.structure).scf.iterations;
    return watch.seconds();
  });
  const Structure moved = displaced(test.structure, warm_displacement);
  const auto state = std::make_shared<std::vector<double>>();
  register_one(test.name + "/warm", row.warm, [potential, test, moved, &row, state] {
    set_linear_algebra_threads(test.threads);
    // The memory is that of an evaluation that is not timed: counting costs page faults.
    if (state->empty()) {
      const bool counted = reset_peak_memory();
      *state = potential->evaluate(test.structure).state;
      if (counted) row.peak_memory = peak_memory();
    }
    const EvaluationRequest request{.stress = false, .guess = *state};
    const Stopwatch watch(test.threads);
    row.warm_cycles = potential->evaluate(moved, request).scf.iterations;
    return watch.seconds();
  });
  if (!test.tblite) return;
  // Once: it takes long, and a percent more or less is not the question.
  benchmark::RegisterBenchmark((test.name + "/cp2k").c_str(),
                               [test, &row](benchmark::State& run) {
                                 for ([[maybe_unused]] auto _ : run) {
                                   if (const auto seconds = cp2k_seconds(test.structure)) {
                                     row.cp2k = *seconds;
                                     run.SetIterationTime(*seconds);
                                   } else {
                                     run.SkipWithError("CP2K is not there or failed");
                                   }
                                 }
                               })
      ->UseManualTime()
      ->Iterations(1);
}

/// Progress goes to standard error; standard output holds the table alone.
class Progress final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.aggregate_name != "median") continue;
      std::fprintf(stderr, "%-28s median %9.3f ms\n", run.run_name.function_name.c_str(),
                   run.GetAdjustedRealTime());
    }
  }
};

}  // namespace
}  // namespace ionpass::bench

int main(int argc, char** argv) {
  using namespace ionpass::bench;
  ionpass::restart_with_fitting_kernels(argv);
  ionpass::keep_freed_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const std::vector<Case> all = cases();
  std::vector<Row> rows(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) register_case(all[i], rows[i]);
  Progress progress;
  benchmark::RunSpecifiedBenchmarks(&progress);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].tblite)
      rows[i].tblite = all[i].tblite->seconds * rows[i].eigenproblem / all[i].tblite->dsygvd;
  }
  std::erase_if(rows, [](const Row& row) {
    return row.cold == 0.0 || row.warm == 0.0 || row.eigenproblem == 0.0;
  });
  std::fputs(table(rows).c_str(), stdout);
  benchmark::Shutdown();
  return 0;
}
