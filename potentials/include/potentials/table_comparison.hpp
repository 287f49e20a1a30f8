// Slater–Koster sets as they are on disk: whether their tables make sense, and how far two sets
// differ.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <potentials/skgen.hpp>

namespace ionpass::skgen {

/// One integral of a pair in both sets.
struct ColumnComparison {
  std::string name;  ///< "ppσ", the lower momentum on the first atom
  std::vector<double> hamiltonian, other_hamiltonian;  ///< Hartree, at the pair's distances
  std::vector<double> overlap, other_overlap;
};

/// Largest difference over all columns, and where.
struct LargestDifference {
  double value = 0.0;
  double distance = 0.0;  ///< bohr
  std::string column;
};

struct PairComparison {
  std::string pair;                       ///< "Pb-I": the order of the file's name
  double range = 0.0, other_range = 0.0;  ///< bohr
  std::vector<double> distances;          ///< bohr: rows of the first set up to the shorter range
  std::vector<ColumnComparison> columns;  ///< those that are not zero in both
  LargestDifference hamiltonian, overlap;
};

struct HeaderComparison {
  std::string shell;                          ///< "Pb s"
  double onsite = 0.0, other_onsite = 0.0;    ///< Hartree
  double hubbard = 0.0, other_hubbard = 0.0;  ///< Hartree
};

struct SetComparison {
  std::vector<HeaderComparison> headers;
  std::vector<PairComparison> pairs;
  std::vector<std::string> missing;  ///< pairs that only one set has
};

/// @param set   folders of the sets (with set.yaml, or bare .skf files)
/// @param from  closest distance that counts, bohr
/// @throws InputError for sets without a common pair, or malformed files
[[nodiscard]] SetComparison compare_sets(const std::filesystem::path& set,
                                         const std::filesystem::path& other, double from = 1.0);

/// What one pair's files say of themselves.
struct PairCheck {
  std::string pair;
  double range = 0.0;  ///< bohr
  std::vector<QualityCheck> checks;
};

/// Reads all tables of a set and checks each pair: both files agree on what they share, smoothness,
/// overlaps below 1, the value where the table ends.
[[nodiscard]] std::vector<PairCheck> check_set(const std::filesystem::path& set, double from = 1.0);

}  // namespace ionpass::skgen
