// Results to standard output or a file, everything else to standard error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Dense>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace ionpass::workflows {

/// Writes a result to standard output. @throws IoError, for a full disk behind a redirection
void print_result(std::string_view text);
/// To a file, whole or not at all, or to standard output if the name is empty or "-".
void write_result(const std::string& file, std::string_view text);

/// One line on standard error, unless the user wants it quiet.
void print_warning(const Invocation& invocation, const std::string& text);
void print_note(const Invocation& invocation, const std::string& text);

/// The beginning of a long text in one line: an answer of a program may have pages.
[[nodiscard]] std::string in_brief(std::string text);

/// A table with columns as wide as their entries; a column of numbers is aligned to the right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// JSON with members in the order they are written.
using Json = nlohmann::ordered_json;
[[nodiscard]] std::string json_text(const Json& json);
/// Columns become the inner lists: one per atom, or one per cell vector.
[[nodiscard]] Json json_columns(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

/// "1 atom", "2 atoms".
[[nodiscard]] std::string counted(std::size_t n, std::string_view noun);

}  // namespace ionpass::workflows
