#include "store/database.hpp"

#include <fmt/format.h>

#include <structures/error.hpp>

namespace ionpass::workflows {
namespace {

constexpr int busy_milliseconds = 5000;

[[noreturn]] void throw_sqlite(const std::filesystem::path& file, int code, std::string_view text) {
  const std::string where = file.string();
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw InputError(fmt::format(
          "{}: is damaged or no database ({}): move it away or start again with --fresh, which "
          "keeps the old file",
          where, text));
    case SQLITE_FULL:
      throw IoError(
          fmt::format("{}: the disk is full: free space and run the same command to "
                      "continue",
                      where));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      throw IoError(
          fmt::format("{}: cannot be opened for this ({}): check that the folder exists "
                      "and its rights, or choose another --run-dir",
                      where, text));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw IoError(
          fmt::format("{}: is locked by another program ({}): close that program and "
                      "run the same command again",
                      where, text));
    default:
      throw IoError(
          fmt::format("{}: {} (SQLite code {}): check the disk and run the same command "
                      "again",
                      where, text, code));
  }
}

std::string percent_encoded(const std::filesystem::path& file) {
  std::string out;
  for (const char c : std::filesystem::absolute(file).string()) {
    const bool plain = c != '%' && c != '?' && c != '#' && static_cast<unsigned char>(c) > ' ';
    out += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

sqlite3* open_handle(const std::string& uri, int flags, const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &handle, flags | SQLITE_OPEN_URI, nullptr);
  if (code != SQLITE_OK) {
    const std::string text = handle != nullptr ? sqlite3_errmsg(handle) : "out of memory";
    sqlite3_close_v2(handle);
    throw_sqlite(file, code, text);
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, busy_milliseconds);
  return handle;
}

bool can_read(sqlite3* handle) {
  const int code =
      sqlite3_exec(handle, "SELECT count(*) FROM sqlite_master", nullptr, nullptr, nullptr) & 0xFF;
  return code != SQLITE_CANTOPEN && code != SQLITE_READONLY;
}

}  // namespace

Database::Database(const std::filesystem::path& file, Mode mode) : file_(file) {
  const std::string uri = "file:" + percent_encoded(file);
  if (mode == Mode::read_write) {
    handle_.reset(open_handle(uri, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, file));
    return;
  }
  // Opened for writing where that is allowed, so that the last one to close tidies the log away;
  // nothing is changed.
  handle_.reset(open_handle(uri, SQLITE_OPEN_READWRITE, file));
  // In a folder that cannot be written the log's index cannot be made; nobody can be writing there
  // either.
  if (!can_read(handle_.get()) && !std::filesystem::exists(file.string() + "-wal"))
    handle_.reset(open_handle(uri + "?immutable=1", SQLITE_OPEN_READONLY, file));
  execute("PRAGMA query_only = ON");
}

void Database::check(int code) const {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  throw_sqlite(file_, code, sqlite3_errmsg(handle_.get()));
}

void Database::execute(const char* sql) {
  check(sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr));
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  database.check(sqlite3_prepare_v2(database.handle(), sql, -1, &handle, nullptr));
  handle_.reset(handle);
}

Statement& Statement::bind_blob(std::span<const std::byte> bytes) {
  // A null pointer would bind NULL, which is not the same as no bytes.
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  database_.check(
      sqlite3_bind_blob64(handle_.get(), next_parameter_++, data, bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  const char* data = text.empty() ? "" : text.data();
  database_.check(sqlite3_bind_text64(handle_.get(), next_parameter_++, data, text.size(),
                                      SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(double value) {
  database_.check(sqlite3_bind_double(handle_.get(), next_parameter_++, value));
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  database_.check(sqlite3_bind_int64(handle_.get(), next_parameter_++, value));
  return *this;
}

Statement& Statement::bind(const std::optional<double>& value) {
  return value ? bind(*value) : bind_null();
}

Statement& Statement::bind_null() {
  database_.check(sqlite3_bind_null(handle_.get(), next_parameter_++));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  database_.check(code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (step()) {
  }
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return {data, data == nullptr ? 0 : size};
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return data == nullptr ? std::string() : std::string(data, size);
}

double Statement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }

std::optional<double> Statement::optional_real(int column) const {
  return is_null(column) ? std::nullopt : std::optional<double>(real(column));
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

}  // namespace ionpass::workflows
