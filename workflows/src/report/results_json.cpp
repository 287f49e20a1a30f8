// Results to JSON and back.
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <structures/error.hpp>
#include <workflows/results_json.hpp>

namespace ionpass::workflows {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<HopStatus, const char*>, 5> status_words = {{
    {HopStatus::converged, "converged"},
    {HopStatus::no_saddle, "no_saddle"},
    {HopStatus::not_converged, "not_converged"},
    {HopStatus::failed, "failed"},
    {HopStatus::unfinished, "unfinished"},
}};

const json& member(const json& j, const char* name) {
  const auto it = j.is_object() ? j.find(name) : j.end();
  if (!j.is_object() || it == j.end()) {
    throw InputError(fmt::format(
        "result document: member \"{}\" is missing; the run folder is of another version or "
        "damaged, run the study again",
        name));
  }
  return *it;
}

template <class T>
void read(const json& j, const char* name, T& target) {
  const json& value = member(j, name);
  try {
    value.get_to(target);
  } catch (const json::exception&) {
    throw InputError(fmt::format(
        "result document: member \"{}\" holds {}, which is of the wrong type; run the study again",
        name, value.dump().substr(0, 60)));
  }
}

void read(const json& j, const char* name, double& target) {
  if (member(j, name).is_null()) {
    target = std::numeric_limits<double>::quiet_NaN();
  } else {
    read<double>(j, name, target);
  }
}

template <class T>
void read(const json& j, const char* name, std::optional<T>& target) {
  target.reset();
  if (member(j, name).is_null()) return;
  T value{};
  read(j, name, value);
  target = std::move(value);
}

template <class T>
json written(const T& value) {
  if constexpr (std::is_same_v<T, double>) {
    return number_or_null(value);
  } else {
    return value;
  }
}

template <class T>
json written(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

// The members of each type by name: written and read by the same list.
constexpr auto members(const ImageResult*) {
  using T = ImageResult;
  return std::tuple{std::pair{"s", &T::s}, std::pair{"energy", &T::energy},
                    std::pair{"force_along", &T::force_along},
                    std::pair{"max_force", &T::max_force}};
}

constexpr auto members(const HopResult*) {
  using T = HopResult;
  return std::tuple{std::pair{"label", &T::label},
                    std::pair{"kind", &T::kind},
                    std::pair{"from", &T::from},
                    std::pair{"to", &T::to},
                    std::pair{"length", &T::length},
                    std::pair{"multiplicity", &T::multiplicity},
                    std::pair{"diagnosis", &T::diagnosis},
                    std::pair{"barrier_forward", &T::barrier_forward},
                    std::pair{"barrier_backward", &T::barrier_backward},
                    std::pair{"reaction_energy", &T::reaction_energy},
                    std::pair{"max_force", &T::max_force},
                    std::pair{"iterations", &T::iterations},
                    std::pair{"images", &T::images},
                    std::pair{"seconds", &T::seconds}};
}

constexpr auto members(const RelaxationResult*) {
  using T = RelaxationResult;
  return std::tuple{std::pair{"name", &T::name},
                    std::pair{"converged", &T::converged},
                    std::pair{"iterations", &T::iterations},
                    std::pair{"max_force", &T::max_force},
                    std::pair{"energy", &T::energy},
                    std::pair{"max_displacement", &T::max_displacement}};
}

constexpr auto members(const MaterialResult*) {
  using T = MaterialResult;
  return std::tuple{std::pair{"name", &T::name},
                    std::pair{"structure_file", &T::structure_file},
                    std::pair{"provenance", &T::provenance},
                    std::pair{"formula", &T::formula},
                    std::pair{"space_group", &T::space_group},
                    std::pair{"space_group_number", &T::space_group_number},
                    std::pair{"atoms", &T::atoms},
                    std::pair{"supercell", &T::supercell},
                    std::pair{"image_distance", &T::image_distance},
                    std::pair{"species", &T::species},
                    std::pair{"charge", &T::charge},
                    std::pair{"potential", &T::potential},
                    std::pair{"kpoints", &T::kpoints},
                    std::pair{"relaxations", &T::relaxations},
                    std::pair{"hops", &T::hops},
                    std::pair{"warnings", &T::warnings}};
}

constexpr auto members(const PotentialNote*) {
  using T = PotentialNote;
  return std::tuple{std::pair{"name", &T::name},           std::pair{"version", &T::version},
                    std::pair{"summary", &T::summary},     std::pair{"licence", &T::licence},
                    std::pair{"citations", &T::citations}, std::pair{"accuracy", &T::accuracy}};
}

constexpr auto members(const KineticsAssumptions*) {
  using T = KineticsAssumptions;
  return std::tuple{std::pair{"attempt_frequency", &T::attempt_frequency},
                    std::pair{"temperatures", &T::temperatures},
                    std::pair{"barrier_uncertainty", &T::barrier_uncertainty}};
}

constexpr auto members(const RetentionPoint*) {
  using T = RetentionPoint;
  return std::tuple{std::pair{"temperature", &T::temperature}, std::pair{"time", &T::time}};
}

constexpr auto members(const RetentionAssumptions*) {
  using T = RetentionAssumptions;
  return std::tuple{
      std::pair{"reference", &T::reference},
      std::pair{"reference_material", &T::reference_material}, std::pair{"measured", &T::measured},
      std::pair{"claimed_energy", &T::claimed_energy}, std::pair{"source", &T::source}};
}

constexpr auto members(const StudyResult*) {
  using T = StudyResult;
  return std::tuple{std::pair{"study", &T::study},          std::pair{"version", &T::version},
                    std::pair{"materials", &T::materials},  std::pair{"potentials", &T::potentials},
                    std::pair{"kinetics", &T::kinetics},    std::pair{"retention", &T::retention},
                    std::pair{"literature", &T::literature}};
}

template <class T>
void write_members(json& j, const T& value) {
  j = json::object();
  std::apply([&](const auto&... entry) { ((j[entry.first] = written(value.*entry.second)), ...); },
             members(&value));
}

template <class T>
void read_members(const json& j, T& value) {
  std::apply([&](const auto&... entry) { (read(j, entry.first, value.*entry.second), ...); },
             members(&value));
}

using Settings = std::vector<std::pair<std::string, std::string>>;

/// An array, not an object: the order of the settings is part of the value, and a name may repeat.
json settings_json(const Settings& settings) {
  json out = json::array();
  for (const auto& [name, value] : settings) out.push_back({{"name", name}, {"value", value}});
  return out;
}

void read_settings(const json& j, Settings& settings) {
  settings.clear();
  for (const json& setting : member(j, "settings")) {
    auto& [name, value] = settings.emplace_back();
    read(setting, "name", name);
    read(setting, "value", value);
  }
}

}  // namespace

json number_or_null(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

std::string to_string(HopStatus status) {
  for (const auto& [value, word] : status_words) {
    if (value == status) return word;
  }
  return "unfinished";
}

HopStatus hop_status(std::string_view word) {
  for (const auto& [value, known] : status_words) {
    if (word == known) return value;
  }
  throw InputError(fmt::format(
      "result document: hop status \"{}\" is none of converged, no_saddle, not_converged, failed, "
      "unfinished; run the study again",
      word));
}

void to_json(json& j, const ImageResult& image) { write_members(j, image); }
void from_json(const json& j, ImageResult& image) { read_members(j, image); }

void to_json(json& j, const HopResult& hop) {
  write_members(j, hop);
  j["status"] = to_string(hop.status);
  j["converged"] = hop.status == HopStatus::converged;
  j["evaluations"] = {{"relax", hop.evaluations_relax},
                      {"neb", hop.evaluations_neb},
                      {"total", hop.evaluations_relax + hop.evaluations_neb}};
  // A Hessian at the saddle is not computed, so nothing is claimed about its modes.
  j["saddle"] = {
      {"image", written(hop.saddle_image)}, {"verified", nullptr}, {"imaginary_modes", nullptr}};
}

void from_json(const json& j, HopResult& hop) {
  read_members(j, hop);
  std::string status;
  read(j, "status", status);
  hop.status = hop_status(status);
  read(member(j, "evaluations"), "relax", hop.evaluations_relax);
  read(member(j, "evaluations"), "neb", hop.evaluations_neb);
  read(member(j, "saddle"), "image", hop.saddle_image);
}

json hop_report(const HopResult& hop) {
  json j = hop;
  if (hop.status != HopStatus::converged) {
    for (const char* name : {"barrier_forward", "barrier_backward", "reaction_energy"}) {
      j[name] = nullptr;
    }
    j["saddle"]["image"] = nullptr;
  }
  return j;
}

void to_json(json& j, const RelaxationResult& relaxation) { write_members(j, relaxation); }
void from_json(const json& j, RelaxationResult& relaxation) { read_members(j, relaxation); }

void to_json(json& j, const MaterialResult& material) {
  write_members(j, material);
  j["unpaired"] = written(material.unpaired);
  j["structure_sha256"] = material.structure_sha256;
  j["settings"] = settings_json(material.settings);
}

void from_json(const json& j, MaterialResult& material) {
  read_members(j, material);
  // Run folders that older versions made have none of these.
  if (j.contains("unpaired")) read(j, "unpaired", material.unpaired);
  if (j.contains("structure_sha256")) read(j, "structure_sha256", material.structure_sha256);
  if (j.contains("settings")) read_settings(j, material.settings);
}

void to_json(json& j, const PotentialNote& potential) {
  write_members(j, potential);
  j["settings"] = settings_json(potential.settings);
}

void from_json(const json& j, PotentialNote& potential) {
  read_members(j, potential);
  read_settings(j, potential.settings);
}

void to_json(json& j, const KineticsAssumptions& kinetics) { write_members(j, kinetics); }
void from_json(const json& j, KineticsAssumptions& kinetics) { read_members(j, kinetics); }

void to_json(json& j, const RetentionPoint& point) { write_members(j, point); }
void from_json(const json& j, RetentionPoint& point) { read_members(j, point); }

void to_json(json& j, const RetentionAssumptions& retention) { write_members(j, retention); }
void from_json(const json& j, RetentionAssumptions& retention) { read_members(j, retention); }

void to_json(json& j, const StudyResult& study) { write_members(j, study); }
void from_json(const json& j, StudyResult& study) { read_members(j, study); }

std::string to_document(const StudyResult& study) {
  // Text read from files may hold bytes that are not UTF-8; a document must be written
  // nevertheless.
  return json(study).dump(1, ' ', false, json::error_handler_t::replace);
}

StudyResult from_document(std::string_view document) {
  const json j = json::parse(document, nullptr, false);
  if (j.is_discarded()) {
    throw InputError(
        "result document: not readable as json; the run folder is damaged, run the study again");
  }
  return j.get<StudyResult>();
}

}  // namespace ionpass::workflows
