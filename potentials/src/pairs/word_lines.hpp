// Text files of a set: lines of words, with '#' before remarks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace ionpass {

/// Reads one line of words after the other; what is wrong is said with file and line.
class WordLines {
 public:
  /// @param subject begins every message: "three-body potentials" @throws IoError
  WordLines(const std::filesystem::path& file, std::string subject);

  /// To the next line with words; none at the end.
  void advance();
  [[nodiscard]] const std::vector<std::string>& words() const noexcept { return words_; }
  [[nodiscard]] bool at_end() const noexcept { return words_.empty(); }

  [[noreturn]] void fail(const std::string& message) const;  ///< @throws InputError
  /// @throws InputError for anything but a finite number
  [[nodiscard]] double number(const std::string& word) const;
  [[nodiscard]] int integer(const std::string& word, int least, int most) const;

 private:
  std::filesystem::path file_;
  std::string subject_;
  std::istringstream text_;
  std::size_t line_ = 0;
  std::vector<std::string> words_;
};

}  // namespace ionpass
