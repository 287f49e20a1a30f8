// Nudged elastic band: the lowest path between two end points, and its saddle.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <neb/job.hpp>
#include <neb/optimizer.hpp>
#include <neb/path.hpp>

namespace ionpass::neb {

/// The same spring constant everywhere.
struct ConstantSprings {
  double stiffness = 1.0;  ///< eV/Å²
};
/// Stiffer where the energy is high (Ásgeirsson et al., J. Chem. Theory Comput. 17, 4929 (2021)),
/// in their ratio of 1 to 10 but softer: in crystals of molecules springs of several eV/Å² drown
/// the much smaller forces across the path.
struct EnergyWeightedSprings {
  double lower = 0.2;  ///< eV/Å²
  double upper = 2.0;  ///< eV/Å²
};
using Springs = std::variant<ConstantSprings, EnergyWeightedSprings>;

struct BandSettings {
  double fmax = 0.05;  ///< eV/Å: perpendicular force on every image, full force on the climbing one
  bool climb = true;
  double climb_below = 0.1;  ///< eV/Å, band force below which the highest image starts to climb
  int max_iterations = 300;
  Springs springs = ConstantSprings{};
  OptimizerSettings optimizer = LbfgsSettings{};
  bool precondition =
      true;  ///< start L-BFGS from a model Hessian per image (see ModelHessian); no effect on FIRE
  bool use_symmetry =
      true;  ///< for a path whose ends a symmetry operation exchanges: compute one half only
};

enum class BandStatus {
  running,
  converged,
  no_saddle,      ///< converged, but no image lies above both ends
  not_converged,  ///< iterations used up
  failed,         ///< an evaluation failed and shorter steps did not help
};

/// One image at the end, or so far.
struct BandImage {
  double s = 0.0;            ///< Å along the path, norm over all atoms
  double energy = 0.0;       ///< eV, absolute (Evaluation::free_energy)
  double force_along = 0.0;  ///< eV/Å, component of the true force along the tangent
  double max_force =
      0.0;  ///< eV/Å, what is compared with fmax: perpendicular, or full for the climbing image
};

/// Barriers read off a band; only there if it has an interior maximum.
struct BandBarrier {
  std::size_t saddle = 0;  ///< image index, ends counted
  double forward = 0.0;    ///< eV, saddle minus the lowest image before it
  double backward = 0.0;   ///< eV, saddle minus the lowest image behind it
};

/// The barriers of an energy profile, ends included; nothing if no image lies above both ends by
/// more than 1 meV.
[[nodiscard]] std::optional<BandBarrier> read_barrier(std::span<const double> energies);

/// An intermediate image of a band that is the saddle already.
struct KnownSaddle {
  std::size_t image = 0;  ///< index in the path, ends counted
  Evaluation evaluation;  ///< of that image
};

/// A band with fixed end points. Tangents, distances and forces leave out the motion of the crystal
/// as a whole (but for a lone atom). The norm of convergence is the largest force on one atom. The
/// climbing image is chosen once the band force is below climb_below (or after 20 iterations) and
/// kept once it was the highest for 5 iterations. A failed evaluation halves the last step, three
/// times at most. A symmetric band (use_symmetry) cannot leave its symmetry: if the true saddle has
/// a lower one, only the full band finds it. A known saddle stays where it is, as the climbing
/// image, while the others come to rest around it; its symmetry is not used.
class Band final : public Job {
 public:
  /// @param path        initial and final image included; at least three images
  /// @param ends        evaluations of the first and last image, computed with the same potential
  /// @throws InputError for a path that is too short or whose images do not match
  Band(Path path, const Evaluation& initial, const Evaluation& final_, const BandSettings& settings,
       std::optional<KnownSaddle> saddle = std::nullopt);
  ~Band() override;
  Band(Band&&) noexcept;
  Band& operator=(Band&&) noexcept;

  [[nodiscard]] bool finished() const override;
  [[nodiscard]] std::vector<Query> ask() override;
  void tell(std::span<const Answer> answers) override;
  [[nodiscard]] Progress progress() const override;

  [[nodiscard]] BandStatus status() const;
  /// In words: why it stopped without a barrier, or what is to be known beside it (a path with a
  /// deep interior minimum); may be empty.
  [[nodiscard]] const std::string& diagnosis() const;
  [[nodiscard]] int iterations() const;  ///< steps taken
  [[nodiscard]] std::size_t evaluations()
      const;  ///< answers received, failed ones included, end points not
  /// Whether it came to rest with an image above the known saddle: the path has a higher one.
  [[nodiscard]] bool has_higher_image() const;
  [[nodiscard]] bool is_symmetric() const;  ///< only half of the images are asked for
  [[nodiscard]] const Path& path() const;
  [[nodiscard]] std::vector<BandImage> images() const;
  /// Ends included; not yet evaluated images have no forces, mirrored ones (is_symmetric) no
  /// `state`.
  [[nodiscard]] std::vector<Evaluation> image_evaluations() const;
  /// From the images as they are; nothing if the highest image is an end. Check status() before
  /// using it as a result.
  [[nodiscard]] std::optional<BandBarrier> barrier() const;
  [[nodiscard]] double reaction_energy() const;  ///< eV, last minus first image
  /// Unit vector along the path at an image, over all atoms.
  [[nodiscard]] const Eigen::Matrix3Xd& tangent(std::size_t image) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ionpass::neb
