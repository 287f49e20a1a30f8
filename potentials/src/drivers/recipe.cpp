#include "drivers/recipe.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

/// A node with the file it stands in, for errors.
struct Node {
  YAML::Node yaml;
  const fs::path& file;

  [[noreturn]] void fail(const std::string& message) const {
    const YAML::Mark mark = yaml.Mark();
    throw InputError({file.string(), static_cast<std::size_t>(mark.line + 1),
                      static_cast<std::size_t>(mark.column + 1)},
                     message);
  }
  [[nodiscard]] std::string text() const {
    if (!yaml.IsScalar()) fail("expected a text");
    return yaml.Scalar();
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    if (!yaml.IsSequence()) fail("expected a list of texts");
    std::vector<std::string> out;
    for (const YAML::Node& item : yaml) out.push_back(Node{item, file}.text());
    return out;
  }
};

using Reader = std::function<void(Recipe&, const Node&)>;
using Readers = std::map<std::string, Reader>;

void read_map(Recipe& recipe, const Node& node, const Readers& readers) {
  if (!node.yaml.IsMap()) node.fail("expected 'key: value'");
  for (const auto& entry : node.yaml) {
    const Node key{entry.first, node.file};
    const auto reader = readers.find(key.text());
    if (reader == readers.end()) {
      std::vector<std::string> known;
      for (const auto& [name, unused] : readers) known.push_back(name);
      key.fail(fmt::format("unknown key '{}'; known: {}", key.text(), fmt::join(known, ", ")));
    }
    reader->second(recipe, Node{entry.second, node.file});
  }
}

Program program_of(const Node& node) {
  const std::map<std::string, Program> words = {{"cp2k", Program::cp2k},
                                                {"pw.x", Program::pw},
                                                {"ipi", Program::ipi},
                                                {"command", Program::command},
                                                {"plugin", Program::plugin}};
  const auto found = words.find(node.text());
  if (found == words.end())
    node.fail(
        fmt::format("program: '{}' is not one of cp2k, pw.x, ipi, command, plugin", node.text()));
  return found->second;
}

std::string exchange_of(const Node& node) {
  std::string word = node.text();
  if (word != "socket" && word != "files")
    node.fail(fmt::format("exchange: '{}' is not one of socket, files", word));
  return word;
}

/// A file's name alone: it is written into the folder of a worker, and nowhere else.
void require_plain_name(const Node& node) {
  const std::string name = node.text();
  const bool is_plain = std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._-+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (name.empty() || name.front() == '.' || !is_plain)
    node.fail(
        fmt::format("'{}' is no name of a pseudopotential file; write letters, digits, '.', '_', "
                    "'-', '+' only, and put its folder under 'pseudopotentials'",
                    name));
}

void read_elements(Recipe& recipe, const Node& node) {
  static const std::vector<std::string> known = {"basis", "gth", "potential", "upf"};
  if (!node.yaml.IsMap()) node.fail("elements: expected 'Pb: {...}'");
  for (const auto& entry : node.yaml) {
    const Node symbol{entry.first, node.file};
    const auto number = atomic_number(symbol.text());
    if (!number) symbol.fail(fmt::format("elements: '{}' is no element", symbol.text()));
    const Node data{entry.second, node.file};
    if (!data.yaml.IsMap()) data.fail("expected '{basis: ..., potential: ...}'");
    for (const auto& item : data.yaml) {
      const Node key{item.first, node.file};
      if (std::ranges::find(known, key.text()) == known.end())
        key.fail(fmt::format("unknown key '{}'; known: {}", key.text(), fmt::join(known, ", ")));
      const Node value{item.second, node.file};
      if (key.text() == "upf") require_plain_name(value);
      recipe.elements[*number][key.text()] = value.text();
    }
  }
}

/// Relative to the driver's own folder.
fs::path beside(const Recipe& recipe, const std::string& written) {
  return recipe.file.parent_path() / written;
}

const Readers& recipe_readers() {
  static const Readers readers = {
      {"name", [](Recipe& r, const Node& n) { r.potential.name = "driver/" + n.text(); }},
      {"version", [](Recipe& r, const Node& n) { r.potential.version = n.text(); }},
      {"summary", [](Recipe& r, const Node& n) { r.potential.summary = n.text(); }},
      {"licence", [](Recipe& r, const Node& n) { r.potential.licence = n.text(); }},
      {"citations", [](Recipe& r, const Node& n) { r.potential.citations = n.texts(); }},
      {"accuracy", [](Recipe& r, const Node& n) { r.potential.accuracy = n.texts(); }},
      {"program", [](Recipe& r, const Node& n) { r.program = program_of(n); }},
      {"command", [](Recipe& r, const Node& n) { r.command = n.texts(); }},
      {"exchange", [](Recipe& r, const Node& n) { r.exchange = exchange_of(n); }},
      {"minimum_version", [](Recipe& r, const Node& n) { r.minimum_version = n.text(); }},
      {"template", [](Recipe& r, const Node& n) { r.template_file = beside(r, n.text()); }},
      {"pseudopotentials",
       [](Recipe& r, const Node& n) {
         for (const std::string& folder : n.texts()) r.data.push_back(beside(r, folder));
       }},
      {"gth", [](Recipe& r, const Node& n) { r.gth = beside(r, n.text()); }},
      {"elements", read_elements},
  };
  return readers;
}

}  // namespace

Recipe read_recipe(const fs::path& folder) {
  Recipe recipe;
  recipe.file = folder / "driver.yaml";
  recipe.potential.name = "driver/" + folder.string();
  YAML::Node root;
  try {
    root = YAML::Load(read_text_file(recipe.file));
  } catch (const YAML::Exception& error) {
    throw InputError({recipe.file.string(), static_cast<std::size_t>(error.mark.line + 1),
                      static_cast<std::size_t>(error.mark.column + 1)},
                     fmt::format("not valid YAML: {}", error.msg));
  }
  const Node node{root, recipe.file};
  read_map(recipe, node, recipe_readers());
  if (!root["program"]) node.fail("'program' is missing; say which, as 'program: cp2k'");
  const bool needs_template = recipe.program == Program::cp2k || recipe.program == Program::pw;
  if (needs_template && recipe.template_file.empty())
    node.fail("'template' is missing; name the input file with placeholders");
  return recipe;
}

}  // namespace ionpass::drivers
