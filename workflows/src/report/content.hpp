// The sections of a report, each as blocks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <workflows/literature.hpp>
#include <workflows/results.hpp>

#include "analysis.hpp"
#include "document.hpp"
#include "plots.hpp"

namespace ionpass::workflows::report {

/// What every section is written from.
struct Context {
  const StudyResult& study;
  const Literature& literature;
  Analysis analysis;
  std::map<std::string, std::size_t> reference;  ///< number of each cited entry, by its id, from 1
};

/// @throws InputError for kinetics that make no sense (a temperature that is not positive)
[[nodiscard]] Context make_context(const StudyResult& study, const Literature& literature);

/// Published values of a material, if the study wants literature.
[[nodiscard]] std::vector<LiteratureEntry> published(const Context& context,
                                                     const MaterialResult& material);
/// Every entry that a report of this study cites, in the order of the collection.
[[nodiscard]] std::vector<LiteratureEntry> cited(const StudyResult& study,
                                                 const Literature& literature);
/// "†" unverified, "‡" quoted, empty if read in the source.
[[nodiscard]] std::string verification_mark(Verification verification);

/// "converged", or why there is no barrier.
[[nodiscard]] std::string outcome(const HopResult& hop);

using Blocks = std::vector<Block>;

[[nodiscard]] Blocks summary_section(const Context& context);
[[nodiscard]] Blocks comparison_section(const Context& context);
/// @param plotter null: no pictures
[[nodiscard]] Blocks profile_section(const Context& context, Plotter* plotter);
[[nodiscard]] Blocks kinetics_section(const Context& context, Plotter* plotter);
[[nodiscard]] Blocks retention_section(const Context& context);
[[nodiscard]] Blocks literature_section(const Context& context);
[[nodiscard]] Blocks caveats_section(const Context& context);
[[nodiscard]] Blocks methods_section(const Context& context);

/// How measured retention and the energy claimed for it go together, in words; the first sentence
/// is the finding.
[[nodiscard]] std::vector<std::string> retention_sentences(const Context& context);
/// Every caveat that applies, one sentence or two each.
[[nodiscard]] std::vector<std::string> caveats(const Context& context);

}  // namespace ionpass::workflows::report
