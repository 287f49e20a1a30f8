// What measured retention times say, and how they scale with the computed barriers.
#include <cmath>

#include <fmt/format.h>

#include "content.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

std::string point_text(const RetentionPoint& point) {
  return fmt::format("{} s at {} K", plain(point.time), plain(point.temperature));
}

std::string points_text(const std::vector<RetentionPoint>& points) {
  std::string out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0) out += i + 1 == points.size() ? " and " : ", ";
    out += point_text(points[i]);
  }
  return out;
}

std::string fit_sentence(const RetentionFinding& finding) {
  std::string out = fmt::format("t ∝ exp(Ea/kT) through the measured points ({}) gives Ea = {} eV",
                                points_text(finding.points), fixed(finding.fit->energy, 2));
  if (finding.fit->points > 2) {
    out += fmt::format(
        " ± {} eV by least squares, points off the line by a factor of {} (root mean square)",
        fixed(finding.fit->uncertainty, 2), short_number(std::exp(finding.fit->residual)));
  } else {
    out += "; two points fix the line and leave nothing to judge its error by";
  }
  return out + ".";
}

std::string claim_sentence(const RetentionCheck& check) {
  const double factor = check.time_by_claim / check.other.time;
  const std::string numbers =
      fmt::format("{} eV claimed against {} eV through the points themselves",
                  fixed(check.claimed, 2), fixed(check.fit.energy, 2));
  if (!check.contradiction) {
    return fmt::format(
        "The activation energy claimed for the measured retention agrees with its own points: {}.",
        numbers);
  }
  return fmt::format(
      "The activation energy claimed for the measured retention contradicts its own points: {}. "
      "With {} eV, "
      "{} would become {} at {} K, {} times {} than the {} s measured.",
      numbers, fixed(check.claimed, 2), point_text(check.anchor), duration(check.time_by_claim),
      plain(check.other.temperature), short_number(factor >= 1.0 ? factor : 1.0 / factor),
      factor >= 1.0 ? "longer" : "shorter", plain(check.other.time));
}

/// The computed barrier of the reference material beside the slope of the measured points.
std::string barrier_against_points(const Context& context) {
  const RetentionFinding& finding = *context.analysis.retention;
  const std::string& name = context.study.materials[*finding.reference_material].name;
  return fmt::format(
      "The computed barrier of the reference material {} is {} eV, the measured points follow {} "
      "eV: what limits "
      "the measured retention {} the computed hop alone.",
      name, fixed(finding.reference->barrier, 2), fixed(finding.fit->energy, 2),
      std::abs(finding.reference->barrier - finding.fit->energy) >
              context.study.kinetics.barrier_uncertainty + 2.0 * finding.fit->uncertainty
          ? "is then not"
          : "may be");
}

Table scaled_table(const Context& context) {
  const RetentionFinding& finding = *context.analysis.retention;
  Table table;
  table.caption = fmt::format(
      "Retention scaled from {} on {}: t = t(ref) × exp(E/kT − E(ref)/kT(ref)) with the computed "
      "barriers; "
      "intervals for ±{} eV in each. At the reference itself the point is met by construction.",
      point_text(finding.reference->point),
      context.study.materials[*finding.reference_material].name,
      plain(context.study.kinetics.barrier_uncertainty));
  table.columns = {{"material", "", false}, {"barrier (eV)", "", true}};
  for (const double t : context.study.kinetics.temperatures) {
    table.columns.push_back({plain(t) + " K", "retention at", true});
  }
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) {
    const MaterialSummary& summary = context.analysis.materials[m];
    std::vector<Cell> row = {
        {context.study.materials[m].name, finding.reference_material == m ? "reference" : "",
         Tone::neutral, true},
        {summary.barrier ? fixed(summary.barrier->energy, 3) : "–",
         summary.barrier ? "" : summary.reason}};
    for (const double t : context.study.kinetics.temperatures) {
      const std::optional<Interval> time = retention_at(context.analysis, m, t);
      row.push_back(
          {time ? duration(time->value) : "–", time ? duration_range(*time) : "", Tone::neutral});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// The other measured points against the scaling: a test it can fail.
std::vector<std::string> scaling_tests(const Context& context) {
  std::vector<std::string> out;
  const RetentionFinding& finding = *context.analysis.retention;
  for (const RetentionPoint& point : finding.points) {
    const RetentionPoint& ref = finding.reference->point;
    if (point.temperature == ref.temperature && point.time == ref.time) continue;
    const std::optional<Interval> time =
        retention_at(context.analysis, *finding.reference_material, point.temperature);
    if (!time) continue;
    const std::string range = duration_range(*time);
    const bool inside = point.time >= time->low && point.time <= time->high;
    out.push_back(fmt::format(
        "At {} K the scaling predicts {}{} for the reference material; {} s were measured, {}.",
        plain(point.temperature), duration(time->value), range.empty() ? "" : " (" + range + ")",
        plain(point.time), inside ? "inside the interval" : "outside the interval"));
  }
  return out;
}

}  // namespace

std::vector<std::string> retention_sentences(const Context& context) {
  std::vector<std::string> out;
  if (!context.analysis.retention) return out;
  const RetentionFinding& finding = *context.analysis.retention;
  if (finding.check) out.push_back(claim_sentence(*finding.check));
  if (finding.fit) {
    out.push_back(fit_sentence(finding));
  } else {
    out.push_back(
        "Measured retention times at two temperatures or more would give an activation energy; "
        "there are fewer.");
  }
  if (finding.reference) {
    if (finding.fit) out.push_back(barrier_against_points(context));
    for (std::string& sentence : scaling_tests(context)) out.push_back(std::move(sentence));
  }
  if (!context.study.retention->source.empty()) {
    out.push_back("Measurement: " + context.study.retention->source + ".");
  }
  return out;
}

Blocks retention_section(const Context& context) {
  Blocks blocks;
  if (!context.analysis.retention) return blocks;
  const RetentionFinding& finding = *context.analysis.retention;
  blocks.push_back(Heading{2, "Retention", "retention"});
  std::vector<std::string> sentences = retention_sentences(context);
  const bool contradiction = finding.check && finding.check->contradiction;
  const std::string title = sentences.front();
  sentences.erase(sentences.begin());
  blocks.push_back(Callout{contradiction ? Tone::bad : Tone::neutral, title, sentences});
  blocks.push_back(Callout{Tone::warning,
                           "The time of one hop is not a retention time.",
                           {"A device forgets after many hops over a long way, trapping, the "
                            "rupture of a filament or the crossing of "
                            "an interface; one hop over a barrier of 0.1 to 0.6 eV takes far less "
                            "than a second at 300 K. Retention is "
                            "therefore not computed here but scaled from a measured point.",
                            "The scaling supposes that prefactor, length and mechanism are those "
                            "of the reference, and that the "
                            "compared hop limits retention in every material. None of this is "
                            "shown by the calculation."}});
  if (finding.reference) {
    blocks.push_back(scaled_table(context));
  } else {
    blocks.push_back(Paragraph{"Retention cannot be scaled: " + finding.problem + "."});
  }
  return blocks;
}

}  // namespace ionpass::workflows::report
