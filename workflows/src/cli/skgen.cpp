// ionpass skgen: Slater–Koster tables from a recipe, and sets of tables checked and compared.
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include <hpc/interrupt.hpp>
#include <potentials/registry.hpp>
#include <potentials/table_comparison.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/farm_evaluator.hpp>
#include <workflows/progress.hpp>
#include <workflows/recipe.hpp>

#include "cli/output.hpp"
#include "recipe/comparison_page.hpp"

namespace ionpass::workflows {
namespace {

struct SkgenOptions {
  std::string recipe, output;
  std::optional<int> threads;
  bool complete = false;
  bool schema = false;
  std::string check, against;
};

std::string pair_name(const skgen::PairReport& pair) {
  return fmt::format("{}-{}", element_symbol(pair.first), element_symbol(pair.second));
}

/// One line per finished piece, and how far the rest is.
class Display final : public skgen::GenerationObserver {
 public:
  explicit Display(const Invocation& call)
      : call_(call), options_(display_options(stderr, call.verbosity)) {}
  ~Display() override { clear(); }

  void element_done(const skgen::ElementReport& report) override {
    note(fmt::format("atom {}: self-consistent after {} cycles", element_symbol(report.number),
                     report.iterations));
  }
  void pair_done(const skgen::PairReport& report) override {
    note(report.reused ? fmt::format("{}: done before", pair_name(report))
                       : fmt::format("{}: {} rows in {:.1f} s", pair_name(report), report.rows,
                                     report.seconds));
  }
  void progress(std::size_t rows, std::size_t done, std::size_t pairs) override {
    const auto now = std::chrono::steady_clock::now();
    const double interval = options_.terminal ? 0.2 : options_.plain_interval;
    if (call_.verbosity < 0 || std::chrono::duration<double>(now - last_).count() < interval)
      return;
    last_ = now;
    const std::string line = fmt::format("{} of {} pairs, {} rows", done, pairs, rows);
    if (options_.terminal) {
      fmt::print(stderr, "\r\x1b[K{}", line);
      drawn_ = true;
    } else {
      print_note(call_, line);
    }
  }
  bool stop_requested() override { return guard_.reason().has_value(); }
  [[nodiscard]] std::string reason() const { return guard_.reason().value_or("request"); }

 private:
  void note(const std::string& line) {
    clear();
    print_note(call_, line);
  }
  void clear() {
    if (drawn_) fmt::print(stderr, "\r\x1b[K");
    drawn_ = false;
  }

  const Invocation& call_;
  DisplayOptions options_;
  hpc::InterruptGuard guard_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  bool drawn_ = false;
};

std::string check_text(const skgen::QualityCheck& check) {
  return fmt::format("{:.1e}{}", check.value, check.passed() ? "" : " !");
}

std::string elements_text(const skgen::GenerationReport& report) {
  TextTable table({"shell", "electrons", "on-site (Ha)", "Hubbard U (Ha)", "norm"});
  for (const skgen::ElementReport& element : report.elements)
    for (const auto& orbital : element.orbitals)
      table.add({fmt::format("{} {}", element_symbol(element.number), orbital.shell.name()),
                 fmt::format("{:g}", orbital.shell.electrons),
                 fmt::format("{:.8f}", orbital.onsite), fmt::format("{:.8f}", orbital.hubbard),
                 check_text(element.checks.front())});
  return table.text();
}

/// A column per kind of check.
template <class Reports, class Name>
std::string checks_text(const Reports& reports, Name name) {
  std::vector<std::string> kinds, head{"pair", "range (bohr)"};
  for (const auto& report : reports)
    for (const skgen::QualityCheck& check : report.checks)
      if (std::ranges::find(kinds, check.name) == kinds.end()) {
        kinds.push_back(check.name);
        head.push_back(fmt::format("{} (< {:.0e})", check.name, check.limit));
      }
  TextTable table(head);
  for (const auto& report : reports) {
    std::vector<std::string> row{name(report), fmt::format("{:.2f}", report.range)};
    for (const std::string& kind : kinds) {
      const auto check = std::ranges::find(report.checks, kind, &skgen::QualityCheck::name);
      row.push_back(check == report.checks.end() ? "" : check_text(*check));
    }
    table.add(row);
  }
  return table.text();
}

/// Threads that were asked for, by option or environment, else the cores.
int thread_count(const SkgenOptions& options) {
  if (options.threads) return *options.threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

ExitCode make_set(const SkgenOptions& options, const Invocation& call) {
  skgen::Recipe recipe = read_recipe(options.recipe);
  if (options.complete) {
    for (skgen::ElementRecipe& element : recipe.elements) element.slater.clear();
    recipe.text =
        "# Carried out with --complete: as if no element had a 'slater' section.\n" + recipe.text;
  }
  Display display(call);
  skgen::GenerationReport report;
  try {
    report = skgen::generate(recipe,
                             {.folder = options.output,
                              .threads = thread_count(options),
                              .program = std::string("ionpass ") + IONPASS_VERSION},
                             display);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", options.recipe, error.what()));
  }
  if (report.stopped) throw Interrupted(display.reason());
  print_result(fmt::format("{}\n{}\n{}: {}, {}; {}\n", elements_text(report),
                           checks_text(report.pairs, pair_name), options.output,
                           counted(report.elements.size(), "element"),
                           counted(report.pairs.size(), "pair"),
                           report.passed() ? "all checks passed" : "checks marked ! did not pass"));
  return report.passed() ? ExitCode::done : ExitCode::not_converged;
}

std::filesystem::path set_folder(std::string name) {
  constexpr std::string_view prefix = "dftb/";
  if (name.starts_with(prefix)) name.erase(0, prefix.size());
  return parameter_set_folder(name, data_paths().potentials);
}

ExitCode check_tables(const SkgenOptions& options) {
  const auto folder = set_folder(options.check);
  if (options.against.empty()) {
    const auto checks = skgen::check_set(folder);
    bool passed = true;
    for (const skgen::PairCheck& pair : checks)
      passed = passed && std::ranges::all_of(pair.checks, &skgen::QualityCheck::passed);
    print_result(checks_text(checks, [](const skgen::PairCheck& check) { return check.pair; }) +
                 fmt::format("\n{}: {}\n", options.check,
                             passed ? "all checks passed" : "checks marked ! did not pass"));
    return passed ? ExitCode::done : ExitCode::not_converged;
  }
  const skgen::SetComparison comparison = skgen::compare_sets(folder, set_folder(options.against));
  const ComparedSets names{options.check, options.against};
  print_result(comparison_text(comparison, names));
  if (!options.output.empty()) write_result(options.output, comparison_html(comparison, names));
  return ExitCode::done;
}

ExitCode skgen_command(const SkgenOptions& options, const Invocation& call) {
  if (options.schema) {
    print_result(recipe_schema_text());
    return ExitCode::done;
  }
  if (!options.check.empty()) return check_tables(options);
  if (!options.against.empty())
    throw InputError("--against: compares with a set to check; give --check SET as well");
  if (options.recipe.empty())
    throw InputError("no recipe given; 'ionpass skgen --help' shows an example");
  if (options.output.empty()) throw InputError("-o: no folder given for the tables; add -o FOLDER");
  return make_set(options, call);
}

}  // namespace

void add_skgen(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "skgen", "Slater–Koster tables from first principles; or check and compare tables",
      "ionpass skgen perov.yaml -o perov-own\n  ionpass skgen --check perov-own --against "
      "perov-1-0 "
      "-o differences.html");
  const auto options = std::make_shared<SkgenOptions>();
  command.add_option("RECIPE", options->recipe, "recipe (YAML)");
  command.add_option("-o,--output", options->output,
                     "folder for the set; with --against: a page with plots (.html)");
  command
      .add_option("--threads", options->threads, "pairs computed at the same time (default: cores)")
      ->check(CLI::Range(1, 1024));
  command.add_flag("--complete", options->complete,
                   "the complete basis for all elements, whatever the recipe says");
  command.add_flag("--schema", options->schema, "print the keys of a recipe");
  command.add_option("--check", options->check, "a set: a shipped one, or a folder");
  command.add_option("--against", options->against, "another set, to compare with");
  invocation.on(command,
                [options](const Invocation& call) { return skgen_command(*options, call); });
}

}  // namespace ionpass::workflows
