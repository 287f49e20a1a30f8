// Input files of other programs with places to fill in.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <structures/error.hpp>

namespace ionpass::drivers {

/// A text with placeholders. `{name}` is replaced by a value; `{if flag: A | B}` by A where the
/// flag holds and by B (which may be left out) where it does not, neither of which holds braces;
/// `{{` and `}}` stand for braces.
class InputTemplate {
 public:
  /// @param names of all placeholders, @param flags that `if` may ask for
  /// @throws InputError with file, line and column for anything else in braces, with the names
  /// there are
  static InputTemplate parse(std::string_view text, const std::string& file,
                             const std::set<std::string>& names,
                             const std::set<std::string>& flags);

  [[nodiscard]] bool uses(const std::string& name) const { return used_.contains(name); }

  /// @param values of every placeholder that is used, @param flags those that hold
  [[nodiscard]] std::string render(const std::map<std::string, std::string>& values,
                                   const std::set<std::string>& flags) const;

 private:
  struct Part {
    enum class Kind { text, value, choice } kind = Kind::text;
    std::string text;     ///< or the name of the placeholder or flag
    std::string yes, no;  ///< of a choice
  };
  std::vector<Part> parts_;
  std::set<std::string> used_;
};

/// Where byte `offset` of a text is.
[[nodiscard]] SourceLocation location_in(std::string_view text, std::size_t offset,
                                         const std::string& file);

}  // namespace ionpass::drivers
