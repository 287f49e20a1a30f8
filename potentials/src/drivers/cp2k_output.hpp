// What CP2K writes (PRINT_LEVEL LOW), as numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <Eigen/Dense>

#include "drivers/program_output.hpp"

namespace ionpass::drivers {

/// The number behind the last colon of the last line that holds a text.
[[nodiscard]] std::optional<double> last_number(std::string_view text, std::string_view marker);

/// The last table of forces, eV/Å, one column per atom.
/// @throws DriverError truncated_output, wrong_atom_count
[[nodiscard]] Eigen::Matrix3Xd read_forces(std::string_view text, std::size_t atoms,
                                           const ProgramOutput& output);

/// eV/Å³, tension positive. CP2K gives GPa, as "STRESS| Analytical stress tensor [GPa]", a line of
/// axes and three rows; its sign is that of a pressure.
[[nodiscard]] std::optional<Eigen::Matrix3d> read_stress(std::string_view text);

/// How electrons are assigned to atoms: Mulliken, J. Chem. Phys. 23, 1833 (1955); Hirshfeld, Theor.
/// Chim. Acta 44, 129 (1977).
enum class ChargeAnalysis { mulliken, hirshfeld };
[[nodiscard]] std::string_view to_string(ChargeAnalysis analysis);

/// The analysis that a template asks for with a section of its name; of both, Hirshfeld's.
[[nodiscard]] std::optional<ChargeAnalysis> charges_asked_for(std::string template_text);

/// The last table of net charges, e, one per atom; nothing if there is none.
/// @throws DriverError truncated_output for a table that is not whole
[[nodiscard]] std::optional<Eigen::VectorXd> read_charges(std::string_view text,
                                                          ChargeAnalysis analysis,
                                                          std::size_t atoms,
                                                          const ProgramOutput& output);

}  // namespace ionpass::drivers
