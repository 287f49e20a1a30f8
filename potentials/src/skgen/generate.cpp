// A whole set: elements, then pairs over threads, each pair's files written as it is finished.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "fingerprint.hpp"
#include "skgen/set_files.hpp"
#include "skgen/skf_writer.hpp"

namespace ionpass::skgen {
namespace {

namespace fs = std::filesystem;

constexpr double norm_limit = 1e-9;

/// Runs work(0) … work(count-1) over threads; the first exception stops the rest and is thrown
/// again.
template <class Work>
void over_threads(int threads, std::size_t count, Work work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::thread> pool;
  for (int t = 1; t < threads; ++t) pool.emplace_back(run);
  run();
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

class Generation {
 public:
  Generation(const Recipe& recipe, const GenerationSettings& settings, GenerationObserver& observer)
      : recipe_(recipe),
        settings_(settings),
        observer_(observer),
        functional_(recipe.functionals),
        elements_(recipe.elements.size()) {
    for (std::size_t i = 0; i < recipe.elements.size(); ++i)
      for (std::size_t k = i; k < recipe.elements.size(); ++k) pairs_.emplace_back(i, k);
    report_.elements.resize(elements_.size());
    report_.pairs.resize(pairs_.size());
  }

  GenerationReport run() {
    prepare_folder(recipe_, settings_);
    over_threads(settings_.threads, elements_.size(), [&](std::size_t i) { solve_element(i); });
    // The heaviest and longest tables first, so that no thread is left with one at the end.
    std::vector<std::size_t> order(pairs_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) {
      return recipe_.elements[pairs_[i].first].number + recipe_.elements[pairs_[i].second].number;
    });
    over_threads(settings_.threads, order.size(), [&](std::size_t i) { make_pair(order[i]); });
    if (!report_.stopped) write_set_files(recipe_, functional_, settings_);
    return report_;
  }

 private:
  void solve_element(std::size_t i) {
    if (stop_requested()) return;
    const ElementRecipe& recipe = recipe_.elements[i];
    check_element(recipe);
    try {
      elements_[i] = std::make_unique<Element>(recipe, functional_, recipe_.superposition);
    } catch (const ConvergenceError& error) {
      throw InputError(error.what());
    }
    ElementReport& report = report_.elements[i];
    report.number = recipe.number;
    report.iterations = elements_[i]->free_atom().iterations;
    for (const TableOrbital& orbital : elements_[i]->orbitals())
      report.orbitals.push_back({orbital.shell, orbital.onsite, orbital.hubbard});
    report.checks.push_back({"norm", elements_[i]->norm_error(), norm_limit});
    const std::scoped_lock lock(mutex_);
    observer_.element_done(report);
  }

  void make_pair(std::size_t index) {
    if (stop_requested()) return;
    const auto [i, k] = pairs_[index];
    const ElementRecipe& first = recipe_.elements[i];
    const ElementRecipe& second = recipe_.elements[k];
    const std::string fingerprint = text_fingerprint(pair_description(recipe_, first, second));
    std::optional<PairReport> report = finished(first, second, fingerprint);
    if (!report) report = compute(i, k, fingerprint);
    if (!report) return;  // stopped
    report->first = first.number;
    report->second = second.number;
    report->range = report->rows * recipe_.grid.step;
    const std::scoped_lock lock(mutex_);
    report_.pairs[index] = *report;
    ++pairs_done_;
    observer_.pair_done(*report);
  }

  [[nodiscard]] fs::path file(const ElementRecipe& a, const ElementRecipe& b) const {
    return settings_.folder /
           fmt::format("{}-{}.skf", element_symbol(a.number), element_symbol(b.number));
  }

  /// What an earlier run left, if both files are whole and of the same recipe.
  [[nodiscard]] std::optional<PairReport> finished(const ElementRecipe& first,
                                                   const ElementRecipe& second,
                                                   const std::string& fingerprint) const {
    std::optional<PairReport> report;
    for (const fs::path& path : {file(first, second), file(second, first)}) {
      if (!fs::exists(path)) return std::nullopt;
      report = read_report(read_text_file(path), fingerprint);
      if (!report) return std::nullopt;
    }
    return report;
  }

  std::optional<PairReport> compute(std::size_t i, std::size_t k, const std::string& fingerprint) {
    const auto start = std::chrono::steady_clock::now();
    const auto numbers = std::minmax(recipe_.elements[i].number, recipe_.elements[k].number);
    const auto end = recipe_.ends.find({numbers.first, numbers.second});
    const PairProblem problem{*elements_[i],
                              *elements_[k],
                              functional_,
                              recipe_.superposition,
                              recipe_.grid,
                              end == recipe_.ends.end() ? std::nullopt : std::optional(end->second),
                              recipe_.quadrature_tolerance};
    const std::optional<PairTable> table = make_pair_table(problem, [this] { return row_done(); });
    if (!table) return std::nullopt;
    const Provenance provenance{settings_.program, fingerprint};
    const ElementRecipe& first = recipe_.elements[i];
    const ElementRecipe& second = recipe_.elements[k];
    write_text_file(file(first, second), skf_text(recipe_, problem, *table, false, provenance));
    if (i != k)
      write_text_file(file(second, first), skf_text(recipe_, problem, *table, true, provenance));
    PairReport report;
    report.rows = static_cast<int>(table->hamiltonian.rows());
    report.checks = table->checks;
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
  }

  bool stop_requested() {
    const std::scoped_lock lock(mutex_);
    report_.stopped = report_.stopped || observer_.stop_requested();
    return report_.stopped;
  }

  bool row_done() {
    const std::scoped_lock lock(mutex_);
    observer_.progress(++rows_done_, pairs_done_, pairs_.size());
    report_.stopped = report_.stopped || observer_.stop_requested();
    return !report_.stopped;
  }

  const Recipe& recipe_;
  const GenerationSettings& settings_;
  GenerationObserver& observer_;
  ExchangeCorrelation functional_;
  std::vector<std::unique_ptr<Element>> elements_;
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;
  GenerationReport report_;
  std::mutex mutex_;
  std::size_t rows_done_ = 0, pairs_done_ = 0;
};

}  // namespace

bool GenerationReport::passed() const noexcept {
  const auto good = [](const auto& report) {
    return std::ranges::all_of(report.checks, &QualityCheck::passed);
  };
  return std::ranges::all_of(elements, good) && std::ranges::all_of(pairs, good);
}

GenerationReport generate(const Recipe& recipe, const GenerationSettings& settings,
                          GenerationObserver& observer) {
  return Generation(recipe, settings, observer).run();
}

}  // namespace ionpass::skgen
