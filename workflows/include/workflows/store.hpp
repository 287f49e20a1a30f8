// The durable memory of a run folder: evaluations by content, results as documents, and what
// happened when.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <potentials/evaluation.hpp>
#include <potentials/potential.hpp>
#include <structures/structure.hpp>

namespace ionpass::workflows {

/// SHA-256 of everything that decides the numbers of an evaluation.
struct ContentKey {
  std::array<std::uint8_t, 32> bytes{};
  [[nodiscard]] std::string hex() const;
  friend auto operator<=>(const ContentKey&, const ContentKey&) = default;
};

/// Name, version and settings of a potential, one per line: the part of a key that is not geometry.
[[nodiscard]] std::string potential_fingerprint(const PotentialDescription& description);

/// Key of an evaluation: elements, positions and cell to 1e-8 Å, charge to 1e-8 e, what is asked
/// for, and the potential. The guess of a request is no part of it, since it changes only the
/// speed.
/// @throws InputError for positions or a cell that are not finite
[[nodiscard]] ContentKey content_key(const Structure& structure, const EvaluationRequest& request,
                                     const PotentialDescription& description);

/// SHA-256 of a text, in hexadecimal digits: for the provenance of input files.
[[nodiscard]] std::string sha256_hex(std::string_view text);

/// What a store holds, and what it was asked since it was opened.
struct StoreCounters {
  std::size_t evaluations = 0;          ///< different ones stored
  std::size_t computed = 0;             ///< stored by put(), repeats counted
  std::size_t most_often_computed = 0;  ///< 1 if nothing was ever computed twice
  std::size_t found = 0;                ///< answered by find() since opening
};

/// One line of the history of a run folder.
struct StoreEvent {
  std::string time;  ///< UTC, "2026-01-31T12:00:00Z"
  std::string kind;  ///< "start", "stop", "input", "potential", "host", …
  std::string detail;
};

/// The database RUN/ionpass.db. Every put is on disk when it returns, whatever happens to the
/// process afterwards.
class Store {
 public:
  enum class Access {
    read_only,   ///< for reports; takes no lock, changes nothing
    read_write,  ///< for a run; makes folder and database if missing, and locks the folder
  };

  /// @throws InputError if another process works on the folder (naming it), or if the database is
  /// damaged, of another
  ///         program or of a newer version; IoError if it cannot be opened or, read-only, is not
  ///         there
  explicit Store(const std::filesystem::path& run_dir, Access access = Access::read_write);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  /// Bit for bit what was put, but for the incidents, which belong to the run that had them.
  /// @throws IoError, InputError for a damaged entry
  [[nodiscard]] std::optional<Evaluation> find(const ContentKey& key);
  /// True without counting or reading: for estimates.
  [[nodiscard]] bool contains(const ContentKey& key) const;
  /// Stores an evaluation; a second one under the same key only counts. @throws IoError (disk full,
  /// read-only)
  void put(const ContentKey& key, const Evaluation& evaluation,
           const PotentialDescription& description);
  [[nodiscard]] StoreCounters counters() const;

  /// A named JSON text ("result"); replaced whole.
  [[nodiscard]] std::optional<std::string> document(std::string_view name) const;
  void put_document(std::string_view name, std::string_view json);

  void record_event(std::string_view kind, std::string_view detail);
  [[nodiscard]] std::vector<StoreEvent> events() const;

  [[nodiscard]] const std::filesystem::path& run_dir() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// RUN/ionpass.db.
[[nodiscard]] std::filesystem::path database_path(const std::filesystem::path& run_dir);

/// Moves the database of a run folder, and other names in it, to RUN/earlier-N, which is a run
/// folder then; nothing is deleted.
/// @returns that folder; nothing if there was no database
/// @throws InputError if another process works on the folder, IoError
std::optional<std::filesystem::path> set_run_aside(const std::filesystem::path& run_dir,
                                                   std::vector<std::string> names = {});

/// Whether a file system is shared between machines, where SQLite's write-ahead log must not be
/// used.
[[nodiscard]] bool is_network_file_system(const std::filesystem::path& folder);

}  // namespace ionpass::workflows
