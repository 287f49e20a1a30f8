// The errors a caller can tell apart. Messages say what, where, the value and what to do; lower
// case, no full stop.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace ionpass {

/// Base of every error the library throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A place in an input file; lines and columns count from 1, 0 means "not known".
struct SourceLocation {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;

  /// "file:line:column", leaving out what is not known.
  [[nodiscard]] std::string text() const {
    std::string out = file;
    if (line > 0) {
      out.append(1, ':').append(std::to_string(line));
      if (column > 0) out.append(1, ':').append(std::to_string(column));
    }
    return out;
  }
};

/// Input that cannot be used (exit code 2). The message already carries the location.
class InputError : public Error {
 public:
  using Error::Error;
  InputError(const SourceLocation& where, const std::string& message)
      : Error(where.file.empty() ? message : where.text() + ": " + message) {}
};

/// A file that cannot be opened, read or written (exit code 2).
class IoError : public Error {
 public:
  using Error::Error;
};

/// A potential that has no parameters for an element, or for a pair of elements (exit code 2).
class UnsupportedElement : public InputError {
 public:
  using InputError::InputError;
};

/// A self-consistent calculation that did not converge; its numbers must not be used (exit code 3).
class ConvergenceError : public Error {
 public:
  using Error::Error;
};

/// An energy backend that failed: it gave no number, or an absurd one (exit code 3).
class BackendError : public Error {
 public:
  using Error::Error;
};

}  // namespace ionpass
