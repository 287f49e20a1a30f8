// Physical constants (CODATA 2018: Tiesinga et al., Rev. Mod. Phys. 93, 025010 (2021)) and
// conversions, once for the whole project.
#pragma once

#include <numbers>

namespace ionpass::units {

inline constexpr double bohr = 0.529177210903;                               ///< Å
inline constexpr double hartree = 27.211386245988;                           ///< eV
inline constexpr double boltzmann = 8.617333262145e-5;                       ///< eV/K (exact SI)
inline constexpr double boltzmann_hartree = boltzmann / hartree;             ///< Ha/K
inline constexpr double planck = 4.135667696923859e-15;                      ///< eV s (exact SI)
inline constexpr double elementary_charge = 1.602176634e-19;                 ///< C (exact SI)
inline constexpr double hartree_per_bohr = hartree / bohr;                   ///< eV/Å
inline constexpr double hartree_per_bohr3 = hartree / (bohr * bohr * bohr);  ///< eV/Å³
inline constexpr double gigapascal = 1.0 / 160.21766208;                     ///< eV/Å³ in one GPa
/// eV fs²/Å² in one unified atomic mass unit (1.66053906660e-27 kg).
inline constexpr double atomic_mass_unit = 1.66053906660e-17 / elementary_charge;
inline constexpr double two_pi = 2.0 * std::numbers::pi;

}  // namespace ionpass::units
