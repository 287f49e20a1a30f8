#include "cases.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <structures/io.hpp>
#include <structures/supercell.hpp>

namespace ionpass::bench {

namespace {

constexpr int iodine = 53;

Structure crystal(const std::string& file, const Eigen::Vector3i& repeats) {
  const auto path = std::filesystem::path(IONPASS_SOURCE_DIR) / "structures/library" / file;
  return make_supercell(read_frame(path).structure, repeats.asDiagonal()).structure;
}

/// Without its first iodide, and with the charge that leaves the host's bonds as they are.
Structure with_vacancy(const Structure& host) {
  const auto found = std::find(host.numbers.begin(), host.numbers.end(), iodine);
  const auto gone = static_cast<Eigen::Index>(found - host.numbers.begin());
  Structure out;
  out.cell = host.cell;
  out.charge = host.charge + 1.0;
  out.positions.resize(3, host.positions.cols() - 1);
  for (Eigen::Index i = 0, next = 0; i < host.positions.cols(); ++i) {
    if (i == gone) continue;
    out.numbers.push_back(host.numbers[static_cast<std::size_t>(i)]);
    out.positions.col(next++) = host.positions.col(i);
  }
  return out;
}

}  // namespace

std::filesystem::path parameter_data() {
  return std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";
}

std::vector<Case> cases() {
  PotentialSettings gamma, general;
  general.kpoints = KpointList{{{Eigen::Vector3d(0.25, 0.25, 0.25), 1.0}}};
  const Structure tetragonal = crystal("MAPbI3-tetragonal.cif", {1, 1, 1});
  const Structure doubled = crystal("MAPbI3-tetragonal.cif", {1, 1, 2});
  const Structure large = crystal("MAPbI3-pseudocubic.cif", {3, 3, 3});
  PotentialSettings gfn1;
  gfn1.name = "gfn1-xtb";
  return {
      {"MAPbI3-47", "MAPbI3, V_I+, 47 atoms", with_vacancy(tetragonal), general},
      {"MAPbI3-95", "MAPbI3, V_I+, 95 atoms", with_vacancy(doubled), general},
      {"PrPyrPbI3-100", "PrPyrPbI3, 100 atoms", crystal("PrPyrPbI3.cif", {1, 1, 1}), gamma},
      {"BnzPyrPbI3-116", "BnzPyrPbI3, 116 atoms", crystal("BnzPyrPbI3.cif", {1, 2, 1}), gamma},
      {"PrPyrPbI3-200", "PrPyrPbI3, 200 atoms", crystal("PrPyrPbI3.cif", {1, 2, 1}), gamma},
      {"GFN1-MAPbI3-96", "GFN1, MAPbI3, 96 atoms", crystal("MAPbI3-pseudocubic.cif", {2, 2, 2}),
       gfn1, Recorded{1.83, 0.024}},
      {"GFN1-PrPyrPbI3-200", "GFN1, PrPyrPbI3, 200 atoms", crystal("PrPyrPbI3.cif", {1, 2, 1}),
       gfn1, Recorded{6.2, 0.116}},
      {"GFN1-MAPbI3-324", "GFN1, MAPbI3, 324 atoms", large, gfn1, Recorded{13.5, 0.66}},
      {"GFN1-MAPbI3-324-threads", "GFN1, MAPbI3, 324 atoms", large, gfn1, {}, 2},
      {"DFTB-MAPbI3-324", "MAPbI3, 324 atoms", large, gamma},
  };
}

Structure displaced(const Structure& structure, double distance) {
  std::mt19937 generator(1);
  Structure out = structure;
  for (auto column : out.positions.colwise()) {
    // Raw numbers of the generator: the distributions of the standard library differ between
    // implementations.
    Eigen::Vector3d direction;
    for (double& x : direction) x = static_cast<double>(generator()) / 2147483648.0 - 1.0;
    column += distance * direction.normalized();
  }
  return out;
}

}  // namespace ionpass::bench
