// Says once when geometries that are computed leave the data of the potential's parameters.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <neb/job.hpp>
#include <potentials/potential.hpp>

namespace ionpass::workflows {

/// Watches one run or hop.
class ExtrapolationWatch {
 public:
  /// What is to be said of a geometry: nothing of a kind that was said before.
  [[nodiscard]] std::vector<std::string> look(const Potential& potential,
                                              const Structure& structure);
  /// Kinds that have been said.
  [[nodiscard]] const std::set<std::string>& said() const noexcept { return said_; }

 private:
  std::set<std::string> said_;
};

/// Of each kind, the geometry of a path that lies farthest beyond the data: "image 3: …".
[[nodiscard]] std::vector<Extrapolation> farthest_on_path(const Potential& potential,
                                                          std::span<const Structure> path);

/// Passes items on to another evaluator, and looks at each before.
class WatchingEvaluator final : public neb::Evaluator {
 public:
  /// @param inner outlives this @param say called with every new text
  WatchingEvaluator(neb::Evaluator& inner, std::function<void(const std::string&)> say)
      : inner_(inner), say_(std::move(say)) {}

  [[nodiscard]] std::vector<neb::Answer> evaluate(std::span<const neb::WorkItem> items) override;
  /// What is warned of elsewhere is not said again.
  void expect(const Potential& potential, const Structure& structure) {
    (void)watch_.look(potential, structure);
  }

 private:
  neb::Evaluator& inner_;
  std::function<void(const std::string&)> say_;
  ExtrapolationWatch watch_;
};

}  // namespace ionpass::workflows
