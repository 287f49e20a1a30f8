#include "calibrate/relabel.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "calibrate/markdown.hpp"

namespace ionpass::workflows {
namespace {

namespace fs = std::filesystem;

std::string entry(const Frame& frame, const std::string& key) {
  const auto found = frame.data.info.find(key);
  return found == frame.data.info.end() ? std::string() : found->second;
}

/// Every file of a plan that holds labels, where the plan names it.
std::vector<fs::path*> labelled_files(CalibrationPlan& plan) {
  std::vector<fs::path*> out;
  for (fs::path& file : plan.data.files) out.push_back(&file);
  for (HopCheck& hop : plan.validate.hops) out.push_back(&hop.file);
  for (PhononCheck& check : plan.validate.phonons)
    if (!check.reference.empty()) out.push_back(&check.reference);
  return out;
}

std::vector<Frame> read_labelled_frames(const fs::path& file) {
  std::vector<Frame> out = read_frames(file);
  for (const Frame& frame : out)
    if (!frame.data.forces)
      throw InputError(fmt::format("{}: structure '{}' has no forces to compare new ones with",
                                   file.string(), entry(frame, "name")));
  return out;
}

/// The same calculation: an image may be among the data and on a path.
bool is_same(const Frame& first, const Frame& second) {
  const Structure &a = first.structure, &b = second.structure;
  return a.numbers == b.numbers && a.positions == b.positions && a.charge == b.charge &&
         a.cell.has_value() == b.cell.has_value() &&
         (!a.cell || a.cell->matrix() == b.cell->matrix()) &&
         entry(first, "kpts") == entry(second, "kpts");
}

const Frame* find_same(const std::vector<Frame>& frames, const Frame& wanted) {
  const auto found =
      std::ranges::find_if(frames, [&](const Frame& frame) { return is_same(frame, wanted); });
  return found == frames.end() ? nullptr : &*found;
}

/// Distinct structures that the method made; how many of every other source there are.
std::vector<Frame> made_by(const std::string& source, const std::vector<std::vector<Frame>>& files,
                           Relabelled& out) {
  std::vector<Frame> chosen;
  for (const std::vector<Frame>& file : files)
    for (const Frame& frame : file) {
      if (entry(frame, "source") != source)
        ++out.kept[entry(frame, "source")];
      else if (find_same(chosen, frame) == nullptr)
        chosen.push_back(frame);
    }
  if (!chosen.empty()) return chosen;
  std::vector<std::string> sources;
  for (const auto& [other, count] : out.kept) sources.push_back("'" + other + "'");
  throw InputError(
      fmt::format("label.source: no structure of the data has the source '{}'; there "
                  "are {}",
                  source, fmt::join(sources, ", ")));
}

LabelChange change(const Frame& before, const Frame& now) {
  LabelChange out{.name = entry(before, "name"),
                  .config_type = entry(before, "config_type"),
                  .atoms = before.structure.size(),
                  .energy = {},
                  .stress = {}};
  if (before.data.energy) out.energy = *now.data.energy - *before.data.energy;
  const Eigen::Matrix3Xd forces = *now.data.forces - *before.data.forces;
  out.force = forces.colwise().norm().maxCoeff();
  if (before.data.stress && now.data.stress)
    out.stress = (*now.data.stress - *before.data.stress).cwiseAbs().maxCoeff();
  return out;
}

/// The new label in the place of the old: what was not used before is not used now.
Frame replaced(const Frame& before, const Frame& now) {
  Frame out = before;
  if (before.data.energy) out.data.energy = now.data.energy;
  out.data.forces = now.data.forces;
  if (before.data.stress) out.data.stress = now.data.stress;
  return out;
}

/// @param labelled new labels; those that failed are missing
std::vector<Frame> merged(const std::vector<Frame>& file, const std::string& source,
                          const std::vector<Frame>& labelled) {
  std::vector<Frame> out;
  for (const Frame& frame : file) {
    const bool stays = entry(frame, "source") != source;
    const Frame* const now = stays ? nullptr : find_same(labelled, frame);
    if (stays)
      out.push_back(frame);
    else if (now != nullptr)
      out.push_back(replaced(frame, *now));
  }
  return out;
}

std::string changes_text(const Relabelled& all, const std::string& source) {
  std::string out = fmt::format(
      "# Labels made again\n\nMethod: {}. Differences are new less old; of forces the largest on "
      "an atom, of stress the largest component.\n\n",
      source);
  out += markdown_head(
      {"structure", "type", "atoms", "energy (eV)", "force (eV/Å)", "stress (eV/Å³)"});
  const auto small = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.1e}", *value) : "–";
  };
  for (const LabelChange& one : all.changes)
    out += markdown_row({one.name, one.config_type, fmt::format("{}", one.atoms), small(one.energy),
                         small(one.force), small(one.stress)});
  for (const auto& [other, count] : all.kept)
    out += fmt::format("\nLeft as they are: {} of the source '{}'.\n", count, other);
  for (const std::string& failure : all.failures) out += fmt::format("\nNo label: {}\n", failure);
  return out;
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("{}: {}", folder.string(), error.message()));
}

/// "00-training.extxyz" for the first file, training.extxyz.gz: two files may share a name.
std::string new_name(std::size_t number, const fs::path& file) {
  std::string name = file.filename().string();
  name = name.substr(0, name.find(".extxyz"));
  return fmt::format("{:02d}-{}.extxyz", number, name);
}

}  // namespace

fs::path relabelled_folder(const fs::path& folder) { return folder / "relabelled"; }
fs::path changes_file(const fs::path& folder) { return folder / "relabelled.md"; }

Relabelled relabel_stage(CalibrationPlan& plan, const LabelSettings& settings,
                         const fs::path& folder, const hpc::Communicator& world,
                         const LabelObserver& observer) {
  Relabelled out;
  const std::vector<fs::path*> names = labelled_files(plan);
  std::vector<std::vector<Frame>> files;
  std::vector<Frame> chosen;
  if (world.is_root()) {
    for (const fs::path* name : names) files.push_back(read_labelled_frames(*name));
    chosen = made_by(settings.source, files, out);
  }
  const Labelled labelled = label_frames(chosen, settings, folder, world, observer);
  if (!world.is_root()) return out;
  out.failures = labelled.failures;
  out.computed = labelled.computed;
  for (const Frame& frame : chosen)
    if (const Frame* const now = find_same(labelled.frames, frame))
      out.changes.push_back(change(frame, *now));
  make_folder(relabelled_folder(folder));
  for (std::size_t i = 0; i < files.size(); ++i) {
    const fs::path file = relabelled_folder(folder) / new_name(i, *names[i]);
    write_frames(file, merged(files[i], settings.source, labelled.frames));
    *names[i] = file;
  }
  write_text_file(changes_file(folder), changes_text(out, settings.source));
  return out;
}

}  // namespace ionpass::workflows
