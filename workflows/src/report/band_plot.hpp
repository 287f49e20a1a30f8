// A plot of band energies, drawn by gnuplot as an SVG file of its own.
#pragma once

#include <string>

#include <potentials/bands.hpp>
#include <potentials/kpath.hpp>

namespace ionpass::workflows::report {

/// Bands within 4 eV of the Fermi level along a path, counted from the valence top (the Fermi level
/// if there is no gap).
/// @throws BackendError if gnuplot is missing or draws nothing
[[nodiscard]] std::string band_plot(const KpointPath& path, const BandStructure& bands);

}  // namespace ionpass::workflows::report
