// What a potential knows of the ranks of a team.
#pragma once

#include <complex>
#include <memory>
#include <span>

#include <hpc/team.hpp>
#include <potentials/reducer.hpp>

namespace ionpass::workflows {

class TeamReducer final : public Reducer {
 public:
  /// @param team outlives the reducer
  /// @param on_grid eigenproblems may be shared as well; their last bits depend on the team's size
  TeamReducer(const hpc::Team& team, bool on_grid) : team_(team), on_grid_(on_grid) {}

  [[nodiscard]] int rank() const noexcept override { return team_.rank(); }
  [[nodiscard]] int size() const noexcept override { return team_.size(); }
  void sum(std::span<double> values) const override { team_.sum(values); }
  [[nodiscard]] bool has_eigensolver() const noexcept override;
  [[nodiscard]] std::unique_ptr<Eigensolver<double>> real_eigensolver() const override;
  [[nodiscard]] std::unique_ptr<Eigensolver<std::complex<double>>> complex_eigensolver()
      const override;

 private:
  const hpc::Team& team_;
  bool on_grid_;
};

}  // namespace ionpass::workflows
