// SQLite with values instead of handles: a connection, a statement, and errors that say what to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace ionpass::workflows {

/// An open database file.
class Database {
 public:
  enum class Mode { read_only, read_write };

  /// @throws IoError, InputError as Store says
  Database(const std::filesystem::path& file, Mode mode);

  void execute(const char* sql);
  /// Throws unless `code` is a success: IoError for the disk, InputError for a damaged or foreign
  /// file.
  void check(int code) const;
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// One prepared statement; columns and parameters are bound in order. Lives no longer than its
/// database.
class Statement {
 public:
  Statement(Database& database, const char* sql);

  Statement& bind_blob(std::span<const std::byte> bytes);
  Statement& bind(std::string_view text);
  Statement& bind(double value);
  Statement& bind(std::int64_t value);
  Statement& bind(const std::optional<double>& value);
  Statement& bind_null();

  /// True if there is a row to read.
  [[nodiscard]] bool step();
  /// For statements without rows.
  void run();

  [[nodiscard]] std::span<const std::byte> blob(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::optional<double> optional_real(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
  };
  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int next_parameter_ = 1;
};

}  // namespace ionpass::workflows
