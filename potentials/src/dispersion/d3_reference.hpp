// Reference data of the D3 dispersion correction.
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::dispersion {

/// One element: its reference systems and radii.
struct D3Element {
  std::vector<double> coordination;  ///< of the reference systems
  double moment_ratio = 0.0;         ///< Q = sqrt(½ √Z <r⁴>/<r²>), bohr: C8 = 3 Q_A Q_B C6
  double covalent_radius = 0.0;      ///< bohr, without the factor 4/3
};

/// The tables for Z = 1 to 86. S. Grimme, J. Antony, S. Ehrlich, H. Krieg, J. Chem. Phys. 132,
/// 154104 (2010).
class D3Reference {
 public:
  /// @param folder with elements.yaml and c6.csv
  /// @throws IoError, InputError with file and line
  explicit D3Reference(const std::filesystem::path& folder);

  /// @throws UnsupportedElement
  [[nodiscard]] const D3Element& element(int number) const;
  /// C6 of the pairs of reference systems, Hartree bohr⁶: rows those of a, columns those of b.
  [[nodiscard]] Eigen::MatrixXd c6(int a, int b) const;

 private:
  void read_elements(const std::filesystem::path& file);
  void read_c6(const std::filesystem::path& file);
  [[nodiscard]] static std::size_t slot(int a, int b) {
    return static_cast<std::size_t>(a * (a - 1) / 2 + b - 1);  // a >= b
  }

  std::vector<D3Element> elements_;      // by Z - 1
  std::vector<std::vector<double>> c6_;  // pairs a >= b, systems of a slow
};

}  // namespace ionpass::dispersion
