// Numbers from the free format of .skf files: blanks or commas between them, repeats "19*0.0",
// Fortran exponents "1.0D-3".
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

namespace ionpass::dftb {

/// Reads a text line by line, appending numbers.
class NumberReader {
 public:
  NumberReader(std::string_view text, std::filesystem::path file, std::size_t first_line = 1);

  /// The next line, without its end. @throws InputError at the end of the text, naming what was
  /// expected
  std::string_view line(std::string_view expected);
  [[nodiscard]] bool at_end() const noexcept { return position_ >= text_.size(); }
  /// Numbers of the next line; the vector is replaced. @throws InputError for text that is not a
  /// number
  void numbers(std::vector<double>& out, std::string_view expected);
  [[nodiscard]] std::size_t line_number() const noexcept {
    return line_;
  }                                                        ///< of the line read last
  [[noreturn]] void fail(std::string_view message) const;  ///< InputError at the line read last
  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

 private:
  void parse(std::string_view line, std::vector<double>& out) const;

  std::string_view text_;
  std::filesystem::path file_;
  std::size_t position_ = 0;
  std::size_t line_;
};

}  // namespace ionpass::dftb
