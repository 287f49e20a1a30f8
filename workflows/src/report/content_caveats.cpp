// Everything that limits what the numbers of this report mean.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "content.hpp"
#include "profile.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

constexpr double curve_tolerance =
    0.010;  // eV, excess of the curve at which the climbing image counts as not at the top
constexpr double identity_tolerance =
    0.005;  // eV, forward − backward − reaction beyond which the path has an inner minimum

std::string with_stop(std::string text) {
  if (!text.empty() && text.back() != '.') text += '.';
  return text;
}

/// Files head the statement with its name; here it stands in a sentence.
std::string without_label(std::string provenance) {
  constexpr std::string_view label = "PROVENANCE: ";
  if (const std::size_t at = provenance.find(label); at != std::string::npos)
    provenance.erase(at, label.size());
  return provenance;
}

void say_structures(const StudyResult& study, std::vector<std::string>& say) {
  for (const MaterialResult& material : study.materials) {
    const std::string provenance = without_label(one_line(material.provenance));
    if (provenance.empty()) {
      say.push_back(
          fmt::format("The structure file of {} does not say where it comes from.", material.name));
      continue;
    }
    std::string lower = provenance;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool model = lower.find("model") != std::string::npos;
    const bool calculated = lower.find("calculated") != std::string::npos;
    say.push_back(fmt::format("{}{}: {}",
                              model        ? "Model structure, "
                              : calculated ? "Calculated structure, "
                                           : "Structure, ",
                              material.name, with_stop(provenance)));
  }
}

void say_hops(const StudyResult& study, std::vector<std::string>& say) {
  for (const MaterialResult& material : study.materials) {
    for (const HopResult& hop : material.hops) {
      if (!barrier_of(hop)) {
        say.push_back(fmt::format("{}, hop {} has no barrier: {}", material.name, hop.label,
                                  with_stop(outcome(hop))));
        continue;
      }
      if (const std::string diagnosis = one_line(hop.diagnosis); !diagnosis.empty())
        say.push_back(
            fmt::format("{}, hop {}: {}", material.name, hop.label, with_stop(diagnosis)));
      if (const double excess = curve_excess(hop.images); excess > curve_tolerance) {
        say.push_back(
            fmt::format("{}, hop {}: the curve through the images rises {} eV above the highest of "
                        "them, so the saddle may "
                        "lie between two images.",
                        material.name, hop.label, fixed(excess, 3)));
      }
      const double mismatch =
          hop.reaction_energy ? *hop.barrier_forward - *hop.barrier_backward - *hop.reaction_energy
                              : 0.0;
      if (std::abs(mismatch) > identity_tolerance) {
        say.push_back(
            fmt::format("{}, hop {}: forward minus backward barrier differs from the reaction "
                        "energy by {} eV, since the path "
                        "runs through a minimum of its own, from which the barrier is counted.",
                        material.name, hop.label, fixed(mismatch, 3)));
      }
    }
    for (const RelaxationResult& relaxation : material.relaxations) {
      if (relaxation.converged) continue;
      say.push_back(
          std::isfinite(relaxation.max_force)
              ? fmt::format("{}: the relaxation of {} did not converge; {} eV/Å were left.",
                            material.name, relaxation.name, fixed(relaxation.max_force, 3))
              : fmt::format("{}: the relaxation of {} has no energy at all.", material.name,
                            relaxation.name));
    }
  }
}

void say_cells(const StudyResult& study, std::vector<std::string>& say) {
  for (const MaterialResult& material : study.materials) {
    say.push_back(
        fmt::format("{}: one cell of {} atoms, {} Å between the vacancy and its nearest image; no "
                    "second size was computed, so "
                    "the error of the finite size is not known.",
                    material.name, material.atoms, fixed(material.image_distance, 1)));
    const bool gamma =
        material.kpoints.find("Γ") != std::string::npos || material.kpoints == "1x1x1";
    say.push_back(fmt::format("{}: k-points {}; {}.", material.name,
                              material.kpoints.empty() ? "not recorded" : material.kpoints,
                              gamma ? "the Γ point alone is wrong for small perovskite cells, and "
                                      "its error here is not known"
                                    : "the barrier was not recomputed on a denser mesh"));
  }
  const bool charged = std::any_of(study.materials.begin(), study.materials.end(),
                                   [](const MaterialResult& m) { return m.charge != 0.0; });
  if (charged) {
    say.push_back(
        "The cells are charged and neutralised by a uniform background. The interaction of point "
        "charges cancels "
        "between saddle and initial state; that of their shapes, of dipoles and of strain does "
        "not, and is not "
        "corrected.");
  }
}

void say_potentials(const StudyResult& study, std::vector<std::string>& say) {
  if (study.potentials.empty() && !study.materials.empty()) {
    say.push_back("Nothing is recorded of the potential that made these energies.");
  }
  for (const PotentialNote& potential : study.potentials) {
    if (potential.accuracy.empty()) {
      say.push_back(
          fmt::format("Nothing is recorded of the accuracy of {}: its error is unknown, not zero.",
                      potential.name));
    }
    for (const std::string& statement : potential.accuracy) {
      say.push_back(fmt::format("Accuracy of {}: {}", potential.name, with_stop(statement)));
    }
  }
}

void say_method(const StudyResult& study, std::vector<std::string>& say) {
  say.push_back(fmt::format(
      "The attempt frequency ({} 1/s) is assumed, not computed, and taken equal for all hops.",
      plain(study.kinetics.attempt_frequency)));
  say.push_back(
      "Barriers are differences of energies at rest: no zero-point or thermal motion, no dynamics "
      "of the organic "
      "cations, one path per hop. No Hessian was computed at the saddles, so that they are first "
      "order is not "
      "verified.");
  say.push_back(
      "Forward is the hop as it is named: the ion moves from its first site to its second, the "
      "vacancy the other way.");
  say.push_back(
      "The easiest hop stands for a material. Where several distinct hops must follow each other "
      "to carry an ion "
      "through the crystal, the hardest of them limits it; such chains of hops are not analysed "
      "here.");
}

void say_warnings(const StudyResult& study, std::vector<std::string>& say) {
  for (const MaterialResult& material : study.materials) {
    for (const std::string& warning : material.warnings) {
      say.push_back(fmt::format("{}: {}", material.name, with_stop(one_line(warning))));
    }
  }
}

}  // namespace

std::string outcome(const HopResult& hop) {
  std::string word = words(hop.status == HopStatus::no_saddle       ? "no saddle between the ends"
                           : hop.status == HopStatus::not_converged ? "did not converge"
                           : hop.status == HopStatus::failed        ? "failed"
                           : hop.status == HopStatus::unfinished    ? "not finished"
                                                                    : "converged");
  if (hop.status == HopStatus::converged && !barrier_of(hop))
    word = "converged, but without a barrier";
  const std::string diagnosis = one_line(hop.diagnosis);
  return diagnosis.empty() ? word : word + ": " + diagnosis;
}

std::vector<std::string> caveats(const Context& context) {
  std::vector<std::string> say;
  say_hops(context.study, say);
  say_structures(context.study, say);
  say_potentials(context.study, say);
  say_cells(context.study, say);
  say_method(context.study, say);
  if (context.analysis.retention) {
    say.push_back(
        "The time of one hop is not a retention time; retention is scaled from a measurement, not "
        "computed.");
  }
  if (context.study.literature) {
    const auto entries = cited(context.study, context.literature);
    const auto unverified =
        std::count_if(entries.begin(), entries.end(), [](const LiteratureEntry& entry) {
          return entry.value && entry.verification != Verification::source;
        });
    if (unverified > 0) {
      say.push_back(
          fmt::format("{} of the published values shown were not read in their own source; they "
                      "are marked † or ‡.",
                      unverified));
    }
  }
  say_warnings(context.study, say);
  return say;
}

Blocks caveats_section(const Context& context) {
  return {Heading{2, "Caveats", "caveats"}, Bullets{caveats(context)}};
}

}  // namespace ionpass::workflows::report
