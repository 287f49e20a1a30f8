// The surroundings of atoms that a set was fitted to, and how far those of another structure lie
// from them: what a set knows of its own limits.
//
// The surroundings of an atom are soft counts of its neighbours by element and distance. They do
// not depend on origin, orientation, choice of the cell or order of atoms. Those of the data that
// are least like each other are kept per element; an atom is as new as it is far from the nearest
// of them. Farthest points: T. Gonzalez, Theor. Comput. Sci. 38, 293 (1985).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Dense>

#include <potentials/potential.hpp>
#include <structures/neighbors.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// Which neighbours count, and how finely.
struct EnvironmentShape {
  std::vector<int> elements;  ///< atomic numbers of neighbours, ascending
  double cutoff = 6.0;        ///< Å
  int radial = 12;            ///< functions of distance per element, the outermost first

  [[nodiscard]] double knot() const { return cutoff / radial; }  ///< Å
  [[nodiscard]] Eigen::Index size() const {
    return radial * static_cast<Eigen::Index>(elements.size());
  }
  /// Å, where a component of the description is largest.
  [[nodiscard]] double place_of(Eigen::Index component) const;
  /// Atomic number of the neighbours that a component counts.
  [[nodiscard]] int element_of(Eigen::Index component) const;
};

/// One column per atom: Σ_j B_k(r_ij) over the neighbours of each element, cubic B-splines on a
/// regular grid from 0, which sum to 1 up to three knots from the cut-off and vanish there with two
/// derivatives. Neighbours of other elements are not counted.
[[nodiscard]] Eigen::MatrixXd describe_environments(const Structure& structure,
                                                    const EnvironmentShape& shape);
/// @param pairs those of the structure within the cut-off; farther ones do not count
[[nodiscard]] Eigen::MatrixXd describe_environments(const Structure& structure,
                                                    const EnvironmentShape& shape,
                                                    std::span<const NeighborPair> pairs);

/// What is kept of one element's surroundings.
struct ElementEnvironments {
  /// Of the distance to the nearest of `centres`, in units of `scale`: what lies within is as near
  /// to the data as most of the data are to each other.
  double limit = 0.0;
  Eigen::VectorXd scale;    ///< neighbours, one per component: what they vary by in alike places
  Eigen::MatrixXd centres;  ///< one column per environment
};

struct KnownEnvironments {
  EnvironmentShape shape;
  std::map<int, ElementEnvironments> elements;  ///< by atomic number of the centre
  [[nodiscard]] bool empty() const noexcept { return elements.empty(); }
};

/// How unlike the data the surroundings of one atom are.
struct EnvironmentNovelty {
  /// Distance from the nearest environment of the data over the limit; above 1 it is new. Infinite
  /// for an element that the data do not have.
  double ratio = 0.0;
  Eigen::Index component = 0;  ///< of the description that differs most
  double difference = 0.0;     ///< neighbours in it, more (or less) than in that environment
};
/// One per atom.
[[nodiscard]] std::vector<EnvironmentNovelty> environment_novelty(const Structure& structure,
                                                                  const KnownEnvironments& known);

/// The atom farthest from the data, for a warning; nothing if all are within the limit or nothing
/// is known.
[[nodiscard]] std::optional<Extrapolation> unknown_environments(const Structure& structure,
                                                                const KnownEnvironments& known);
/// @param pairs as in describe_environments
[[nodiscard]] std::optional<Extrapolation> unknown_environments(
    const Structure& structure, const KnownEnvironments& known,
    std::span<const NeighborPair> pairs);

/// A structure whose surroundings are known, and the family that it belongs to: structures that are
/// not independent share one.
struct KnownStructure {
  const Structure* structure = nullptr;
  std::string family;
};
struct EnvironmentChoice {
  KnownEnvironments known;  ///< empty where there are not two families
  /// Per structure and atom: the distance from the environments of all other families over the
  /// limit.
  std::vector<Eigen::VectorXd> left_out;
};
/// Chooses what a set keeps of its data. Per element, `scale` is the rms difference between
/// environments and the nearest ones of other families, over the nearer half of them, with a tenth
/// of a neighbour added in squares. The limit is such that nine of ten families, each left out in
/// turn, lie within it whole, plus the largest distance of any environment from those kept, which
/// are `most` at most per element; every environment of the data is therefore within the limit.
[[nodiscard]] EnvironmentChoice choose_environments(std::span<const KnownStructure> data,
                                                    std::size_t most = 128);

/// Text of a file that read_environments reads. @param heading comment lines, without '#'
[[nodiscard]] std::string environments_text(const KnownEnvironments& known,
                                            std::span<const std::string> heading);
/// @throws IoError, InputError with file and line for anything but what environments_text writes
[[nodiscard]] KnownEnvironments read_environments(const std::filesystem::path& file);

}  // namespace ionpass
