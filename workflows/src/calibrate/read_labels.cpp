#include "calibrate/read_labels.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/io.hpp>
#include <workflows/store.hpp>

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;
using calibrate::LabelledStructure;

/// Line of the comment of each structure of an extxyz text that was read without error.
std::vector<std::size_t> comment_lines(const std::string& text) {
  std::vector<std::size_t> out;
  std::size_t line = 1, position = 0;
  const auto next = [&] {  // the line at the position, and step behind it
    const std::size_t end = std::min(text.find('\n', position), text.size());
    std::string found = text.substr(position, end - position);
    position = end + 1;
    ++line;
    return found;
  };
  while (position < text.size()) {
    const std::string count = next();
    const auto first = count.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    std::size_t atoms = 0;
    std::from_chars(count.data() + first, count.data() + count.size(), atoms);
    out.push_back(line);
    for (std::size_t i = 0; i <= atoms && position < text.size(); ++i) next();
  }
  return out;
}

std::string entry(const Frame& frame, const std::string& key) {
  const auto found = frame.data.info.find(key);
  return found == frame.data.info.end() ? std::string() : found->second;
}

LabelledStructure labelled(const Frame& frame, const SourceLocation& where, std::size_t index) {
  LabelledStructure out;
  out.structure = frame.structure;
  out.energy = frame.data.energy;
  if (frame.data.forces) out.forces = *frame.data.forces;
  out.stress = frame.data.stress;
  out.where = where;
  out.name = entry(frame, "name");
  if (out.name.empty()) out.name = fmt::format("{}", index);
  out.config_type = entry(frame, "config_type");
  if (out.config_type.empty()) out.config_type = "other";
  out.source = entry(frame, "source");
  out.energy_group = entry(frame, "energy_group");
  if (out.energy_group.empty()) out.energy_group = out.source;
  const std::string kpoints = entry(frame, "kpts");
  if (!kpoints.empty()) out.kpoints = parse_kpoints(kpoints, where);
  if (kpoints.empty() && out.structure.is_periodic())
    throw InputError(where, fmt::format("structure '{}': it does not say its k-points; add "
                                        "kpts=\"k1,k2,k3,weight …\" (0,0,0,1 for Γ)",
                                        out.name));
  return out;
}

/// A frame of a file, and the label made of it.
struct LabelledFrame {
  Frame frame;
  LabelledStructure label;
};

/// @param before structures read from other files, for the names of those without one
std::vector<LabelledFrame> read_labelled(const fs::path& file, std::size_t before) {
  const std::string text = read_text_file(file);
  if (detect_format(text, file.string()) != FileFormat::extxyz)
    throw InputError(
        fmt::format("{}: labelled structures must be extxyz, which holds forces", file.string()));
  const std::vector<Frame> frames = parse_frames(text, file.string());
  const std::vector<std::size_t> lines = comment_lines(text);
  std::vector<LabelledFrame> out;
  for (std::size_t i = 0; i < frames.size(); ++i)
    out.push_back(
        {frames[i], labelled(frames[i], {file.string(), lines.at(i)}, before + out.size())});
  return out;
}

bool read_flag(const std::string& text, const std::string& key, const SourceLocation& where) {
  if (text == "T" || text == "True" || text == "true" || text == "1") return true;
  if (text == "F" || text == "False" || text == "false" || text == "0") return false;
  throw InputError(where, text.empty()
                              ? fmt::format("'{}' is missing; write {}=T or {}=F", key, key, key)
                              : fmt::format("{} is '{}', expected T or F", key, text));
}

void set_family(LabelledStructure& label, const Frame& frame, const DataSection& data,
                std::size_t index) {
  const bool whole_type =
      std::ranges::find(data.families, label.config_type) != data.families.end();
  label.family = entry(frame, data.family);
  if (whole_type) label.family = "type " + label.config_type;
  if (label.family.empty())
    label.family = fmt::format("{} {} {}", label.config_type, label.name, index);
}

/// Families drawn by a hash of seed and name: the same for any order of the files.
std::set<std::string> drawn_families(const std::vector<LabelledStructure>& labels,
                                     const HeldOutRule& rule) {
  std::set<std::pair<std::string, std::string>> families;
  for (const LabelledStructure& label : labels)
    families.insert({sha256_hex(fmt::format("{} {}", rule.seed, label.family)), label.family});
  const auto wanted =
      static_cast<std::size_t>(std::lround(rule.fraction * static_cast<double>(families.size())));
  std::set<std::string> out;
  for (const auto& [hash, family] : families) {
    if (out.size() == wanted) break;
    out.insert(family);
  }
  return out;
}

void hold_out_names(std::vector<LabelledStructure>& labels, const HeldOutRule& rule,
                    const fs::path& plan) {
  for (const std::string& name : rule.names) {
    bool found = false;
    for (LabelledStructure& label : labels) {
      if (label.name != name) continue;
      label.held_out = found = true;
    }
    if (!found)
      throw InputError(fmt::format("{}: data.held_out.names: no structure has the name '{}'",
                                   plan.string(), name));
  }
}

void check_functional(const std::vector<LabelledStructure>& labels, const std::string& functional) {
  if (functional.empty()) return;
  for (const LabelledStructure& label : labels)
    if (label.source.find(functional) == std::string::npos)
      throw InputError(label.where,
                       fmt::format("structure '{}': its source '{}' is not of the plan's "
                                   "functional, '{}'; take it out",
                                   label.name, label.source, functional));
}

/// @throws InputError for a structure that cannot be a displaced one of the first
void check_displaced(const LabelledStructure& label, const LabelledStructure& first) {
  const Structure &a = label.structure, &b = first.structure;
  if (label.forces.cols() != a.positions.cols() || !label.forces.allFinite())
    throw InputError(label.where,
                     "a displaced structure without forces on all atoms tells nothing");
  constexpr double same_cell = 1e-6;  // Å
  const bool cells = a.cell.has_value() == b.cell.has_value() &&
                     (!a.cell || a.cell->matrix().isApprox(b.cell->matrix(), same_cell));
  if (a.numbers != b.numbers || a.charge != b.charge || !cells ||
      kpoints_text(label.kpoints) != kpoints_text(first.kpoints))
    throw InputError(label.where,
                     "atoms, charge, cell and k-points must be those of the first structure, which "
                     "is at rest");
}

}  // namespace

std::vector<Kpoint> parse_kpoints(const std::string& text, const SourceLocation& where) {
  std::vector<Kpoint> out;
  std::size_t position = 0;
  while ((position = text.find_first_not_of(' ', position)) != std::string::npos) {
    const std::size_t end = std::min(text.find(' ', position), text.size());
    std::array<double, 4> numbers{};
    const char* at = text.data() + position;
    const char* const last = text.data() + end;
    bool good = true;
    for (std::size_t i = 0; i < 4 && good; ++i) {
      if (i > 0) good = at < last && *at++ == ',';
      const auto read = std::from_chars(at, last, numbers[i]);
      good = good && read.ec == std::errc() && std::isfinite(numbers[i]);
      at = read.ptr;
    }
    if (!good || at != last || numbers[3] <= 0.0)
      throw InputError(where, fmt::format("kpts: '{}' is no point; expected k1,k2,k3,weight with a "
                                          "weight above 0",
                                          text.substr(position, end - position)));
    out.push_back({{numbers[0], numbers[1], numbers[2]}, numbers[3]});
    position = end;
  }
  return out;
}

std::string kpoints_text(const std::vector<Kpoint>& points) {
  std::vector<std::string> words;
  words.reserve(points.size());
  for (const Kpoint& k : points)
    words.push_back(
        fmt::format("{},{},{},{}", k.fractional(0), k.fractional(1), k.fractional(2), k.weight));
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<LabelledStructure> read_labels(const CalibrationPlan& plan,
                                           const std::vector<fs::path>& more) {
  std::vector<fs::path> files = plan.data.files;
  files.insert(files.end(), more.begin(), more.end());
  const HeldOutRule& rule = plan.data.held_out;
  std::vector<LabelledStructure> out;
  for (const fs::path& file : files) {
    for (LabelledFrame& read : read_labelled(file, out.size())) {
      set_family(read.label, read.frame, plan.data, out.size() + 1);
      if (!rule.field.empty())
        read.label.held_out =
            read_flag(entry(read.frame, rule.field), rule.field, read.label.where);
      out.push_back(std::move(read.label));
    }
  }
  if (rule.fraction > 0.0) {
    const std::set<std::string> drawn = drawn_families(out, rule);
    for (LabelledStructure& label : out) label.held_out = drawn.contains(label.family);
  }
  hold_out_names(out, rule, plan.file);
  check_functional(out, plan.data.functional);
  calibrate::check_data(out);
  return out;
}

std::vector<LabelledStructure> read_path(const CalibrationPlan& plan, const HopCheck& hop) {
  std::vector<LabelledStructure> out;
  for (LabelledFrame& read : read_labelled(hop.file, 0)) out.push_back(std::move(read.label));
  check_functional(out, plan.data.functional);
  calibrate::check_path(out);
  return out;
}

std::vector<LabelledStructure> read_displaced(const CalibrationPlan& plan,
                                              const PhononCheck& check) {
  std::vector<LabelledStructure> out;
  for (LabelledFrame& read : read_labelled(check.reference, 0))
    out.push_back(std::move(read.label));
  check_functional(out, plan.data.functional);
  if (out.size() < 2)
    throw InputError(fmt::format(
        "{}: one structure given; the reference of '{}' needs the crystal at rest and displaced",
        check.reference.string(), check.name));
  for (const LabelledStructure& label : out) check_displaced(label, out.front());
  return out;
}

}  // namespace ionpass::workflows
