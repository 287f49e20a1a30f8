// Reading the collection of published barriers, with every mistake located.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/literature.hpp>

namespace ionpass::workflows {

namespace {

constexpr double largest_energy = 10.0;  // eV; a barrier above it is a slip of the pen

/// One mapping of the file, with its place for messages.
class Section {
 public:
  Section(const YAML::Node& node, std::string file, std::string path)
      : node_(node), file_(std::move(file)), path_(std::move(path)) {
    if (!node_.IsMap()) fail(node_, "a mapping of keys is needed");
  }

  [[noreturn]] void fail(const YAML::Node& where, const std::string& what) const {
    const YAML::Mark mark = where.Mark();
    SourceLocation location{file_};
    if (!mark.is_null()) {
      location.line = static_cast<std::size_t>(mark.line) + 1;
      location.column = static_cast<std::size_t>(mark.column) + 1;
    }
    throw InputError(location, path_ + ": " + what);
  }

  void allow(std::initializer_list<const char*> keys) const {
    std::set<std::string> seen;
    for (const auto& item : node_) {
      const auto key = item.first.as<std::string>();
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        fail(item.first,
             fmt::format("unknown key \"{}\"; known are {}", key, fmt::join(keys, ", ")));
      }
      if (!seen.insert(key).second) fail(item.first, fmt::format("key \"{}\" given twice", key));
    }
  }

  [[nodiscard]] YAML::Node find(const char* key) const {
    const YAML::Node& node = node_;
    const YAML::Node value = node[key];
    return value.IsDefined() && !value.IsNull() ? value : YAML::Node(YAML::NodeType::Undefined);
  }

  [[nodiscard]] YAML::Node need(const char* key) const {
    YAML::Node value = find(key);
    if (!value.IsDefined()) fail(node_, fmt::format("key \"{}\" is missing; add it", key));
    return value;
  }

  [[nodiscard]] std::string text(const char* key) const {
    const YAML::Node value = find(key);
    return value.IsDefined() ? scalar(value, key) : std::string();
  }

  [[nodiscard]] std::string needed_text(const char* key) const {
    const YAML::Node value = need(key);
    std::string out = scalar(value, key);
    if (out.empty()) fail(value, fmt::format("{} is empty; give a text", key));
    return out;
  }

  [[nodiscard]] std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> out;
    const YAML::Node value = find(key);
    if (!value.IsDefined()) return out;
    if (!value.IsSequence()) fail(value, fmt::format("{} must be a list", key));
    for (const auto& item : value) out.push_back(scalar(item, key));
    return out;
  }

  [[nodiscard]] double energy(const YAML::Node& value, const char* key) const {
    double number = 0.0;
    if (!value.IsScalar() || !YAML::convert<double>::decode(value, number) ||
        !std::isfinite(number) || number < 0.0 || number > largest_energy) {
      fail(value, fmt::format("{} must be a number between 0 and {} eV, \"{}\" given", key,
                              largest_energy, value.IsScalar() ? value.Scalar() : "a collection"));
    }
    return number;
  }

  [[nodiscard]] EnergyRange range(const YAML::Node& value, const char* key) const {
    if (value.IsScalar()) {
      const double single = energy(value, key);
      return {single, single};
    }
    if (!value.IsSequence() || value.size() != 2) {
      fail(value, fmt::format("{} must be a number or [low, high] in eV", key));
    }
    const EnergyRange out{energy(value[0], key), energy(value[1], key)};
    if (out.low > out.high) fail(value, fmt::format("{} must have the lower end first", key));
    return out;
  }

  [[nodiscard]] bool flag(const char* key) const {
    const YAML::Node value = find(key);
    if (!value.IsDefined()) return false;
    bool out = false;
    if (!YAML::convert<bool>::decode(value, out))
      fail(value, fmt::format("{} must be true or false", key));
    return out;
  }

  [[nodiscard]] Verification verification() const {
    const YAML::Node value = need("verification");
    const std::string word = scalar(value, "verification");
    for (const auto known : {Verification::source, Verification::quoted, Verification::secondary}) {
      if (to_string(known) == word) return known;
    }
    fail(value, fmt::format("verification \"{}\" is none of source, quoted, secondary", word));
  }

  [[nodiscard]] Section child(const YAML::Node& node, const std::string& name) const {
    return {node, file_, path_.empty() ? name : path_ + "." + name};
  }

  /// The mappings of a list.
  [[nodiscard]] std::vector<Section> children(const char* key) const {
    std::vector<Section> out;
    const YAML::Node list = find(key);
    if (!list.IsDefined()) return out;
    if (!list.IsSequence()) fail(list, fmt::format("{} must be a list", key));
    for (std::size_t i = 0; i < list.size(); ++i) {
      out.push_back(child(list[i], fmt::format("{}[{}]", key, i)));
    }
    return out;
  }

 private:
  [[nodiscard]] std::string scalar(const YAML::Node& value, const char* key) const {
    if (!value.IsScalar()) fail(value, fmt::format("{} must be a text", key));
    return value.Scalar();
  }

  YAML::Node node_;
  std::string file_;
  std::string path_;
};

LiteratureMaterial read_material(const Section& section) {
  section.allow({"name", "aliases", "formula"});
  return {section.needed_text("name"), section.texts("aliases"), section.text("formula")};
}

LiteratureEntry read_entry(const Section& section) {
  section.allow({"id", "materials", "species", "subject", "value", "uncertainty", "method",
                 "functional", "supercell", "charge", "citation", "doi", "doi_checked", "arxiv",
                 "verification", "read_in", "note"});
  LiteratureEntry entry;
  entry.id = section.needed_text("id");
  entry.materials = section.texts("materials");
  entry.subject = section.needed_text("subject");
  entry.species = section.text("species");
  if (const YAML::Node value = section.find("value"); value.IsDefined()) {
    entry.value = section.range(value, "value");
    entry.species = section.needed_text("species");
  }
  if (const YAML::Node value = section.find("uncertainty"); value.IsDefined()) {
    if (!entry.value) section.fail(value, "uncertainty without a value; give the value too");
    entry.uncertainty = section.energy(value, "uncertainty");
  }
  entry.method = section.needed_text("method");
  entry.functional = section.text("functional");
  entry.supercell = section.text("supercell");
  entry.charge = section.text("charge");
  entry.citation = section.needed_text("citation");
  entry.doi = section.text("doi");
  entry.arxiv = section.text("arxiv");
  entry.doi_checked = section.flag("doi_checked");
  entry.verification = section.verification();
  entry.read_in = entry.verification == Verification::quoted ? section.needed_text("read_in")
                                                             : section.text("read_in");
  entry.note = section.text("note");
  return entry;
}

OrderClaim read_order(const Section& section) {
  section.allow({"species", "higher", "lower", "citation", "doi", "verification", "note"});
  const Section higher = section.child(section.need("higher"), "higher");
  const Section lower = section.child(section.need("lower"), "lower");
  higher.allow({"material", "value"});
  lower.allow({"material", "values"});
  OrderClaim order;
  order.species = section.needed_text("species");
  order.higher_material = higher.needed_text("material");
  order.higher = higher.energy(higher.need("value"), "value");
  order.lower_material = lower.needed_text("material");
  const YAML::Node values = lower.need("values");
  if (!values.IsSequence() || values.size() == 0) lower.fail(values, "values must be a list of eV");
  for (const auto& value : values) order.lower.push_back(lower.energy(value, "values"));
  order.citation = section.needed_text("citation");
  order.doi = section.text("doi");
  order.verification = section.verification();
  order.note = section.text("note");
  return order;
}

LiteratureSpread read_spread(const Section& section) {
  section.allow({"material", "subject", "range", "comment"});
  return {section.needed_text("material"), section.needed_text("subject"),
          section.range(section.need("range"), "range"), section.text("comment")};
}

void check_materials(const Section& section, const LiteratureEntry& entry,
                     const Literature& literature) {
  for (const std::string& name : entry.materials) {
    const auto same = [&](const LiteratureMaterial& known) { return known.name == name; };
    if (std::none_of(literature.materials.begin(), literature.materials.end(), same)) {
      section.fail(
          section.need("materials"),
          fmt::format("material \"{}\" is not in the list of materials; add it there", name));
    }
  }
}

Literature read_all(const Section& root) {
  root.allow({"version", "materials", "entries", "order", "spreads", "statements"});
  const YAML::Node version = root.need("version");
  if (!version.IsScalar() || version.Scalar() != "1") {
    root.fail(version, "version must be 1, the only one this program reads");
  }
  Literature literature;
  for (const Section& s : root.children("materials"))
    literature.materials.push_back(read_material(s));
  std::set<std::string> ids;
  for (const Section& s : root.children("entries")) {
    literature.entries.push_back(read_entry(s));
    const LiteratureEntry& entry = literature.entries.back();
    if (!ids.insert(entry.id).second) {
      s.fail(s.need("id"), fmt::format("id \"{}\" occurs twice; choose another", entry.id));
    }
    check_materials(s, entry, literature);
  }
  if (const YAML::Node order = root.find("order"); order.IsDefined()) {
    literature.order = read_order(root.child(order, "order"));
  }
  for (const Section& s : root.children("spreads")) literature.spreads.push_back(read_spread(s));
  for (const Section& s : root.children("statements")) {
    s.allow({"text", "source", "verification"});
    literature.statements.push_back(
        {s.needed_text("text"), s.needed_text("source"), s.verification()});
  }
  return literature;
}

}  // namespace

Literature parse_literature(const std::string& text, const std::string& file) {
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& e) {
    throw InputError({file, static_cast<std::size_t>(e.mark.line + 1),
                      static_cast<std::size_t>(e.mark.column + 1)},
                     "not readable as yaml: " + e.msg);
  }
  return read_all(Section(root, file, "literature"));
}

Literature read_literature(const std::filesystem::path& file) {
  return parse_literature(read_text_file(file), file.string());
}

}  // namespace ionpass::workflows
