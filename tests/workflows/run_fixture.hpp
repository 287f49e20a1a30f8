// A small study of Lennard-Jones crystals in a folder of its own, and the program that runs it.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <structures/io.hpp>

namespace ionpass::test {

/// A folder that is gone when the test ends.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              (name + "-" + std::to_string(getpid()) + "-" + std::to_string(made_so_far()++))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static int& made_so_far() {
    static int count = 0;
    return count;
  }
  std::filesystem::path path_;
};

/// Four atoms on a face-centred lattice stretched along c, as CIF.
inline std::string fcc_cif(const std::string& element, double a, double c) {
  std::string cif = "data_test\n";
  for (const auto& [key, value] :
       {std::pair{"_cell_length_a", a}, {"_cell_length_b", a}, {"_cell_length_c", c}}) {
    cif += std::string(key) + " " + std::to_string(value) + "\n";
  }
  cif += "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n";
  cif += "_symmetry_space_group_name_H-M 'P 1'\nloop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n";
  cif += "loop_\n_atom_site_label\n_atom_site_type_symbol\n";
  cif += "_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n";
  int i = 0;
  for (const char* place : {"0 0 0", "0.5 0.5 0", "0.5 0 0.5", "0 0.5 0.5"}) {
    cif += element + std::to_string(++i) + " " + element + " " + place + "\n";
  }
  return cif;
}

/// Argon (one hop) and stretched argon (two hops that share an end point); with krypton as a third
/// on request.
inline std::filesystem::path write_study(const std::filesystem::path& folder,
                                         bool with_krypton = false) {
  write_text_file(folder / "cubic.cif", fcc_cif("Ar", 5.26, 5.26));
  write_text_file(folder / "stretched.cif", fcc_cif("Ar", 5.22, 5.36));
  std::string yaml =
      "study: noble-gases\n"
      "materials:\n"
      "  - {name: cubic, structure: cubic.cif}\n"
      "  - {name: stretched, structure: stretched.cif}\n";
  if (with_krypton) {
    write_text_file(folder / "krypton.cif", fcc_cif("Kr", 5.26, 5.26));
    yaml += "  - {name: krypton, structure: krypton.cif, defect: {vacancy: Kr}}\n";
  }
  yaml +=
      "supercell: {repeats: [2, 2, 2]}\n"
      "defect: {vacancy: Ar, charge: 0}\n"
      "hops: {max_distance: 4.2}\n"
      "host: {rattle: 0.1}\n"
      "relax: {fmax: 0.0005}\n"
      "neb: {images: 3, fmax: 0.002}\n"
      "report: {literature: false}\n";
  write_text_file(folder / "study.yaml", yaml);
  return folder / "study.yaml";
}

/// A report without what may differ between two runs of the same study: times.
inline std::string without_times(const std::filesystem::path& report) {
  return std::regex_replace(read_text_file(report), std::regex("\"seconds\": [^,\n}]+"),
                            "\"seconds\": 0");
}

}  // namespace ionpass::test
