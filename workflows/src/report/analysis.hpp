// What the numbers of a study say: which barriers are compared, which order they have, which
// retention follows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <workflows/kinetics.hpp>
#include <workflows/literature.hpp>
#include <workflows/results.hpp>

namespace ionpass::workflows::report {

/// How the mobile sublattice is connected, as its kinds of hops tell.
enum class Dimension {
  chain,    ///< faces or chains were found: one-dimensional
  network,  ///< octahedra share corners in three dimensions
  layered,  ///< octahedra connected, but not all to all: layers or clusters
  cluster,  ///< isolated polyhedra or clusters of them
  unknown,  ///< no hop that tells
};

[[nodiscard]] Dimension dimension_of(const MaterialResult& material);
/// "one-dimensional (1D)".
[[nodiscard]] std::string describe(Dimension dimension);

/// The larger of forward and backward barrier, eV, which a vacancy has to climb from the lower end;
/// only of a converged hop.
[[nodiscard]] std::optional<double> barrier_of(const HopResult& hop);

/// Whether hops of this kind may carry an ion further and further; those within one face or cluster
/// only go round it. Of a kind that is not known nothing speaks against it.
[[nodiscard]] bool is_long_range(const std::string& kind);

/// What stands for a material in comparisons.
struct MaterialSummary {
  Dimension dimension = Dimension::unknown;
  std::optional<std::size_t> hop;   ///< index of its easiest converged long-range hop
  std::optional<Barrier> barrier;   ///< of that hop
  std::size_t long_range = 0;       ///< long-range hops studied
  std::size_t without_barrier = 0;  ///< of these, how many have no barrier
  std::string reason;               ///< why there is no barrier to compare; empty if there is one
};

[[nodiscard]] MaterialSummary summarise(const MaterialResult& material, double barrier_uncertainty);

enum class Verdict {
  confirmed,
  same_order,      ///< 1D above 3D, but not by more than the uncertainty
  opposite_order,  ///< 1D below 3D, but not by more than the uncertainty
  contradicted,
  mixed,      ///< some pairs of materials one way, some the other
  undecided,  ///< a barrier is missing on one side
  no_claim,   ///< the study has not both materials of the paper, or literature is off
};

/// The enumerator's name.
[[nodiscard]] std::string to_string(Verdict verdict);

/// A chain material against a three-dimensional one.
struct Comparison {
  std::size_t chain = 0;  ///< index of the material
  std::size_t network = 0;
  double difference = 0.0;  ///< eV, barrier of the chain minus that of the network
};

/// Whether the study has the order of the paper.
struct OrderFinding {
  Verdict verdict = Verdict::undecided;
  std::vector<Comparison> pairs;
  double uncertainty = 0.0;  ///< eV, of a difference of two barriers with independent errors
  std::string headline;      ///< the answer in one sentence
  std::vector<std::string> sentences;  ///< the numbers and how far they can be trusted
};

/// What follows from measured retention times.
struct RetentionFinding {
  std::vector<RetentionPoint> points;  ///< all measured ones
  std::optional<ArrheniusFit> fit;
  std::optional<RetentionCheck> check;  ///< of the claimed energy
  std::optional<std::size_t> reference_material;
  std::optional<RetentionReference> reference;  ///< what retention can be scaled from
  std::string problem;                          ///< why it cannot; empty if it can
};

struct Analysis {
  std::vector<MaterialSummary> materials;  ///< in the order of the study
  OrderFinding order;
  std::optional<RetentionFinding> retention;
};

[[nodiscard]] Analysis analyse(const StudyResult& study, const Literature& literature);

/// Retention of a material at a temperature (K), if it has a barrier and there is a point to scale
/// from.
[[nodiscard]] std::optional<Interval> retention_at(const Analysis& analysis, std::size_t material,
                                                   double temperature);

/// "MAPbI3: 0.301 eV (hop I1-I2_4.5A, within octahedron)".
[[nodiscard]] std::string barrier_sentence(const MaterialResult& material,
                                           const MaterialSummary& summary);

}  // namespace ionpass::workflows::report
