#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <system_error>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/vfs.h>

#include <structures/error.hpp>
#include <workflows/store.hpp>

#include "store/database.hpp"
#include "store/evaluation_row.hpp"
#include "store/run_lock.hpp"
#include "store/system.hpp"
#include "study/run_names.hpp"

namespace ionpass::workflows {
namespace {

constexpr std::int64_t application_id = 0x696f6e70;  // "ionp": marks the file as ours
constexpr std::int64_t schema_version = 1;

// The two numbers at the end are application_id and schema_version.
constexpr const char* create_schema = R"(
BEGIN IMMEDIATE;
CREATE TABLE evaluations (
  key BLOB PRIMARY KEY,
  energy REAL NOT NULL, free_energy REAL NOT NULL, forces BLOB NOT NULL, stress BLOB, charges BLOB,
  fermi REAL, gap REAL, converged INTEGER NOT NULL, iterations INTEGER NOT NULL,
  component_names TEXT NOT NULL, component_values BLOB NOT NULL, state BLOB NOT NULL,
  seconds REAL NOT NULL,
  atoms INTEGER NOT NULL, potential TEXT NOT NULL, times_computed INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE documents (name TEXT PRIMARY KEY, json TEXT NOT NULL, updated TEXT NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, time TEXT NOT NULL, kind TEXT NOT NULL,
                     detail TEXT NOT NULL);
PRAGMA application_id = 1768910448;
PRAGMA user_version = 1;
COMMIT;
)";
static_assert(application_id == 1768910448 && schema_version == 1);

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::int64_t single_integer(Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? statement.integer(0) : 0;
}

void require_our_schema(Database& database) {
  const std::string file = database.file().string();
  if (single_integer(database, "PRAGMA application_id") != application_id)
    throw InputError(fmt::format(
        "{}: is a database of another program: choose another --run-dir or move it away", file));
  const std::int64_t version = single_integer(database, "PRAGMA user_version");
  if (version != schema_version)
    throw InputError(fmt::format(
        "{}: has layout {}, this program reads layout {}: use the version of ionpass that made it, "
        "or start again with --fresh, which keeps the old file",
        file, version, schema_version));
}

void prepare(Database& database, const std::filesystem::path& run_dir) {
  // Asked before anything is written, so that a foreign file stays as it is.
  const bool empty = single_integer(database, "SELECT count(*) FROM sqlite_master") == 0 &&
                     single_integer(database, "PRAGMA application_id") == 0;
  if (!empty) require_our_schema(database);
  // The write-ahead log needs memory shared between processes, which no network file system gives.
  database.execute(is_network_file_system(run_dir) ? "PRAGMA journal_mode = DELETE"
                                                   : "PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = FULL");
  if (empty) database.execute(create_schema);
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

std::span<const std::byte> key_bytes(const ContentKey& key) {
  return std::as_bytes(std::span(key.bytes));
}

/// Opening and closing writes the log back into the database, so that one file holds everything; a
/// damaged one moves as it is.
void fold_log(const std::filesystem::path& file) {
  try {
    Database database(file, Database::Mode::read_write);
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const Error&) {
    return;
  }
}

Database open_for_reading(const std::filesystem::path& run_dir) {
  const std::filesystem::path file = database_path(run_dir);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw IoError(
        fmt::format("{}: no ionpass.db in it: give the run folder of a study", run_dir.string()));
  return {file, Database::Mode::read_only};
}

}  // namespace

struct Store::State {
  std::filesystem::path run_dir;
  std::optional<RunLock> lock;  // before the database: it must outlive it
  std::optional<Database> database;
  std::size_t found = 0;
};

Store::Store(const std::filesystem::path& run_dir, Access access)
    : state_(std::make_unique<State>()) {
  state_->run_dir = run_dir;
  if (access == Access::read_only) {
    state_->database.emplace(open_for_reading(run_dir));
    require_our_schema(*state_->database);
    return;
  }
  make_folder(run_dir);
  state_->lock.emplace(run_dir);
  state_->database.emplace(database_path(run_dir), Database::Mode::read_write);
  prepare(*state_->database, run_dir);
}

Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

std::optional<Evaluation> Store::find(const ContentKey& key) {
  static const std::string sql =
      fmt::format("SELECT {} FROM evaluations WHERE key = ?", evaluation_columns);
  Statement statement(*state_->database, sql.c_str());
  statement.bind_blob(key_bytes(key));
  if (!statement.step()) return std::nullopt;
  ++state_->found;
  try {
    return read_evaluation(statement);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: evaluation {}: {}", state_->database->file().string(),
                                 key.hex(), error.what()));
  }
}

bool Store::contains(const ContentKey& key) const {
  Statement statement(*state_->database, "SELECT 1 FROM evaluations WHERE key = ?");
  statement.bind_blob(key_bytes(key));
  return statement.step();
}

void Store::put(const ContentKey& key, const Evaluation& evaluation,
                const PotentialDescription& description) {
  static const std::string sql = fmt::format(
      "INSERT INTO evaluations (key, {}, atoms, potential) VALUES (?{}) ON CONFLICT (key) DO "
      "UPDATE "
      "SET times_computed = times_computed + 1",
      evaluation_columns, repeated(", ?", evaluation_column_count + 2));
  Statement statement(*state_->database, sql.c_str());
  statement.bind_blob(key_bytes(key));
  bind_evaluation(statement, evaluation);
  statement.bind(std::int64_t{evaluation.forces.cols()}).bind(description.name);
  statement.run();
}

StoreCounters Store::counters() const {
  Statement statement(*state_->database,
                      "SELECT count(*), total(times_computed), max(times_computed) FROM "
                      "evaluations");
  StoreCounters out;
  if (statement.step()) {
    out.evaluations = static_cast<std::size_t>(statement.integer(0));
    out.computed = static_cast<std::size_t>(statement.integer(1));
    out.most_often_computed = static_cast<std::size_t>(statement.integer(2));
  }
  out.found = state_->found;
  return out;
}

std::optional<std::string> Store::document(std::string_view name) const {
  Statement statement(*state_->database, "SELECT json FROM documents WHERE name = ?");
  statement.bind(name);
  return statement.step() ? std::optional<std::string>(statement.text(0)) : std::nullopt;
}

void Store::put_document(std::string_view name, std::string_view json) {
  Statement statement(*state_->database,
                      "INSERT INTO documents (name, json, updated) VALUES (?, ?, ?) ON CONFLICT "
                      "(name) DO UPDATE SET json = excluded.json, updated = excluded.updated");
  statement.bind(name).bind(json).bind(utc_now()).run();
}

void Store::record_event(std::string_view kind, std::string_view detail) {
  Statement statement(*state_->database,
                      "INSERT INTO events (time, kind, detail) VALUES (?, ?, ?)");
  statement.bind(utc_now()).bind(kind).bind(detail).run();
}

std::vector<StoreEvent> Store::events() const {
  Statement statement(*state_->database, "SELECT time, kind, detail FROM events ORDER BY id");
  std::vector<StoreEvent> out;
  while (statement.step()) out.push_back({statement.text(0), statement.text(1), statement.text(2)});
  return out;
}

const std::filesystem::path& Store::run_dir() const noexcept { return state_->run_dir; }

std::filesystem::path database_path(const std::filesystem::path& run_dir) {
  return run_dir / database_file;
}

std::optional<std::filesystem::path> set_run_aside(const std::filesystem::path& run_dir,
                                                   std::vector<std::string> names) {
  const std::filesystem::path database = database_path(run_dir);
  std::error_code error;
  if (!std::filesystem::exists(database, error)) return std::nullopt;
  const RunLock lock(run_dir);
  int number = 1;
  const auto aside = [&] { return run_dir / fmt::format("{}{}", earlier_run, number); };
  while (std::filesystem::exists(aside(), error)) ++number;
  fold_log(database);
  make_folder(aside());
  // The database last: while it is here, the folder is known as that of a run.
  for (const char* suffix : {"-shm", "-wal", "-journal", ""})
    names.push_back(std::string(database_file) + suffix);
  for (const std::string& name : names) {
    if (!std::filesystem::exists(run_dir / name, error)) continue;
    std::filesystem::rename(run_dir / name, aside() / name, error);
    if (error)
      throw IoError(fmt::format("{}: cannot be moved ({}): check the rights of the folder",
                                (run_dir / name).string(), error.message()));
  }
  return aside();
}

bool is_network_file_system(const std::filesystem::path& folder) {
  // Magic numbers from statfs(2), and of those it does not list from the headers of the file
  // systems.
  constexpr std::array<std::uint32_t, 9> network = {
      0x6969,      // NFS
      0x0BD00BD0,  // Lustre
      0x47504653,  // GPFS
      0xFF534D42,  // CIFS
      0xFE534D42,  // SMB2
      0x517B,      // SMB
      0x00C36400,  // Ceph
      0x5346414F,  // AFS
      0x19830326,  // BeeGFS
  };
  struct statfs info {};
  if (statfs(folder.c_str(), &info) != 0) return false;
  const auto type = static_cast<std::uint32_t>(info.f_type);
  return std::ranges::find(network, type) != network.end();
}

}  // namespace ionpass::workflows
