// Relaxation of one structure, at fixed cell or together with it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <neb/cell_freedom.hpp>
#include <neb/job.hpp>
#include <neb/optimizer.hpp>
#include <structures/structure.hpp>

namespace ionpass::neb {

struct RelaxationSettings {
  double fmax = 0.01;  ///< eV/Å, largest force on an atom at the end
  int max_iterations = 500;
  OptimizerSettings optimizer = LbfgsSettings{};
  bool precondition =
      true;  ///< start L-BFGS from a model Hessian (see ModelHessian); no effect on FIRE
  std::optional<CellConstraints> cell =
      std::nullopt;    ///< let the cell relax as well, but for these constraints
  double smax = 1e-4;  ///< eV/Å³ (1e-4 is 16 MPa), largest element of the stress on what may
                       ///< change of the cell at the end
  bool keep_symmetry = false;  ///< stay in the space group of the start
};

/// Moves the atoms downhill until the largest force is below fmax. A failed evaluation, or a strong
/// rise of the energy, halves the last step, three times at most. The mean force, which would only
/// move the crystal as a whole, is taken out (but for a lone atom). With a free cell every
/// evaluation must have a stress; the number of k-points should not follow the cell.
class Relaxation final : public Job {
 public:
  /// @throws InputError for settings out of range
  Relaxation(Structure start, RelaxationSettings settings);
  ~Relaxation() override;
  Relaxation(Relaxation&&) noexcept;
  Relaxation& operator=(Relaxation&&) noexcept;

  [[nodiscard]] bool finished() const override;
  [[nodiscard]] std::vector<Query> ask() override;
  void tell(std::span<const Answer> answers) override;
  [[nodiscard]] Progress progress() const override;

  [[nodiscard]] bool converged() const;
  /// Why it stopped without converging; empty if it converged.
  [[nodiscard]] const std::string& diagnosis() const;
  [[nodiscard]] int iterations() const;           ///< steps taken
  [[nodiscard]] std::size_t evaluations() const;  ///< answers received, failed ones included
  /// The geometry with the lowest largest force so far, and its evaluation.
  [[nodiscard]] const Structure& structure() const;
  [[nodiscard]] const Evaluation& evaluation() const;
  [[nodiscard]] double largest_stress()
      const;  ///< eV/Å³, what is compared with smax, of structure()

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Largest length of a column, eV/Å: the norm that fmax is compared with.
[[nodiscard]] double max_force(const Eigen::Matrix3Xd& forces);

}  // namespace ionpass::neb
