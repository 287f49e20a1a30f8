#include "study/yaml_node.hpp"

#include <set>

#include <fmt/format.h>

namespace ionpass::workflows {
namespace {

/// yaml-cpp counts from 0, and marks what is not there with -1.
SourceLocation location(const std::string& file, const YAML::Mark& mark) {
  if (mark.line < 0) return {file, 0, 0};
  return {file, static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

/// yaml-cpp keeps a key that is given twice and answers with the first, so that the second would be
/// ignored silently; and an alias may stand for a list that holds it, which has no end.
void check_nodes(const YAML::Node& node, const std::string& file, std::size_t& left,
                 int depth = 0) {
  constexpr int deepest = 20;  // no key of ours lies deeper than a few levels
  // Aliases of lists of aliases stand for more than any memory holds.
  if (left-- == 0)
    throw InputError(location(file, node.Mark()),
                     "too many values, or aliases of aliases that stand for them; write out what "
                     "is needed");
  if (depth > deepest)
    throw InputError(location(file, node.Mark()),
                     fmt::format("more than {} lists or sections inside each other, or an alias "
                                 "that contains itself; write the values out",
                                 deepest));
  if (node.IsSequence())
    for (const YAML::Node& item : node) check_nodes(item, file, left, depth + 1);
  if (!node.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const SourceLocation where = location(file, entry.first.Mark());
    if (!entry.first.IsScalar()) throw InputError(where, "a key must be a plain word");
    if (!seen.insert(entry.first.Scalar()).second)
      throw InputError(where,
                       fmt::format("{}: given twice; keep one of them", entry.first.Scalar()));
    check_nodes(entry.second, file, left, depth + 1);
  }
}

}  // namespace

YamlNode YamlNode::parse(const std::string& text, const std::string& file,
                         const std::string& shown_by) {
  std::vector<YAML::Node> documents;
  try {
    documents = YAML::LoadAll(text);
  } catch (const YAML::Exception& error) {
    throw InputError(location(file, error.mark), fmt::format("not valid YAML: {}", error.msg));
  }
  if (documents.empty() || !documents.front().IsDefined() || documents.front().IsNull())
    throw InputError({file, 1, 1},
                     fmt::format("the file is empty; '{}' shows what belongs in it", shown_by));
  if (documents.size() > 1)
    throw InputError(location(file, documents[1].Mark()),
                     "a second document begins here; give one per file");
  std::size_t most_values = 100'000;
  check_nodes(documents.front(), file, most_values);
  return {documents.front(), file, ""};
}

SourceLocation YamlNode::where() const { return location(file_, node_.Mark()); }

void YamlNode::fail(const std::string& message) const {
  throw InputError(where(), path_.empty() ? message : path_ + ": " + message);
}

std::vector<YamlNode::Entry> YamlNode::entries(const std::string& what) const {
  if (!is_map()) fail(fmt::format("expected {}, written as 'key: value'", what));
  std::vector<Entry> out;
  for (const auto& entry : node_) {
    const std::string key = entry.first.Scalar();
    const std::string path = path_.empty() ? key : path_ + "." + key;
    YamlNode value(entry.second, file_, path);
    const SourceLocation where = location(file_, entry.first.Mark());
    if (entry.second.IsNull())
      throw InputError(where, path + ": no value given; give one or leave the key out");
    out.push_back({key, where, value});
  }
  return out;
}

std::vector<YamlNode> YamlNode::items(const std::string& what) const {
  if (!is_list()) fail(fmt::format("expected {}, written as '[a, b]'", what));
  std::vector<YamlNode> out;
  for (const YAML::Node& item : node_)
    out.push_back({item, file_, fmt::format("{}[{}]", path_, out.size())});
  return out;
}

std::string YamlNode::text() const {
  if (!is_scalar() || node_.Scalar().empty())
    fail(fmt::format("{} given, expected a text", is_map()    ? "a mapping"
                                                  : is_list() ? "a list"
                                                              : "nothing"));
  return node_.Scalar();
}

double YamlNode::quantity(Dimension dimension) const {
  const std::string written = text();
  try {
    return parse_quantity(written, dimension);
  } catch (const InputError& error) {
    fail(error.what());
  }
}

long long YamlNode::integer() const {
  const std::string written = text();
  try {
    return parse_integer(written);
  } catch (const InputError& error) {
    fail(error.what());
  }
}

bool YamlNode::flag() const {
  const std::string written = text();
  if (written == "true") return true;
  if (written == "false") return false;
  fail(fmt::format("'{}' given, expected true or false", written));
}

}  // namespace ionpass::workflows
