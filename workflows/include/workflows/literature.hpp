// Published barriers, with what is known of how far each number can be trusted.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <workflows/results.hpp>

namespace ionpass::workflows {

/// How a number came into the collection.
enum class Verification {
  source,     ///< read in the paper itself
  quoted,     ///< read in another document that quotes the paper
  secondary,  ///< read in neither: carried from memory of the field, to be confirmed before use
};

/// The word used in the file and in reports: the enumerator's name.
[[nodiscard]] std::string to_string(Verification verification);

/// A published value or range of values, eV; low == high for a single number.
struct EnergyRange {
  double low = 0.0;
  double high = 0.0;
};

/// How a material of the collection is recognised.
struct LiteratureMaterial {
  std::string name;                  ///< "MAPbI3"
  std::vector<std::string> aliases;  ///< other names it goes by
  std::string formula;               ///< of one formula unit, any order of elements; may be empty
};

struct LiteratureEntry {
  std::string id;
  std::vector<std::string>
      materials;        ///< names of LiteratureMaterial; empty: about a class of materials
  std::string species;  ///< symbol of the mobile ion; needed with a value
  std::string subject;  ///< what was measured or computed: "I vacancy, +1"
  std::optional<EnergyRange> value;   ///< none: a statement without a number
  std::optional<double> uncertainty;  ///< eV, as the source states it
  std::string method;
  std::string functional;
  std::string supercell;
  std::string charge;  ///< of the defect, as stated; empty: not stated in what was read
  std::string citation;
  std::string doi, arxiv;
  bool doi_checked = false;  ///< the DOI was seen in a document that was read
  Verification verification = Verification::secondary;
  std::string read_in;  ///< for quoted: where
  std::string note;
};

/// An order of barriers that a paper reports: what a study may confirm or not.
struct OrderClaim {
  std::string species;          ///< symbol of the mobile ion
  std::string higher_material;  ///< one-dimensional chain
  double higher = 0.0;          ///< eV
  std::string lower_material;   ///< three-dimensional
  std::vector<double> lower;    ///< eV, all values set against it
  std::string citation, doi;
  Verification verification = Verification::secondary;
  std::string note;
};

/// The spread of published values for nominally the same hop.
struct LiteratureSpread {
  std::string material;
  std::string subject;
  EnergyRange range;
  std::string comment;
};

/// Something said in general, with its source.
struct LiteratureStatement {
  std::string text, source;
  Verification verification = Verification::secondary;
};

struct Literature {
  std::vector<LiteratureMaterial> materials;
  std::vector<LiteratureEntry> entries;
  std::optional<OrderClaim> order;
  std::vector<LiteratureSpread> spreads;
  std::vector<LiteratureStatement> statements;
};

/// Reads the collection (DataPaths::literature).
/// @throws IoError if the file cannot be read, InputError with file, line and column for unknown or
/// missing keys, wrong
///         types, values out of range, materials that are not declared, and ids that occur twice
[[nodiscard]] Literature read_literature(const std::filesystem::path& file);
[[nodiscard]] Literature parse_literature(const std::string& text, const std::string& file);

/// Name in the collection of a material of a study, recognised by its composition or, where that is
/// not decisive, by its name.
[[nodiscard]] std::optional<std::string> literature_name(const Literature& literature,
                                                         const MaterialResult& material);

/// Whether an entry is about this material (by its name in the collection) and its mobile species;
/// statements without a number may be about any.
[[nodiscard]] bool is_about(const LiteratureEntry& entry, const std::string& name,
                            const std::string& species);

/// Whether a computed value was for a defect of another charge than the one studied.
[[nodiscard]] bool has_other_charge(const LiteratureEntry& entry, const MaterialResult& material);

/// Entries about the hops of a material that hold a number, in the order of the file.
[[nodiscard]] std::vector<LiteratureEntry> entries_for(const Literature& literature,
                                                       const MaterialResult& material);

}  // namespace ionpass::workflows
