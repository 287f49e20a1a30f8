// YAML with its place in the file: every error names file, line and column.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include <structures/error.hpp>

#include "study/quantity.hpp"

namespace ionpass::workflows {

/// A node, the file it stands in, and its name ("neb.fmax").
class YamlNode {
 public:
  /// @throws InputError for broken YAML, several documents, an empty file, or a key given twice
  /// anywhere in it
  /// @param shown_by the command that shows the keys of such a file
  static YamlNode parse(const std::string& text, const std::string& file,
                        const std::string& shown_by = "ionpass schema");

  [[nodiscard]] SourceLocation where() const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Throws InputError with this place and name in front of the message.
  [[noreturn]] void fail(const std::string& message) const;

  [[nodiscard]] bool is_map() const { return node_.IsMap(); }
  [[nodiscard]] bool is_list() const { return node_.IsSequence(); }
  [[nodiscard]] bool is_scalar() const { return node_.IsScalar(); }

  /// A key of a map, with its own place, and its value.
  struct Entry;
  /// @param what the map must hold, for the error if this is none
  [[nodiscard]] std::vector<Entry> entries(const std::string& what) const;
  /// @param what the list must hold, for the error if this is none
  [[nodiscard]] std::vector<YamlNode> items(const std::string& what) const;

  [[nodiscard]] std::string text() const;  ///< not empty
  [[nodiscard]] double quantity(Dimension dimension) const;
  [[nodiscard]] long long integer() const;
  [[nodiscard]] bool flag() const;  ///< true or false, nothing else

 private:
  YamlNode(const YAML::Node& node, std::string file, std::string path)
      : node_(node), file_(std::move(file)), path_(std::move(path)) {}

  YAML::Node node_;
  std::string file_;
  std::string path_;
};

struct YamlNode::Entry {
  std::string key;
  SourceLocation where;  ///< of the key
  YamlNode value;        ///< its path ends with the key
};

}  // namespace ionpass::workflows
