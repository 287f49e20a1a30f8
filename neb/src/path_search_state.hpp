// The stages of a path search, and what each hands to the next.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <neb/path_search.hpp>

#include "respacing.hpp"

namespace ionpass::neb {

struct PathSearch::State {
  enum class Stage {
    settling,     ///< a plain band, good enough to be read
    moving_ends,  ///< relaxations of images below their end
    climbing,     ///< the band that usually ends the search
    converging,   ///< a plain band to the full tolerance, where the climbing one did not rest
    zooming,      ///< a denser climbing band around its highest image
    following,    ///< the softest mode, where that did not rest either
    gathering,    ///< the wanted number of images around the saddle found
    done,
  };

  State(Path path, const Evaluation& initial, const Evaluation& final_, PathSearchSettings wanted);

  void tell(std::span<const Answer> answers);

  /// Whether the result is read from `outer` with `band` in the place of its highest image.
  [[nodiscard]] bool is_joined() const { return outer && stage != Stage::gathering; }
  /// One list from the outer band and the denser one in the place of its image `top`, whose own
  /// ends are the neighbours of that image.
  template <typename T>
  [[nodiscard]] std::vector<T> joined(std::vector<T> around, const std::vector<T>& dense) const {
    std::vector<T> out(around.begin(), around.begin() + static_cast<std::ptrdiff_t>(top));
    out.insert(out.end(), dense.begin() + 1, dense.end() - 1);
    out.insert(out.end(), around.begin() + static_cast<std::ptrdiff_t>(top) + 1, around.end());
    return out;
  }

  /// Whether the highest image of the joined path is one of the denser band.
  [[nodiscard]] bool is_highest_inside() const;

  PathSearchSettings settings;
  Stage stage = Stage::settling;
  std::optional<Band> band;  // the one under way, or the last
  std::optional<Band>
      outer;  // plain and converged; its highest image is too far from its neighbours
  std::optional<Band> set_aside;  // the denser one, while the saddle is used elsewhere
  std::array<std::optional<Relaxation>, 2> ends;  // while moving: initial and final
  std::optional<SaddleSearch> saddle;
  std::size_t top = 0;  // image of `outer` that `band` stands for
  BetterEnds better;
  int passes = 0;
  struct Found {
    Band outer, inner;
    std::size_t top = 0;
  };
  std::optional<Found> earlier;  // what counts unless a higher crest is found
  int crests = 0;                // looked for after a saddle
  bool stuck = false;            // the climbing band did not come to rest
  bool gave_up = false;  // a stage could not hand over to the next; the last remark says why
  int past_iterations = 0;
  std::size_t past_evaluations = 0;
  std::array<double, 2> given{}, shift{};  // eV: energies of the ends, and how far they moved down
  std::optional<double> curvature;
  std::vector<std::string> remarks;

 private:
  void proceed(std::span<const Answer> answers);
  void give_up(std::string reason);
  [[nodiscard]] Band make_band(Stage next, Path path,
                               const std::array<Evaluation, 2>& energies) const;
  void continue_band(Stage next);
  void replace_band(Stage next, Band made);
  void count_band();
  void after_band();
  void after_climbing();
  void after_settling();
  void after_relaxations();
  void zoom();
  void after_zooming();
  void follow_mode();
  void after_saddle();
  void gather(Structure found, Evaluation evaluation);
  void after_gathering();
  void look_for_higher_crest();
  [[nodiscard]] bool is_higher_than_earlier() const;
  void earlier_is_result(std::string remark);
};

}  // namespace ionpass::neb
