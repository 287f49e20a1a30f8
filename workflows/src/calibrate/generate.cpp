#include "calibrate/generate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <workflows/store.hpp>

#include "calibrate/candidates.hpp"
#include "calibrate/distort.hpp"
#include "calibrate/novelty.hpp"
#include "calibrate/read_labels.hpp"

namespace ionpass::workflows {
namespace {

constexpr std::size_t candidates_per_structure = 8;
/// Attempts at one candidate before it is given up.
constexpr int attempts = 25;
/// Per Å, to which coordinates are rounded: what is written is what was labelled, and last digits
/// of a machine do not show.
constexpr double steps = 1e8;

/// A stream of its own for every candidate, so that no count of one set changes another: the
/// generator is seeded by a hash of all that names the candidate.
std::uint64_t stream(std::uint64_t seed, const std::string& set, std::size_t candidate) {
  const std::string digits = sha256_hex(fmt::format("{}/{}/{}", seed, set, candidate));
  return std::stoull(digits.substr(0, 16), nullptr, 16);
}

void round(Structure& structure) {
  const auto rounded = [](double x) { return std::round(x * steps) / steps; };
  structure.positions = structure.positions.unaryExpr(rounded);
  if (structure.cell) structure.cell = Cell(structure.cell->matrix().unaryExpr(rounded));
}

std::vector<Structure> volume_series(const StructureSet& set, const CandidateSource& source) {
  std::vector<Structure> out;
  for (std::size_t i = 0; i < set.volumes; ++i) {
    const double share =
        set.volumes == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(set.volumes - 1);
    const double volume = set.volume.low + share * (set.volume.high - set.volume.low);
    out.push_back(source.at_volume(volume));
  }
  return out;
}

/// What was thrown away, to say why too few are left.
struct Refused {
  std::size_t count = 0;
  std::string worst;
  double excess = 0.0;

  void add(const Structure& structure, const Contact& contact) {
    ++count;
    if (contact.least - contact.distance <= excess) return;
    excess = contact.least - contact.distance;
    worst = fmt::format(
        "{}-{} at {:.2f} Å (at least {:.2f})", element_symbol(structure.numbers[contact.first]),
        element_symbol(structure.numbers[contact.second]), contact.distance, contact.least);
  }
};

std::vector<Structure> candidates(const StructureSet& set, const CandidateSource& source,
                                  std::uint64_t seed, Refused& refused) {
  std::vector<Structure> out;
  const std::size_t wanted =
      set.candidates > 0 ? set.candidates : candidates_per_structure * set.count;
  for (std::size_t i = 0; i < wanted; ++i) {
    RandomNumbers random(stream(seed, set.name, i));
    for (int attempt = 0; attempt < attempts; ++attempt) {
      Candidate candidate = source.draw(i, random);
      if (const auto contact =
              absurd_contact(candidate.structure, candidate.molecules, candidate.interstitial)) {
        refused.add(candidate.structure, *contact);
        continue;
      }
      out.push_back(std::move(candidate.structure));
      break;
    }
  }
  return out;
}

std::vector<Eigen::VectorXd> describe(const std::vector<Structure>& structures,
                                      const RadialDescriptor& descriptor) {
  std::vector<Eigen::VectorXd> out;
  out.reserve(structures.size());
  for (const Structure& one : structures) out.push_back(descriptor.describe(one));
  return out;
}

std::vector<int> elements_of(const std::vector<Structure>& structures) {
  std::vector<int> out;
  for (const Structure& one : structures)
    out.insert(out.end(), one.numbers.begin(), one.numbers.end());
  return out;
}

Frame frame_of(Structure structure, const StructureSet& set, std::size_t number) {
  Frame frame;
  structure.labels.clear();
  frame.data.info["config_type"] = set.name;
  frame.data.info["name"] = fmt::format("{}-{:03d}", set.name, number);
  const auto parts = [&set](std::size_t n) {
    return std::floor(set.held_out * static_cast<double>(n) + 1e-9);
  };
  frame.data.info["held_out"] = parts(number + 1) > parts(number) ? "T" : "F";
  frame.data.info["kpts"] = kpoints_text(kpoints(set.kpoints, *structure.cell));
  frame.structure = std::move(structure);
  return frame;
}

}  // namespace

void check_set(const StructureSet& set) {
  if (set.volumes > 0 && set.kind != SetKind::crystal)
    throw InputError(fmt::format("set '{}': 'volumes' belongs to the kind 'crystal'", set.name));
  if (set.volumes > set.count)
    throw InputError(fmt::format("set '{}': {} volumes, but only {} structures are wanted",
                                 set.name, set.volumes, set.count));
}

std::vector<Frame> generate_set(const StructureSet& set, std::uint64_t seed) {
  check_set(set);
  const CandidateSource source(set);
  Refused refused;
  std::vector<Structure> chosen = volume_series(set, source);
  const std::vector<Structure> made = candidates(set, source, seed, refused);
  if (chosen.size() + made.size() < set.count)
    throw InputError(fmt::format(
        "set '{}': only {} of {} structures are free of absurd contacts, the worst {}; lower "
        "rattle, strain or internal, or use a larger cell",
        set.name, chosen.size() + made.size(), set.count, refused.worst));
  std::vector<int> elements = elements_of(made);
  for (const int number : elements_of(chosen)) elements.push_back(number);
  const RadialDescriptor descriptor(elements);
  const auto known = describe(chosen, descriptor);
  for (const std::size_t i :
       farthest_points(describe(made, descriptor), set.count - chosen.size(), known))
    chosen.push_back(made[i]);
  if (chosen.size() < set.count)
    throw InputError(
        fmt::format("set '{}': only {} of {} structures differ; ask for fewer, or let them be "
                    "distorted more",
                    set.name, chosen.size(), set.count));
  std::vector<Frame> frames;
  for (Structure& one : chosen) {
    round(one);
    frames.push_back(frame_of(std::move(one), set, frames.size()));
  }
  return frames;
}

std::vector<Frame> generate(const GenerateSettings& settings) {
  std::vector<Frame> out;
  for (const StructureSet& set : settings.sets) {
    try {
      for (Frame& frame : generate_set(set, settings.seed)) out.push_back(std::move(frame));
    } catch (const InputError& error) {
      throw InputError(set.where, error.what());
    }
  }
  return out;
}

}  // namespace ionpass::workflows
