// The report for programs: the whole study, and what was concluded from it.
#include <nlohmann/json.hpp>

#include <workflows/report.hpp>
#include <workflows/results_json.hpp>

#include "content.hpp"
#include "text.hpp"

namespace ionpass::workflows {

namespace report {

namespace {

using nlohmann::json;

json interval(const Interval& i) {
  return {{"low", number_or_null(i.low)},
          {"value", number_or_null(i.value)},
          {"high", number_or_null(i.high)}};
}

json rates(const Barrier& barrier, const KineticsAssumptions& kinetics) {
  json out = json::array();
  for (const ArrheniusPoint& point :
       arrhenius_series(barrier, kinetics.temperatures, kinetics.attempt_frequency)) {
    out.push_back({{"temperature", point.temperature},
                   {"rate", interval(point.rate)},
                   {"residence_time", interval(point.residence)}});
  }
  return out;
}

json hop_json(const HopResult& hop, const KineticsAssumptions& kinetics) {
  json j = hop_report(hop);
  j["kinetics"] = nullptr;
  if (barrier_of(hop)) {
    const double uncertainty = kinetics.barrier_uncertainty;
    j["kinetics"] = {{"forward", rates({*hop.barrier_forward, uncertainty}, kinetics)},
                     {"backward", rates({*hop.barrier_backward, uncertainty}, kinetics)}};
  }
  return j;
}

json literature_json(const Context& context, const LiteratureEntry& entry) {
  return {{"number", context.reference.at(entry.id)},
          {"id", entry.id},
          {"materials", entry.materials},
          {"subject", entry.subject},
          {"value", entry.value ? json{{"low", entry.value->low}, {"high", entry.value->high}}
                                : json(nullptr)},
          {"uncertainty", entry.uncertainty ? json(*entry.uncertainty) : json(nullptr)},
          {"method", entry.method},
          {"functional", entry.functional},
          {"supercell", entry.supercell},
          {"charge", entry.charge},
          {"citation", entry.citation},
          {"doi", entry.doi},
          {"doi_checked", entry.doi_checked},
          {"arxiv", entry.arxiv},
          {"verification", to_string(entry.verification)},
          {"read_in", entry.read_in},
          {"note", entry.note}};
}

const char* dimension_word(Dimension dimension) {
  switch (dimension) {
    case Dimension::chain:
      return "1D";
    case Dimension::network:
      return "3D";
    case Dimension::layered:
      return "layered";
    case Dimension::cluster:
      return "0D";
    case Dimension::unknown:
      break;
  }
  return "unknown";
}

json compared_material(const Context& context, std::size_t m) {
  const MaterialResult& material = context.study.materials[m];
  const MaterialSummary& summary = context.analysis.materials[m];
  json j = {{"material", material.name},
            {"dimension", dimension_word(summary.dimension)},
            {"hop", nullptr},
            {"barrier", nullptr},
            {"reason", summary.reason},
            {"rates", nullptr},
            {"retention", nullptr},
            {"literature", json::array()}};
  for (const LiteratureEntry& entry : published(context, material))
    j["literature"].push_back(entry.id);
  if (!summary.barrier) return j;
  j["hop"] = material.hops[*summary.hop].label;
  j["barrier"] = {{"energy", summary.barrier->energy},
                  {"uncertainty", summary.barrier->uncertainty}};
  j["rates"] = rates(*summary.barrier, context.study.kinetics);
  if (!context.analysis.retention || !context.analysis.retention->reference) return j;
  j["retention"] = json::array();
  for (const double t : context.study.kinetics.temperatures) {
    j["retention"].push_back(
        {{"temperature", t}, {"time", interval(*retention_at(context.analysis, m, t))}});
  }
  return j;
}

json ratios(const Context& context) {
  json out = json::array();
  const auto& summaries = context.analysis.materials;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    for (std::size_t k = 0; k < summaries.size(); ++k) {
      if (i == k || !summaries[i].barrier || !summaries[k].barrier) continue;
      json at = json::array();
      for (const double t : context.study.kinetics.temperatures) {
        at.push_back(
            {{"temperature", t},
             {"ratio", interval(time_ratio(*summaries[i].barrier, *summaries[k].barrier, t))}});
      }
      out.push_back({{"material", context.study.materials[i].name},
                     {"against", context.study.materials[k].name},
                     {"difference", summaries[i].barrier->energy - summaries[k].barrier->energy},
                     {"times", at}});
    }
  }
  return out;
}

json order_json(const Context& context) {
  const OrderFinding& order = context.analysis.order;
  json pairs = json::array();
  for (const Comparison& pair : order.pairs) {
    pairs.push_back({{"one_dimensional", context.study.materials[pair.chain].name},
                     {"three_dimensional", context.study.materials[pair.network].name},
                     {"difference", pair.difference}});
  }
  return {{"verdict", to_string(order.verdict)},
          {"statement", order.headline},
          {"details", order.sentences},
          {"pairs", pairs},
          {"difference_uncertainty", order.uncertainty}};
}

json retention_json(const Context& context) {
  if (!context.analysis.retention) return nullptr;
  const RetentionFinding& finding = *context.analysis.retention;
  json j = {{"points", finding.points},   {"fit", nullptr},
            {"claim", nullptr},           {"reference_material", nullptr},
            {"problem", finding.problem}, {"statements", retention_sentences(context)}};
  if (finding.fit) {
    j["fit"] = {{"activation_energy", finding.fit->energy},
                {"uncertainty", finding.fit->uncertainty},
                {"log_prefactor", finding.fit->log_prefactor},
                {"residual", finding.fit->residual},
                {"points", finding.fit->points}};
  }
  if (finding.check) {
    j["claim"] = {{"activation_energy", finding.check->claimed},
                  {"contradiction", finding.check->contradiction},
                  {"anchor", finding.check->anchor},
                  {"compared", finding.check->other},
                  {"time_by_claim", number_or_null(finding.check->time_by_claim)}};
  }
  if (finding.reference_material) {
    j["reference_material"] = context.study.materials[*finding.reference_material].name;
  }
  return j;
}

json report_of(const Context& context) {
  json j = context.study;
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) {
    json& hops = j["materials"][m]["hops"] = json::array();
    for (const HopResult& hop : context.study.materials[m].hops) {
      hops.push_back(hop_json(hop, context.study.kinetics));
    }
  }
  j["order"] = order_json(context);
  j["comparison"] = json::array();
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) {
    j["comparison"].push_back(compared_material(context, m));
  }
  j["ratios"] = ratios(context);
  j["retention_check"] = retention_json(context);
  j["caveats"] = caveats(context);
  j["published"] = json::array();
  for (const LiteratureEntry& entry : cited(context.study, context.literature)) {
    j["published"].push_back(literature_json(context, entry));
  }
  return j;
}

}  // namespace

}  // namespace report

std::string report_json(const StudyResult& study, const Literature& literature) {
  const nlohmann::json j = report::report_of(report::make_context(study, literature));
  // Text read from files may hold bytes that are not UTF-8; the report must be written
  // nevertheless.
  return j.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ionpass::workflows
