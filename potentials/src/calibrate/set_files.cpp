// A fit as the files of a set.
#include <algorithm>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <potentials/calibrate.hpp>
#include <potentials/calibrate_base.hpp>
#include <structures/elements.hpp>
#include <structures/io.hpp>

#include "dftb/parameter_set.hpp"
#include "yaml_file.hpp"

namespace ionpass::calibrate {

namespace {

namespace fs = std::filesystem;

const char* charges_word(tightbinding::ChargeResolution charges) {
  switch (charges) {
    case tightbinding::ChargeResolution::shell:
      return "shell";
    case tightbinding::ChargeResolution::atom:
      return "atom";
    case tightbinding::ChargeResolution::none:
      break;
  }
  return "none";
}

void emit_list(YAML::Emitter& out, const char* key, const std::vector<std::string>& items) {
  if (items.empty()) return;
  out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (const std::string& item : items) out << YAML::DoubleQuoted << item;
  out << YAML::EndSeq;
}

void emit_shifts(YAML::Emitter& out, const std::map<std::string, double>& shifts) {
  if (shifts.empty()) return;
  out << YAML::Key << "shifts" << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const auto& [name, value] : shifts)
    out << YAML::Key << name << YAML::Value << fmt::format("{}", value);
  out << YAML::EndMap;
}

/// Names a neighbouring base; otherwise takes its tables along.
void emit_base(YAML::Emitter& out, const fs::path& folder, const SetBase& set_base,
               std::span<const int> elements) {
  if (set_base.tables.empty()) {
    out << YAML::Key << "base" << YAML::Value << set_base.name;
    emit_shifts(out, set_base.shifts);
    return;
  }
  const fs::path& base = set_base.tables;
  const fs::path here = fs::weakly_canonical(fs::absolute(folder));
  const fs::path there = fs::weakly_canonical(fs::absolute(base));
  if (here.parent_path() == there.parent_path()) {
    out << YAML::Key << "base" << YAML::Value << there.filename().string();
    emit_shifts(out, set_base.shifts);
    return;
  }
  const dftb::SetDescription description = dftb::read_set_description(base);
  fs::create_directories(folder / "tables");
  for (const int a : elements)
    for (const int b : elements) {
      const std::string name = fmt::format("{}-{}.skf", element_symbol(a), element_symbol(b));
      write_text_file(folder / "tables" / name, read_text_file(description.tables / name));
    }
  out << YAML::Key << "tables" << YAML::Value << "tables";
  out << YAML::Key << "charges" << YAML::Value << charges_word(description.charges);
  std::map<std::string, double> shifts = description.shifts;
  for (const auto& [name, value] : set_base.shifts) shifts[name] += value;
  emit_shifts(out, shifts);
  if (description.highest_l.empty()) return;
  out << YAML::Key << "shells" << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const auto& [element, l] : description.highest_l)
    out << YAML::Key << std::string(element_symbol(element)) << YAML::Value
        << std::string(1, "spd"[l]);
  out << YAML::EndMap;
}

void emit_dispersion(YAML::Emitter& out, const SetText& text) {
  if (text.absorbs_dispersion) out << YAML::Key << "dispersion" << YAML::Value << "absorbed";
  if (!text.d3) return;
  out << YAML::Key << "dispersion" << YAML::Value << YAML::Flow << YAML::BeginMap;
  out << YAML::Key << "s6" << YAML::Value << text.d3->s6 << YAML::Key << "s8" << YAML::Value
      << text.d3->s8 << YAML::Key << "a1" << YAML::Value << text.d3->a1 << YAML::Key << "a2"
      << YAML::Value << text.d3->a2 << YAML::EndMap;
}

void emit_shortest(YAML::Emitter& out, const Fit& fit) {
  out << YAML::Key << "shortest_fitted" << YAML::Value << YAML::Flow << YAML::BeginMap;
  for (const auto& [pair, fitted] : fit.pairs)
    if (fitted.distances > 0)
      out << YAML::Key << pair_name(pair) << YAML::Value << fmt::format("{:.3f}", fitted.shortest);
  out << YAML::EndMap;
}

std::string spline_text(ElementPair pair, const FittedPair& fitted, const SetText& text) {
  std::string out = fmt::format("# Pair potential {} of the set {} (bohr, Hartree). {}\n",
                                pair_name(pair), text.name, text.origin);
  out += fitted.distances == 0
             ? std::string("# Not fitted: the prior, sampled.\n")
             : fmt::format("# Fitted to {} distances from {:.3f} Å up; below, a wall.\n",
                           fitted.distances, fitted.shortest);
  return out + fitted.curve.text();
}

constexpr const char* three_body_file = "three-body.txt";

void write_three_body(const fs::path& file, const Fit& fit, const SetText& text) {
  fs::remove(file);  // of an earlier fit
  if (fit.three_body.empty()) return;
  const std::vector<std::string> heading{
      fmt::format("Three-body potentials of the set {} (Å, eV). {}", text.name, text.origin),
      "E = sum over centres and pairs of neighbours of c g_n(r) g_m(r') P_l(cos), the neighbours "
      "in",
      "the order of their atomic numbers; n, m, then c for l = 0 ... angular."};
  write_text_file(file, three_body_text(fit.three_body, heading));
}

constexpr const char* environments_file = "environments.txt";

void write_environments_file(const fs::path& folder, const KnownEnvironments& known) {
  fs::remove(folder / environments_file);  // of an earlier fit
  if (known.empty()) return;
  const std::vector<std::string> heading{
      "Surroundings of atoms in the data of this set. One line per environment: for each element "
      "of",
      "neighbours, smoothed numbers of them from the outermost distance inwards. Beyond the limit,",
      "in units of the scale from the nearest of them, an environment is new."};
  write_text_file(folder / environments_file, environments_text(known, heading));
}

}  // namespace

void write_environments(const fs::path& folder, const KnownEnvironments& known) {
  const fs::path file = folder / "set.yaml";
  std::string text = read_text_file(file);
  bool named = false;
  read_yaml_file(file, [&](const YAML::Node& root) {
    if (!root["splines"] && !root["shifts"])
      throw InputError({file.string()},
                       "is no set that a calibration made; give the folder that holds one");
    named = static_cast<bool>(root["environments"]);
  });
  write_environments_file(folder, known);
  if (named) return;
  if (!text.ends_with('\n')) text += '\n';
  write_text_file(file, text + fmt::format("environments: {}\n", environments_file));
}

void write_set(const fs::path& folder, const SetBase& base, const Fit& fit,
               std::span<const int> elements, const SetText& text) {
  const fs::path splines = folder / "repulsion";
  fs::create_directories(splines);
  for (const auto& entry : fs::directory_iterator(splines))  // of an earlier fit of other pairs
    if (entry.path().extension() == ".spl") fs::remove(entry.path());
  for (const auto& [pair, fitted] : fit.pairs)
    write_text_file(splines / (pair_name(pair) + ".spl"), spline_text(pair, fitted, text));
  write_three_body(folder / three_body_file, fit, text);
  write_environments_file(folder, text.environments);
  YAML::Emitter out;
  out << YAML::Comment(text.origin) << YAML::BeginMap;
  const auto say = [&](const char* key, const std::string& value) {
    if (!value.empty()) out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
  };
  say("name", text.name);
  say("version", text.version);
  say("summary", text.summary);
  say("licence", text.licence);
  emit_base(out, folder, base, elements);
  out << YAML::Key << "splines" << YAML::Value << "repulsion";
  emit_dispersion(out, text);
  if (!fit.three_body.empty()) out << YAML::Key << "three_body" << YAML::Value << three_body_file;
  emit_shortest(out, fit);
  if (!text.environments.empty())
    out << YAML::Key << "environments" << YAML::Value << environments_file;
  emit_list(out, "citations", text.citations);
  emit_list(out, "accuracy", text.accuracy);
  out << YAML::EndMap;
  write_text_file(folder / "set.yaml", std::string(out.c_str()) + "\n");
}

void write_moved_base(const fs::path& folder, const SetBase& base) {
  fs::create_directories(folder);
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "name" << YAML::Value << "moved";
  const bool is_dftb = !base.tables.empty();
  out << YAML::Key << "base" << YAML::Value
      << (is_dftb ? fs::weakly_canonical(fs::absolute(base.tables)).string() : base.name);
  if (is_dftb) {
    const dftb::SetDescription description = dftb::read_set_description(base.tables);
    if (!description.splines.empty())
      out << YAML::Key << "splines" << YAML::Value
          << fs::weakly_canonical(fs::absolute(description.splines)).string();
    if (!description.three_body_file.empty())
      out << YAML::Key << "three_body" << YAML::Value
          << fs::weakly_canonical(fs::absolute(description.three_body_file)).string();
  }
  emit_shifts(out, base.shifts);
  out << YAML::EndMap;
  write_text_file(folder / "set.yaml", std::string(out.c_str()) + "\n");
}

}  // namespace ionpass::calibrate
