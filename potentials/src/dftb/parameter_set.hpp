// A set of DFTB parameters: a folder of .skf files, or one that adds its own repulsion to another
// set.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <potentials/potential.hpp>
#include <potentials/registry.hpp>
#include <potentials/three_body.hpp>

#include "dftb/radial_table.hpp"
#include "dftb/skf.hpp"
#include "pairs/fitted_range.hpp"
#include "shifts.hpp"
#include "tightbinding/model.hpp"
#include "tightbinding/slater_koster.hpp"

namespace ionpass::dftb {

using tightbinding::BondIntegrals;
using tightbinding::ChargeResolution;

/// What the folder's `set.yaml` says; a folder without one gets defaults.
struct SetDescription {
  PotentialDescription potential;  ///< name, version, licence, citations, accuracy
  std::filesystem::path folder;    ///< of this set
  std::filesystem::path
      tables;  ///< folder of the .skf files with the electronic tables (its own, or its base set's)
  std::filesystem::path splines;  ///< folder of .spl files that replace the repulsion, or empty
  std::filesystem::path three_body_file;  ///< of three-body potentials, or empty
  std::vector<calibrate::ThreeBodyGroup> three_body;
  std::map<int, int> highest_l;  ///< per atomic number, where the set says it
  ChargeResolution charges = ChargeResolution::atom;
  bool holds_dispersion = false;  ///< fitted into the repulsion: none may be added
  std::optional<D3Damping> d3;    ///< dispersion that the set was fitted with
  FittedRange fitted;             ///< the data that its repulsion was fitted to
  ParameterShifts shifts;         ///< of the tables' own atomic parameters, those of the base in it
};

/// Reads `set.yaml` of a folder, and of its base set next to it.
/// @throws InputError, IoError
[[nodiscard]] SetDescription read_set_description(const std::filesystem::path& folder);

/// Parameters of one element.
struct ElementParameters {
  int highest_l = 0;
  AtomParameters atom;
};

/// Integrals between two elements in both orders, ready for evaluation.
class PairTable {
 public:
  PairTable(int highest_l_a, int highest_l_b, const SkFile& ab, const SkFile& ba);

  [[nodiscard]] double range() const noexcept;  ///< bohr
  /// Hamiltonian and overlap integrals of all shell pairs at distance r.
  struct Values {
    BondIntegrals hamiltonian[max_l + 1][max_l + 1];
    BondIntegrals overlap[max_l + 1][max_l + 1];
  };
  void evaluate(double r, Values& out) const;

 private:
  struct Source {
    int l_a = 0, l_b = 0, m = 0;
    Eigen::Index row = 0;
    double sign = 1.0;
  };
  struct Part {         // the integrals taken from one of the two files
    RadialTable table;  // all Hamiltonian rows, then all overlap rows
    std::vector<Source> sources;
  };
  static Part make_part(const SkFile& file, std::vector<Source> sources);
  Part forward_, backward_;
};

/// The parameters that one structure's elements need.
class ParameterSet {
 public:
  /// Loads the files of these elements.
  /// @throws UnsupportedElement naming the element or pair that has no file
  ParameterSet(const SetDescription& description, std::span<const int> elements);

  [[nodiscard]] const ElementParameters& element(int number) const { return elements_.at(number); }
  [[nodiscard]] const PairTable& tables(int a, int b) const { return tables_.at({a, b}); }
  [[nodiscard]] const PairRepulsion& repulsion(int a, int b) const {
    return repulsions_.at({a, b});
  }
  [[nodiscard]] double table_range() const noexcept {
    return table_range_;
  }  ///< bohr, longest of all pairs
  [[nodiscard]] double repulsion_range() const noexcept { return repulsion_range_; }  ///< bohr

 private:
  std::map<int, ElementParameters> elements_;
  std::map<std::pair<int, int>, PairTable> tables_;
  std::map<std::pair<int, int>, PairRepulsion> repulsions_;
  double table_range_ = 0.0, repulsion_range_ = 0.0;
};

/// Pairs of these elements that have no repulsion, each once, the lower atomic number first.
[[nodiscard]] std::vector<std::pair<int, int>> pairs_without_repulsion(
    const ParameterSet& parameters, std::span<const int> elements);

/// Elements that have a homonuclear file in the set.
[[nodiscard]] std::vector<int> available_elements(const SetDescription& description);

}  // namespace ionpass::dftb
