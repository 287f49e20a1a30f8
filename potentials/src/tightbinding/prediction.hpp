// Where the next diagonalisation should take place.
#pragma once

#include <Eigen/Dense>

#include "tightbinding/mixer.hpp"
#include "tightbinding/response.hpp"
#include "tightbinding/scf.hpp"

namespace ionpass::tightbinding {

/// Makes populations self-consistent at the response of each diagonalisation, which costs a tenth
/// of it, until what is left is as small as the response is accurate. An estimate of the
/// susceptibility, kept from one diagonalisation to the next, makes the steps. One that leads
/// astray (far from self-consistency the third order of GFN1-xTB drives charges ever further) is
/// taken back: mixing starts anew, more carefully, from the best input.
class Predictor {
 public:
  /// @param problem outlives the predictor
  /// @param mixing  share of the residual taken in first steps where the estimate means nothing
  /// @param history number of steps remembered
  Predictor(ScfProblem& problem, double mixing, int history, double kt)
      : problem_(problem), mixing_(mixing), history_(history), kt_(kt) {}

  /// @param result    the last diagonalisation
  /// @param dq        electrons above the neutral atoms it was given; becomes those for the next
  /// @param tolerance largest residual asked for in the end, electrons
  /// @param accurate  whether the diagonalisation was in full precision
  /// @return whether `result` was moved to the new dq, self-consistent to the tolerance: no other
  ///         diagonalisation is needed
  [[nodiscard]] bool advance(ScfResult& result, Eigen::VectorXd& dq, double tolerance,
                             bool accurate);

 private:
  [[nodiscard]] BroydenMixer mixer_for(const ResponseModel& model, const Eigen::VectorXd& dq,
                                       double residual);

  ScfProblem& problem_;
  double mixing_;
  int history_;
  double kt_;
  Eigen::MatrixXd susceptibility_;  // empty: not yet known
};

}  // namespace ionpass::tightbinding
