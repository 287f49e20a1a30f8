// Results as JSON: the documents of the store, and the hop that `ionpass neb --json` and
// report.json print.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include <workflows/results.hpp>

namespace ionpass::workflows {

// Found by nlohmann::json: `nlohmann::json j = result;` and `j.get<StudyResult>()`. A round trip
// gives back every bit; numbers that are not finite, which JSON cannot hold, become null and come
// back as NaN. Reading throws InputError naming the missing or mistyped member.
void to_json(nlohmann::json& j, const ImageResult& image);
void from_json(const nlohmann::json& j, ImageResult& image);
void to_json(nlohmann::json& j, const HopResult& hop);
void from_json(const nlohmann::json& j, HopResult& hop);
void to_json(nlohmann::json& j, const RelaxationResult& relaxation);
void from_json(const nlohmann::json& j, RelaxationResult& relaxation);
void to_json(nlohmann::json& j, const MaterialResult& material);
void from_json(const nlohmann::json& j, MaterialResult& material);
void to_json(nlohmann::json& j, const PotentialNote& potential);
void from_json(const nlohmann::json& j, PotentialNote& potential);
void to_json(nlohmann::json& j, const KineticsAssumptions& kinetics);
void from_json(const nlohmann::json& j, KineticsAssumptions& kinetics);
void to_json(nlohmann::json& j, const RetentionPoint& point);
void from_json(const nlohmann::json& j, RetentionPoint& point);
void to_json(nlohmann::json& j, const RetentionAssumptions& retention);
void from_json(const nlohmann::json& j, RetentionAssumptions& retention);
void to_json(nlohmann::json& j, const StudyResult& study);
void from_json(const nlohmann::json& j, StudyResult& study);

/// JSON knows no infinity and no NaN.
[[nodiscard]] nlohmann::json number_or_null(double value);

/// The enumerator's name.
[[nodiscard]] std::string to_string(HopStatus status);
/// @throws InputError for a word that is none of them
[[nodiscard]] HopStatus hop_status(std::string_view word);

/// A study as the document the store keeps, and back.
/// @throws InputError for a text that is not such a document
[[nodiscard]] std::string to_document(const StudyResult& study);
[[nodiscard]] StudyResult from_document(std::string_view document);

/// A hop as users see it: the members fixed in docs/design.md and all else that is known of it.
/// Barriers, the reaction energy and the saddle are null unless the hop converged, whatever the
/// result holds.
[[nodiscard]] nlohmann::json hop_report(const HopResult& hop);

}  // namespace ionpass::workflows
