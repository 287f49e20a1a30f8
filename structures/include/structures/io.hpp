// Reading and writing structures: CIF, POSCAR, extxyz, told apart by content.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Dense>

#include <structures/structure.hpp>

namespace ionpass {

enum class FileFormat { cif, poscar, extxyz };

/// What extxyz can carry beside the atoms: total energy and per-atom forces, and any other key =
/// value of the comment line.
struct FrameData {
  std::optional<double> energy;            ///< eV
  std::optional<Eigen::Matrix3Xd> forces;  ///< eV/Å
  std::optional<Eigen::Matrix3d> stress;   ///< eV/Å³, tension positive
  std::map<std::string, std::string> info;
};

/// One structure of a file, with what the file says about itself.
struct Frame {
  Structure structure;
  FrameData data;
  std::string
      provenance;  ///< where it comes from: leading comment lines of a CIF that say so, else empty
  std::vector<std::string>
      warnings;  ///< assumptions made in reading ("space group 62 taken in its standard setting")
};

/// Which format a text has; by content, with the name as a hint only.
/// @throws InputError if it looks like none of them
[[nodiscard]] FileFormat detect_format(std::string_view text, std::string_view name_hint = {});

/// All structures of a file; "-" is standard input. What gzip packed is unpacked. A CIF gives the
/// first data block that holds atoms. Disordered sites, unknown elements, cells without volume,
/// overlapping atoms, tables cut short, missing hydrogens and formulas that disagree with the atoms
/// are refused, naming the site, the line where known, and what to do.
/// @throws IoError, InputError
[[nodiscard]] std::vector<Frame> read_frames(const std::filesystem::path& path);

/// The only (or last) structure of a file.
[[nodiscard]] Frame read_frame(const std::filesystem::path& path);

/// Parses a text as if read from a file of this name.
[[nodiscard]] std::vector<Frame> parse_frames(std::string_view text, const std::string& name);

/// Writes frames as extxyz that ASE reads back, 10 decimals and more.
void write_extxyz(std::ostream& out, std::span<const Frame> frames);
/// VASP 5 POSCAR, Cartesian; atoms keep their order (a symbol may head several blocks).
void write_poscar(std::ostream& out, const Structure& structure, std::string_view title);
/// CIF in P1 with all atoms of the cell, with the comment lines of the provenance on top.
void write_cif(std::ostream& out, const Structure& structure, std::string_view name,
               std::string_view provenance = {});

/// Writes to a file whole or not at all; the format follows the extension (.cif, .vasp or POSCAR*,
/// .xyz or .extxyz).
/// @throws InputError for an extension it does not know, IoError if the file cannot be written
void write_frames(const std::filesystem::path& path, std::span<const Frame> frames);

/// Refuses what write_frames would refuse, before the work that leads there: an extension that it
/// does not know or that holds one structure only, a folder that is not there.
/// @throws InputError, IoError
void check_output(const std::filesystem::path& path, std::size_t frames = 1);
/// The same for one structure: CIF and POSCAR hold no molecules.
/// @throws InputError, IoError
void check_output(const std::filesystem::path& path, const Structure& structure);

/// Replaces a file by new contents in one step (write aside, flush to disk, rename).
void write_text_file(const std::filesystem::path& path, std::string_view text);
/// The contents of a file; what gzip packed is unpacked, whatever the name.
/// @throws IoError; InputError for packed data that are damaged or stand for more than 256 MiB
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

}  // namespace ionpass
