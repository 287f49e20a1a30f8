// Rows of the table that belong to the study as a whole: its name, kinetics, retention, report,
// use of ranks.
#include "study/key_kinds.hpp"

namespace ionpass::workflows {
namespace {

using Field = double RetentionPoint::*;

const Dimension& dimension_of(Field field) {
  static constexpr Dimension temperature = Dimension::temperature;
  static constexpr Dimension time = Dimension::time;
  return field == &RetentionPoint::temperature ? temperature : time;
}

RetentionAssumptions& retention(StudyDraft& draft) {
  if (!draft.study.retention) draft.study.retention.emplace();
  return *draft.study.retention;
}

/// What a row writes if the study has a retention section, else nothing.
template <class Write>
std::function<std::optional<std::string>(StudyDraft&)> if_retention(Write write) {
  return [write](StudyDraft& draft) -> std::optional<std::string> {
    if (!draft.study.retention) return std::nullopt;
    return write(*draft.study.retention);
  };
}

Key reference_key(const std::string& name, Field field, const std::string& meaning) {
  return {"retention.reference." + name,
          "number",
          std::string(unit_of(dimension_of(field))),
          "above 0; required in reference",
          meaning,
          Scope::study,
          [field](StudyDraft& draft, const YamlNode& node) {
            auto& reference = retention(draft).reference;
            if (!reference) reference.emplace();
            (*reference).*field = read_number(node, dimension_of(field), positive());
          },
          if_retention([field](const RetentionAssumptions& r) -> std::optional<std::string> {
            if (!r.reference) return std::nullopt;
            return yaml_number((*r.reference).*field);
          })};
}

RetentionPoint read_point(const YamlNode& node) {
  RetentionPoint point;
  for (const YamlNode::Entry& entry : node.entries("{temperature: ..., time: ...}")) {
    const bool is_time = entry.key == "time";
    if (!is_time && entry.key != "temperature")
      throw InputError(
          entry.where,
          fmt::format("unknown key '{}'{}", entry.value.path(),
                      suggestion(entry.key, std::vector<std::string>{"temperature", "time"})));
    const Field field = is_time ? &RetentionPoint::time : &RetentionPoint::temperature;
    point.*field = read_number(entry.value, dimension_of(field), positive());
  }
  if (point.temperature == 0.0 || point.time == 0.0)
    node.fail("a measured point needs both temperature and time");
  return point;
}

Key measured_key() {
  return {"retention.measured",
          "list of {temperature, time}",
          "K, s",
          "above 0",
          "measured retention times, for the consistency check",
          Scope::study,
          [](StudyDraft& draft, const YamlNode& node) {
            retention(draft).measured.clear();
            for (const YamlNode& item : node.items("a list of {temperature, time}"))
              retention(draft).measured.push_back(read_point(item));
          },
          if_retention([](const RetentionAssumptions& r) -> std::optional<std::string> {
            std::vector<std::string> items;
            for (const RetentionPoint& point : r.measured)
              items.push_back(fmt::format("{{temperature: {}, time: {}}}",
                                          yaml_number(point.temperature), yaml_number(point.time)));
            return yaml_list(items);
          })};
}

Key retention_text(const std::string& path, const std::string& meaning,
                   std::string RetentionAssumptions::*field) {
  return {
      path,
      "text",
      "",
      "",
      meaning,
      Scope::study,
      [field](StudyDraft& draft, const YamlNode& node) { retention(draft).*field = node.text(); },
      if_retention([field](const RetentionAssumptions& r) -> std::optional<std::string> {
        if ((r.*field).empty()) return std::nullopt;
        return yaml_text(r.*field);
      })};
}

Key claimed_energy_key() {
  return {"retention.claimed_energy",
          "number",
          "eV",
          "above 0",
          "activation energy that the source derives from the measured points",
          Scope::study,
          [](StudyDraft& draft, const YamlNode& node) {
            retention(draft).claimed_energy = read_number(node, Dimension::energy, positive());
          },
          if_retention([](const RetentionAssumptions& r) -> std::optional<std::string> {
            if (!r.claimed_energy) return std::nullopt;
            return yaml_number(*r.claimed_energy);
          })};
}

void append_retention_keys(std::vector<Key>& keys) {
  keys.push_back(reference_key("temperature", &RetentionPoint::temperature,
                               "of the measurement that retention is scaled to"));
  keys.push_back(reference_key("time", &RetentionPoint::time, "retention time measured there"));
  Key material = retention_text("retention.reference.material",
                                "name of the material it was measured on; left out: the first",
                                &RetentionAssumptions::reference_material);
  keys.push_back(material);
  keys.push_back(measured_key());
  keys.push_back(claimed_energy_key());
  keys.push_back(retention_text("retention.source", "citation of the measurement",
                                &RetentionAssumptions::source));
}

Key ranks_per_image_key() {
  return {"parallel.ranks_per_image",
          "integer or word",
          "",
          "auto, 1 to 100000",
          "ranks that share the k-points of one energy, or its eigenproblems where there are more "
          "ranks "
          "than k-points; auto: as many k-points as leave no rank idle",
          Scope::study,
          [](StudyDraft& draft, const YamlNode& node) {
            auto& ranks = draft.study.parallel.ranks_per_image;
            ranks.reset();
            if (node.text() != "auto")
              ranks = static_cast<int>(read_integer(node, between(1, 100000)));
          },
          [](StudyDraft& draft) -> std::optional<std::string> {
            const auto& ranks = draft.study.parallel.ranks_per_image;
            return ranks ? fmt::format("{}", *ranks) : "auto";
          }};
}

}  // namespace

void append_study_keys(std::vector<Key>& keys) {
  keys.push_back(numbers_key(
      {"kinetics.temperatures", "at which rates and retention are given", Scope::study},
      [](StudyDraft& d) -> std::vector<double>& { return d.study.kinetics.temperatures; },
      Dimension::temperature, between(1.0, 10000.0)));
  keys.push_back(number_key(
      {"kinetics.attempt_frequency", "prefactor of every rate: an assumption, not computed",
       Scope::study},
      [](StudyDraft& d) -> double& { return d.study.kinetics.attempt_frequency; },
      Dimension::frequency, between(1e6, 1e16)));
  keys.push_back(number_key(
      {"kinetics.barrier_uncertainty",
       "stated error of every barrier: widens rates and decides when an order counts as confirmed",
       Scope::study},
      [](StudyDraft& d) -> double& { return d.study.kinetics.barrier_uncertainty; },
      Dimension::energy, between(0.0, 10.0)));
  append_retention_keys(keys);
  keys.push_back(flag_key(
      {"report.literature", "set published barriers beside the computed ones", Scope::study},
      [](StudyDraft& d) -> bool& { return d.study.report.literature; }));
  keys.push_back(ranks_per_image_key());
}

}  // namespace ionpass::workflows
