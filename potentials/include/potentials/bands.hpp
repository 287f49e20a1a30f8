// Band energies: the states of a crystal along paths and on meshes of the Brillouin zone.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <potentials/kpoints.hpp>
#include <structures/structure.hpp>

namespace ionpass {

/// Energies of the same bands at two sets of points, for the self-consistent charges of the first.
struct BandStructure {
  std::vector<Kpoint> mesh;                    ///< the points that the charges come from
  std::vector<Eigen::VectorXd> mesh_energies;  ///< eV, ascending, one vector per point
  std::vector<Eigen::Vector3d> points;         ///< the points asked for, fractional
  std::vector<Eigen::VectorXd> energies;       ///< eV, ascending, one vector per point
  double electrons = 0.0;                      ///< two in a full band
  double fermi_level = 0.0;                    ///< eV
};

/// Where a gap begins and ends.
struct BandEdges {
  double valence_top = 0.0;  ///< eV
  Eigen::Vector3d valence_point;
  double conduction_bottom = 0.0;  ///< eV
  Eigen::Vector3d conduction_point;
  [[nodiscard]] double gap() const noexcept { return conduction_bottom - valence_top; }
  [[nodiscard]] bool is_direct() const;
};

/// Bands that are full in the ground state, the last one perhaps in part.
[[nodiscard]] std::size_t filled_bands(const BandStructure& bands);

/// Edges over both sets of points. Nothing if the number of electrons is odd or fractional, if
/// there is no empty band, or if bands overlap: then there is no gap.
[[nodiscard]] std::optional<BandEdges> band_edges(const BandStructure& bands);

/// Lowest and highest energy of one band over both sets of points, eV.
[[nodiscard]] std::pair<double, double> band_range(const BandStructure& bands, std::size_t band);

/// States per eV and cell, both spins, each level a Gaussian.
/// @param weights   of the points, summing to 1
/// @param at        eV, where it is wanted
/// @param width     eV, standard deviation, positive
[[nodiscard]] std::vector<double> density_of_states(std::span<const Eigen::VectorXd> energies,
                                                    std::span<const double> weights,
                                                    std::span<const double> at, double width);

/// A potential that has electrons. Use dynamic_cast to ask whether a Potential is one.
class BandSource {
 public:
  virtual ~BandSource() = default;
  /// @param points fractional coordinates in the reciprocal lattice
  /// @throws what Potential::evaluate throws; InputError for a molecule
  [[nodiscard]] virtual BandStructure bands(const Structure& structure,
                                            std::span<const Eigen::Vector3d> points) const = 0;
};

}  // namespace ionpass
