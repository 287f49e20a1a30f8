#include "skgen/set_files.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

namespace ionpass::skgen {
namespace {

namespace fs = std::filesystem;

std::string highest_shell(const ElementRecipe& element) {
  int l = 0;
  for (const std::size_t index : element.valence) l = std::max(l, element.shells[index].l);
  return std::string(1, "spdf"[l]);
}

/// Copies the splines of the set's pairs. Returns the pairs that have none.
std::vector<std::string> copy_repulsion(const Recipe& recipe, const fs::path& target) {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < recipe.elements.size(); ++i)
    for (std::size_t k = i; k < recipe.elements.size(); ++k) {
      std::string a(element_symbol(recipe.elements[i].number));
      std::string b(element_symbol(recipe.elements[k].number));
      if (a > b) std::swap(a, b);
      const std::string name = fmt::format("{}-{}.spl", a, b);
      if (!fs::exists(recipe.repulsion / name)) {
        missing.push_back(a + "-" + b);
        continue;
      }
      fs::create_directories(target);
      write_text_file(target / name, read_text_file(recipe.repulsion / name));
    }
  return missing;
}

std::vector<std::string> accuracy(const Recipe& recipe, const std::vector<std::string>& missing) {
  if (recipe.repulsion.empty())
    return {
        "no repulsion: bands and charges only; forces, geometries and barriers from this set mean "
        "nothing"};
  std::vector<std::string> out{
      "the repulsion was taken from elsewhere: check that it was fitted to these tables"};
  if (!missing.empty())
    out.push_back(fmt::format("no repulsion for the pairs {}", fmt::join(missing, ", ")));
  return out;
}

void emit_list(YAML::Emitter& out, const char* key, const std::vector<std::string>& items) {
  out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (const std::string& item : items) out << YAML::DoubleQuoted << item;
  out << YAML::EndSeq;
}

}  // namespace

void prepare_folder(const Recipe& recipe, const GenerationSettings& settings) {
  fs::create_directories(settings.folder);
  const fs::path own = settings.folder / "recipe.yaml";
  if (!fs::exists(own)) {
    for (const auto& entry : fs::directory_iterator(settings.folder))
      if (entry.path().extension() == ".skf" || entry.path().filename() == "set.yaml")
        throw InputError(fmt::format(
            "{}: holds a set that was not made here (it has no recipe.yaml); choose another folder",
            settings.folder.string()));
  }
  write_text_file(own, recipe.text);
}

void write_set_files(const Recipe& recipe, const ExchangeCorrelation& functional,
                     const GenerationSettings& settings) {
  std::vector<std::string> missing;
  if (!recipe.repulsion.empty()) missing = copy_repulsion(recipe, settings.folder / "repulsion");
  YAML::Emitter out;
  out << YAML::Comment(fmt::format("Made by {} from recipe.yaml.", settings.program));
  out << YAML::BeginMap;
  const auto text = [&](const char* key, const std::string& value) {
    if (!value.empty()) out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  };
  text("name", recipe.name);
  text("version", recipe.version);
  text("summary", recipe.summary);
  text("licence", recipe.licence);
  text("charges", "shell");
  out << YAML::Key << "shells" << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const ElementRecipe& element : recipe.elements)
    out << YAML::Key << std::string(element_symbol(element.number)) << YAML::Value
        << highest_shell(element);
  out << YAML::EndMap;
  if (!recipe.repulsion.empty()) text("splines", "repulsion");
  std::vector<std::string> citations = recipe.citations;
  for (const std::string& citation : functional.citations()) citations.push_back(citation);
  emit_list(out, "citations", citations);
  emit_list(out, "accuracy", accuracy(recipe, missing));
  out << YAML::EndMap;
  write_text_file(settings.folder / "set.yaml", std::string(out.c_str()) + "\n");
}

}  // namespace ionpass::skgen
