// Results to JSON and back.
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
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

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

template <class T>
json optional_value(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

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

}  // namespace

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

void to_json(json& j, const ImageResult& image) {
  j = {{"s", number(image.s)},
       {"energy", number(image.energy)},
       {"force_along", number(image.force_along)},
       {"max_force", number(image.max_force)}};
}

void from_json(const json& j, ImageResult& image) {
  read(j, "s", image.s);
  read(j, "energy", image.energy);
  read(j, "force_along", image.force_along);
  read(j, "max_force", image.max_force);
}

void to_json(json& j, const HopResult& hop) {
  j = {{"label", hop.label},
       {"kind", hop.kind},
       {"from", hop.from},
       {"to", hop.to},
       {"length", number(hop.length)},
       {"multiplicity", hop.multiplicity},
       {"status", to_string(hop.status)},
       {"diagnosis", hop.diagnosis},
       {"converged", hop.status == HopStatus::converged},
       {"barrier_forward", optional_value(hop.barrier_forward)},
       {"barrier_backward", optional_value(hop.barrier_backward)},
       {"reaction_energy", optional_value(hop.reaction_energy)},
       {"max_force", number(hop.max_force)},
       {"iterations", hop.iterations},
       {"evaluations",
        {{"relax", hop.evaluations_relax},
         {"neb", hop.evaluations_neb},
         {"total", hop.evaluations_relax + hop.evaluations_neb}}},
       {"images", hop.images},
       // A Hessian at the saddle is not computed, so nothing is claimed about its modes.
       {"saddle",
        {{"image", optional_value(hop.saddle_image)},
         {"verified", nullptr},
         {"imaginary_modes", nullptr}}},
       {"seconds", number(hop.seconds)}};
}

void from_json(const json& j, HopResult& hop) {
  read(j, "label", hop.label);
  read(j, "kind", hop.kind);
  read(j, "from", hop.from);
  read(j, "to", hop.to);
  read(j, "length", hop.length);
  read(j, "multiplicity", hop.multiplicity);
  std::string status;
  read(j, "status", status);
  hop.status = hop_status(status);
  read(j, "diagnosis", hop.diagnosis);
  read(j, "barrier_forward", hop.barrier_forward);
  read(j, "barrier_backward", hop.barrier_backward);
  read(j, "reaction_energy", hop.reaction_energy);
  read(j, "max_force", hop.max_force);
  read(j, "iterations", hop.iterations);
  read(member(j, "evaluations"), "relax", hop.evaluations_relax);
  read(member(j, "evaluations"), "neb", hop.evaluations_neb);
  read(j, "images", hop.images);
  read(member(j, "saddle"), "image", hop.saddle_image);
  read(j, "seconds", hop.seconds);
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

void to_json(json& j, const RelaxationResult& relaxation) {
  j = {{"name", relaxation.name},
       {"converged", relaxation.converged},
       {"iterations", relaxation.iterations},
       {"max_force", number(relaxation.max_force)},
       {"energy", number(relaxation.energy)},
       {"max_displacement", number(relaxation.max_displacement)}};
}

void from_json(const json& j, RelaxationResult& relaxation) {
  read(j, "name", relaxation.name);
  read(j, "converged", relaxation.converged);
  read(j, "iterations", relaxation.iterations);
  read(j, "max_force", relaxation.max_force);
  read(j, "energy", relaxation.energy);
  read(j, "max_displacement", relaxation.max_displacement);
}

void to_json(json& j, const MaterialResult& material) {
  j = {{"name", material.name},
       {"structure_file", material.structure_file},
       {"provenance", material.provenance},
       {"formula", material.formula},
       {"space_group", material.space_group},
       {"space_group_number", material.space_group_number},
       {"atoms", material.atoms},
       {"supercell", material.supercell},
       {"image_distance", number(material.image_distance)},
       {"species", material.species},
       {"charge", number(material.charge)},
       {"potential", material.potential},
       {"kpoints", material.kpoints},
       {"relaxations", material.relaxations},
       {"hops", material.hops},
       {"warnings", material.warnings}};
}

void from_json(const json& j, MaterialResult& material) {
  read(j, "name", material.name);
  read(j, "structure_file", material.structure_file);
  read(j, "provenance", material.provenance);
  read(j, "formula", material.formula);
  read(j, "space_group", material.space_group);
  read(j, "space_group_number", material.space_group_number);
  read(j, "atoms", material.atoms);
  read(j, "supercell", material.supercell);
  read(j, "image_distance", material.image_distance);
  read(j, "species", material.species);
  read(j, "charge", material.charge);
  read(j, "potential", material.potential);
  read(j, "kpoints", material.kpoints);
  read(j, "relaxations", material.relaxations);
  read(j, "hops", material.hops);
  read(j, "warnings", material.warnings);
}

void to_json(json& j, const PotentialNote& potential) {
  j = {{"name", potential.name},           {"version", potential.version},
       {"summary", potential.summary},     {"licence", potential.licence},
       {"citations", potential.citations}, {"accuracy", potential.accuracy}};
  // An array, not an object: the order of the settings is part of the value, and a name may repeat.
  json& settings = j["settings"] = json::array();
  for (const auto& [name, value] : potential.settings) {
    settings.push_back({{"name", name}, {"value", value}});
  }
}

void from_json(const json& j, PotentialNote& potential) {
  read(j, "name", potential.name);
  read(j, "version", potential.version);
  read(j, "summary", potential.summary);
  read(j, "licence", potential.licence);
  read(j, "citations", potential.citations);
  read(j, "accuracy", potential.accuracy);
  potential.settings.clear();
  for (const json& setting : member(j, "settings")) {
    auto& [name, value] = potential.settings.emplace_back();
    read(setting, "name", name);
    read(setting, "value", value);
  }
}

void to_json(json& j, const KineticsAssumptions& kinetics) {
  j = {{"attempt_frequency", number(kinetics.attempt_frequency)},
       {"temperatures", kinetics.temperatures},
       {"barrier_uncertainty", number(kinetics.barrier_uncertainty)}};
}

void from_json(const json& j, KineticsAssumptions& kinetics) {
  read(j, "attempt_frequency", kinetics.attempt_frequency);
  read(j, "temperatures", kinetics.temperatures);
  read(j, "barrier_uncertainty", kinetics.barrier_uncertainty);
}

void to_json(json& j, const RetentionPoint& point) {
  j = {{"temperature", number(point.temperature)}, {"time", number(point.time)}};
}

void from_json(const json& j, RetentionPoint& point) {
  read(j, "temperature", point.temperature);
  read(j, "time", point.time);
}

void to_json(json& j, const RetentionAssumptions& retention) {
  j = {{"reference", optional_value(retention.reference)},
       {"reference_material", retention.reference_material},
       {"measured", retention.measured},
       {"claimed_energy", optional_value(retention.claimed_energy)},
       {"source", retention.source}};
}

void from_json(const json& j, RetentionAssumptions& retention) {
  read(j, "reference", retention.reference);
  read(j, "reference_material", retention.reference_material);
  read(j, "measured", retention.measured);
  read(j, "claimed_energy", retention.claimed_energy);
  read(j, "source", retention.source);
}

void to_json(json& j, const StudyResult& study) {
  j = {{"study", study.study},          {"version", study.version},
       {"materials", study.materials},  {"potentials", study.potentials},
       {"kinetics", study.kinetics},    {"retention", optional_value(study.retention)},
       {"literature", study.literature}};
}

void from_json(const json& j, StudyResult& study) {
  read(j, "study", study.study);
  read(j, "version", study.version);
  read(j, "materials", study.materials);
  read(j, "potentials", study.potentials);
  read(j, "kinetics", study.kinetics);
  read(j, "retention", study.retention);
  read(j, "literature", study.literature);
}

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
