// From two relaxed end points to a saddle, in the order that works for soft crystals: a plain band
// first, the ends moved to the minima that it finds, and only then a climbing image.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <neb/band.hpp>
#include <neb/job.hpp>
#include <neb/relaxation.hpp>
#include <neb/saddle.hpp>

namespace ionpass::neb {

struct PathSearchSettings {
  BandSettings band;          ///< of the last band, the one that climbs
  RelaxationSettings relax;   ///< of end points that move to a deeper minimum
  bool move_ends = true;      ///< otherwise the ends stay where they are
  double settle_force = 0.1;  ///< eV/Å, band force at which a plain band is good enough to be read
  int settle_iterations = 100;
  int max_passes = 6;    ///< how often the ends may move
  double deeper = 0.01;  ///< eV by which an image must lie below its end to replace it
  int climb_iterations =
      60;  ///< after which a climbing band that has not converged gives way to mode following
  int max_crests = 3;     ///< how often a higher crest of the path may be followed
  SaddleSettings saddle;  ///< its fmax is that of the band
};

/// Searches the saddle between two end points. In a hybrid crystal the end points of a hop are
/// rarely the lowest minima of their sites: cations turn on the way, and an image of the plain band
/// then lies below an end. Such an image is relaxed and becomes the new end, so that all images
/// serve the hop itself, and the barrier counts from the minimum before it. Repeats until no image
/// lies below its end; then the band climbs. Where few images on a long path leave the climbing
/// image without a good tangent, it does not come to rest. Then the plain band is converged, and a
/// second band between the neighbours of its highest image climbs with a fraction of the spacing;
/// if that does not rest either, its highest image follows the softest mode (SaddleSearch). Last,
/// the given number of images comes to rest around the saddle found, which stays where it is; if
/// one of them then lies higher, on another crest of the path, the search goes on from there.
class PathSearch final : public Job {
 public:
  /// Slots of its queries above those of the images, ends included.
  static constexpr std::size_t slots_beyond_images = 5;

  /// @param path     first guess, ends included; at least three images
  /// @param initial  evaluation of its first image
  /// @param final_   of its last image
  /// @throws InputError as Band does
  PathSearch(Path path, const Evaluation& initial, const Evaluation& final_,
             PathSearchSettings settings);
  ~PathSearch() override;

  [[nodiscard]] bool finished() const override;
  [[nodiscard]] std::vector<Query> ask() override;
  void tell(std::span<const Answer> answers) override;
  [[nodiscard]] Progress progress() const override;

  /// The path, ends included: as many images as the first guess. Only where these did not come to
  /// rest around a saddle that a denser band found are there more, those of both bands.
  [[nodiscard]] Path path() const;
  [[nodiscard]] std::vector<BandImage> images() const;
  [[nodiscard]] std::vector<Evaluation> image_evaluations() const;
  /// `converged` only if every image is below fmax and the highest is a saddle: one that climbed,
  /// or that mode following found.
  [[nodiscard]] BandStatus status() const;
  [[nodiscard]] std::optional<BandBarrier> barrier() const;
  [[nodiscard]] double reaction_energy() const;  ///< eV, last minus first image
  /// The band's own remarks and what happened to the ends, in words; may be empty.
  [[nodiscard]] std::string diagnosis() const;
  [[nodiscard]] int iterations() const;           ///< band steps of all passes
  [[nodiscard]] std::size_t evaluations() const;  ///< answers received, end points included
  /// Curvature along the mode at the saddle, eV/Å², negative; only if mode following found it.
  [[nodiscard]] std::optional<double> saddle_curvature() const;
  /// How far each end lies below the one given, eV, negative or zero.
  [[nodiscard]] double initial_shift() const;
  [[nodiscard]] double final_shift() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The part of a path between two of its images with new end points, as the same number of images
/// at equal distances.
/// @param first, last  indices of the images that `initial` and `final_` replace
[[nodiscard]] Path respaced(const Path& path, std::size_t first, std::size_t last,
                            const Structure& initial, const Structure& final_);

}  // namespace ionpass::neb
