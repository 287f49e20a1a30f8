// GTH pseudopotentials of CP2K's data as files that Quantum ESPRESSO reads.
#pragma once

#include <filesystem>
#include <string>

namespace ionpass::drivers {

/// One entry of CP2K's file of pseudopotentials (Goedecker, Teter & Hutter, Phys. Rev. B 54, 1703
/// (1996); Krack, Theor. Chem. Acc. 114, 145 (2005)) in ABINIT's format 10 (Hartwigsen, Goedecker
/// & Hutter, Phys. Rev. B 58, 3641 (1998)), which pw.x reads from files named *.gth.
/// @param name of the entry, "GTH-PBE-q4"
/// @throws DriverError not_found if the file or the entry is not there, InputError for a damaged
/// one
[[nodiscard]] std::string gth_for_pw(const std::filesystem::path& file, int number,
                                     const std::string& name);

}  // namespace ionpass::drivers
