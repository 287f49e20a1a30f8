#include "calibrate/data_stages.hpp"

#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <workflows/store.hpp>

namespace ionpass::workflows {

namespace fs = std::filesystem;

fs::path generated_file(const fs::path& folder) { return folder / "generated.extxyz"; }
fs::path labelled_file(const fs::path& folder) { return folder / "labelled.extxyz"; }

Generated generate_stage(const GenerateSettings& settings, const fs::path& folder) {
  const std::vector<Frame> frames = generate(settings);
  std::ostringstream text;
  write_extxyz(text, frames);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("{}: {}", folder.string(), error.message()));
  write_text_file(generated_file(folder), text.str());
  return {frames.size(), sha256_hex(text.str())};
}

Labelled label_stage(const LabelSettings& settings, const fs::path& folder,
                     const hpc::Communicator& world, const LabelObserver& observer) {
  std::vector<Frame> frames;
  if (world.is_root()) {
    std::error_code ignored;
    if (!fs::exists(generated_file(folder), ignored))
      throw InputError(fmt::format("{} is not there; run the stage 'generate' first",
                                   generated_file(folder).string()));
    frames = read_frames(generated_file(folder));
  }
  Labelled out = label_frames(frames, settings, folder, world, observer);
  if (world.is_root() && !out.frames.empty()) write_frames(labelled_file(folder), out.frames);
  return out;
}

}  // namespace ionpass::workflows
