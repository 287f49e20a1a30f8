// Which orbitals stand where.
#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Dense>

namespace ionpass::tightbinding {

/// Orbitals of one angular momentum on one atom: 2l + 1 of them, ordered m = -l … l (p: y, z, x).
struct Shell {
  std::size_t atom = 0;
  int l = 0;
  Eigen::Index first_orbital = 0;
  double onsite = 0.0;     ///< Hartree
  double hubbard = 0.0;    ///< Hartree
  double reference = 0.0;  ///< electrons of the neutral atom
  [[nodiscard]] Eigen::Index size() const noexcept { return 2 * l + 1; }
};

/// All shells, atom by atom.
struct Basis {
  std::vector<Shell> shells;
  std::vector<std::size_t> first_shell{0};     ///< per atom, and one past the end
  std::vector<Eigen::Index> first_orbital{0};  ///< per atom, and one past the end

  /// Appends a shell to the atom being built: its place follows from what is there.
  void add_shell(int l, double onsite, double hubbard, double reference) {
    shells.push_back({atoms(), l, next_orbital(), onsite, hubbard, reference});
  }
  /// Ends the atom being built.
  void end_atom() {
    first_shell.push_back(shells.size());
    first_orbital.push_back(next_orbital());
  }

  [[nodiscard]] Eigen::Index orbitals() const { return first_orbital.back(); }
  [[nodiscard]] std::size_t atoms() const { return first_shell.size() - 1; }
  /// Electrons of the neutral atoms.
  [[nodiscard]] double reference_electrons() const {
    double sum = 0.0;
    for (const Shell& shell : shells) sum += shell.reference;
    return sum;
  }
  [[nodiscard]] Eigen::Index next_orbital() const {
    return shells.empty() ? 0 : shells.back().first_orbital + shells.back().size();
  }
};

}  // namespace ionpass::tightbinding
