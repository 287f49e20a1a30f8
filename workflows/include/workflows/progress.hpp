// How a run shows where it stands: on a terminal, in a batch job, or not at all.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ionpass::workflows {

/// One computation under way.
struct JobLine {
  std::string material;
  std::string name;   ///< "host", "vacancy I12", or a hop's label
  std::string stage;  ///< "relax", "neb"
  int iteration = 0;
  double max_force = 0.0;         ///< eV/Å
  std::optional<double> barrier;  ///< eV, so far; bands only
};

/// Where the whole run stands.
struct RunSnapshot {
  std::vector<JobLine> active;
  std::size_t hops_done = 0;
  std::size_t hops_total = 0;
  std::size_t evaluations_computed = 0;
  std::size_t evaluations_found = 0;  ///< taken from the store
  std::size_t round_done = 0;         ///< answers of the current round that are there
  std::size_t round_total = 0;
  double seconds = 0.0;                ///< wall time so far
  std::optional<double> seconds_left;  ///< estimate, once there is something to estimate from
};

/// Takes snapshots and notices; decides itself how often and where to show them.
class ProgressDisplay {
 public:
  virtual ~ProgressDisplay() = default;
  virtual void show(const RunSnapshot& snapshot) = 0;
  /// One line to be seen and kept: a finished hop, a warning.
  virtual void note(const std::string& line) = 0;
  /// Leaves the screen tidy; called once at the end.
  virtual void finish() = 0;
};

struct DisplayOptions {
  bool terminal = false;  ///< redraw lines in place
  bool color = false;
  int verbosity = 0;             ///< -1: nothing but warnings, 0: normal, 1: every round
  double plain_interval = 60.0;  ///< s between lines where there is no terminal
};

/// What suits a stream: a live display on a terminal, one line a minute elsewhere; colour follows
/// NO_COLOR and TERM.
[[nodiscard]] DisplayOptions display_options(std::FILE* stream, int verbosity);
/// Shows on this stream, which stays open as long as the display lives.
[[nodiscard]] std::unique_ptr<ProgressDisplay> make_display(std::FILE* stream,
                                                            const DisplayOptions& options);

/// "3 s", "12 min", "4 h 05 min", "2 d 03 h".
[[nodiscard]] std::string duration_text(double seconds);
/// The text of a live display: one line per active job, and a line for the whole. Pure; no escape
/// sequences without colour.
[[nodiscard]] std::vector<std::string> snapshot_lines(const RunSnapshot& snapshot, bool color);
/// The same in one line, for batch jobs.
[[nodiscard]] std::string snapshot_line(const RunSnapshot& snapshot);

}  // namespace ionpass::workflows
