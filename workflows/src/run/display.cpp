// Progress on a terminal, in a batch log, or nowhere.
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include <workflows/progress.hpp>

namespace ionpass::workflows {
namespace {

using Clock = std::chrono::steady_clock;

/// More lines than this would scroll off a usual terminal; the rest is counted.
constexpr std::size_t most_lines = 16;
constexpr double live_interval = 0.1;  // s between two drawings

constexpr std::string_view dim = "\033[2m";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view yellow = "\033[33m";
constexpr std::string_view plain = "\033[0m";
constexpr std::string_view up_and_clear = "\033[1A\033[2K";

bool is_warning(const std::string& line) {
  return line.starts_with("warning") || line.find("no barrier") != std::string::npos;
}

std::string tinted(const std::string& text, std::string_view tint, bool color) {
  return color ? fmt::format("{}{}{}", tint, text, plain) : text;
}

std::string job_line(const JobLine& job, bool color) {
  std::string line = fmt::format("  {} {}", tinted(job.material, bold, color), job.name);
  line += fmt::format("  {} {:>3}", job.stage, job.iteration);
  if (job.iteration > 0) line += fmt::format("  force {:.3f} eV/Å", job.max_force);
  if (job.barrier && job.iteration > 0) line += fmt::format("  barrier {:.3f} eV", *job.barrier);
  return line;
}

/// Seconds since the last time something was shown; makes the first time due at once.
class Pace {
 public:
  [[nodiscard]] bool is_due(double interval) {
    const Clock::time_point now = Clock::now();
    if (has_shown_ && std::chrono::duration<double>(now - last_).count() < interval) return false;
    has_shown_ = true;
    last_ = now;
    return true;
  }

 private:
  bool has_shown_ = false;
  Clock::time_point last_;
};

/// Redraws its lines in place.
class LiveDisplay final : public ProgressDisplay {
 public:
  LiveDisplay(std::FILE* stream, const DisplayOptions& options)
      : stream_(stream), options_(options) {}
  ~LiveDisplay() override { clear(); }

  void show(const RunSnapshot& snapshot) override {
    if (options_.verbosity < 0 || !pace_.is_due(live_interval)) return;
    clear();
    lines_ = snapshot_lines(snapshot, options_.color);
    draw();
  }
  void note(const std::string& line) override {
    const bool warns = is_warning(line);
    if (options_.verbosity < 0 && !warns) return;
    clear();
    fmt::print(stream_, "{}\n", warns ? tinted(line, yellow, options_.color) : line);
    draw();
  }
  void finish() override {
    clear();
    lines_.clear();
  }

 private:
  void draw() {
    for (const std::string& line : lines_) fmt::print(stream_, "{}\n", line);
    drawn_ = lines_.size();
    std::fflush(stream_);
  }
  void clear() {
    for (; drawn_ > 0; --drawn_) fmt::print(stream_, "{}", up_and_clear);
    std::fflush(stream_);
  }

  std::FILE* stream_;
  DisplayOptions options_;
  Pace pace_;
  std::vector<std::string> lines_;
  std::size_t drawn_ = 0;
};

/// A line now and then.
class PlainDisplay final : public ProgressDisplay {
 public:
  PlainDisplay(std::FILE* stream, const DisplayOptions& options)
      : stream_(stream), options_(options) {}

  void show(const RunSnapshot& snapshot) override {
    if (options_.verbosity < 0) return;
    const bool is_round_over = snapshot.round_done == snapshot.round_total;
    const bool wants_all = options_.verbosity > 0 && is_round_over;
    if (!pace_.is_due(options_.plain_interval) && !wants_all) return;
    print(snapshot_line(snapshot));
    if (!wants_all) return;
    for (const std::string& line : snapshot_lines(snapshot, false)) print(line);
  }
  void note(const std::string& line) override {
    if (options_.verbosity >= 0 || is_warning(line)) print(line);
  }
  void finish() override { std::fflush(stream_); }

 private:
  void print(const std::string& line) {
    fmt::print(stream_, "{}\n", line);
    std::fflush(stream_);
  }
  std::FILE* stream_;
  DisplayOptions options_;
  Pace pace_;
};

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

DisplayOptions display_options(std::FILE* stream, int verbosity) {
  const char* term = std::getenv("TERM");
  const bool is_dumb = term == nullptr || std::string_view(term) == "dumb";
  DisplayOptions options;
  options.terminal = isatty(fileno(stream)) == 1 && !is_dumb;
  // https://no-color.org: any value that is not empty.
  options.color = options.terminal && !is_set("NO_COLOR");
  options.verbosity = verbosity;
  return options;
}

std::unique_ptr<ProgressDisplay> make_display(std::FILE* stream, const DisplayOptions& options) {
  if (options.terminal) return std::make_unique<LiveDisplay>(stream, options);
  return std::make_unique<PlainDisplay>(stream, options);
}

std::string duration_text(double seconds) {
  const long long total = std::llround(std::fmax(seconds, 0.0));
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min", (total + 30) / 60);
  const long long minutes = (total + 30) / 60;
  if (minutes < 24LL * 60) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
  const long long hours = (total + 1800) / 3600;
  return fmt::format("{} d {:02} h", hours / 24, hours % 24);
}

std::string snapshot_line(const RunSnapshot& snapshot) {
  std::string line = fmt::format("{} of {} hops done, {} evaluations", snapshot.hops_done,
                                 snapshot.hops_total, snapshot.evaluations_computed);
  if (snapshot.evaluations_found > 0) {
    line += fmt::format(" and {} from the store", snapshot.evaluations_found);
  }
  if (snapshot.round_done < snapshot.round_total) {
    line += fmt::format(", this round {}/{}", snapshot.round_done, snapshot.round_total);
  }
  line += ", " + duration_text(snapshot.seconds);
  if (snapshot.seconds_left)
    line += fmt::format(", about {} left", duration_text(*snapshot.seconds_left));
  return line;
}

std::vector<std::string> snapshot_lines(const RunSnapshot& snapshot, bool color) {
  std::vector<std::string> lines;
  for (const JobLine& job : snapshot.active) {
    if (lines.size() == most_lines) {
      lines.push_back(fmt::format("  and {} more", snapshot.active.size() - most_lines));
      break;
    }
    lines.push_back(job_line(job, color));
  }
  lines.push_back(tinted(snapshot_line(snapshot), dim, color));
  return lines;
}

}  // namespace ionpass::workflows
