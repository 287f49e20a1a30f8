// Potentials with known answers, and evaluators that record, replay and fail.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <neb/job.hpp>
#include <potentials/potential.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb::test {

/// A potential from a function of the structure.
class FunctionPotential : public Potential {
 public:
  using Function = std::function<Evaluation(const Structure&, const EvaluationRequest&)>;
  explicit FunctionPotential(Function function) : function_(std::move(function)) {}

  [[nodiscard]] const PotentialDescription& description() const noexcept override {
    return description_;
  }
  void check(const Structure& /*structure*/) const override {}
  [[nodiscard]] double cost(const Structure& structure) const override {
    return static_cast<double>(structure.size());
  }

 private:
  Evaluation do_evaluate(const Structure& structure,
                         const EvaluationRequest& request) const override {
    return function_(structure, request);
  }
  Function function_;
  PotentialDescription description_;
};

/// Energy and force of one particle as a function of its place.
using Field = std::function<std::pair<double, Eigen::Vector3d>(const Eigen::Vector3d&)>;
/// One atom in an outer field.
[[nodiscard]] FunctionPotential one_atom(Field field);
[[nodiscard]] Structure atom_at(double x, double y, double z = 0.0);

/// Müller & Brown, Theor. Chim. Acta 53, 75 (1979), table 1, times 0.01 eV, with a harmonic third
/// direction.
[[nodiscard]] FunctionPotential mueller_brown();

/// Pair energy and its derivative.
using PairFunction = std::function<std::pair<double, double>(double)>;
/// Periodic pair potential, shifted so that energy and force vanish at the cutoff (Å).
[[nodiscard]] FunctionPotential pair_potential(PairFunction pair, double cutoff);
[[nodiscard]] FunctionPotential morse_crystal();

/// A face-centred cubic crystal of n × n × n conventional cells without two neighbouring atoms'
/// worth of one: the ends of a vacancy hop. The ion is the last atom.
struct VacancyHop {
  Structure initial;
  Structure final_;
  std::size_t ion = 0;
};
[[nodiscard]] VacancyHop fcc_vacancy_hop(double lattice_constant, int repeats);

/// Springs of fixed pairs, harmonic in their length.
struct Spring {
  std::size_t first = 0;
  std::size_t second = 0;
  double stiffness = 0.0;  ///< eV/Å²
  double length = 0.0;     ///< Å
};
[[nodiscard]] FunctionPotential spring_network(std::vector<Spring> springs);

/// Keeps what it was asked and what it answered.
class RecordingEvaluator final : public Evaluator {
 public:
  [[nodiscard]] std::vector<Answer> evaluate(std::span<const WorkItem> items) override;
  std::vector<std::vector<WorkItem>> asked;
  std::vector<std::vector<Answer>> answered;

 private:
  SerialEvaluator serial_;
};

/// Answers with an error at the calls of these numbers (items counted from 0 over all rounds).
class FailingEvaluator final : public Evaluator {
 public:
  explicit FailingEvaluator(std::set<std::size_t> bad) : bad_(std::move(bad)) {}
  [[nodiscard]] std::vector<Answer> evaluate(std::span<const WorkItem> items) override;

 private:
  std::set<std::size_t> bad_;
  std::size_t calls_ = 0;
  SerialEvaluator serial_;
};

/// Runs one job with one potential in this process.
void solve(Job& job, const Potential& potential);

}  // namespace ionpass::neb::test
