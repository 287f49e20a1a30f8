// The answer on top of the report, and the comparison table.
#include <algorithm>

#include <fmt/format.h>

#include "content.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::confirmed:
      return Tone::good;
    case Verdict::contradicted:
      return Tone::bad;
    case Verdict::same_order:
    case Verdict::opposite_order:
    case Verdict::mixed:
      return Tone::warning;
    case Verdict::undecided:
      break;
  }
  return Tone::neutral;
}

Strips overview(const Context& context) {
  Strips strips;
  for (std::size_t i = 0; i < context.study.materials.size(); ++i) {
    const MaterialResult& material = context.study.materials[i];
    const MaterialSummary& summary = context.analysis.materials[i];
    StripRow row{material.name, describe(summary.dimension), std::nullopt, 0.0, {}};
    if (summary.barrier) {
      row.value = summary.barrier->energy;
      row.uncertainty = summary.barrier->uncertainty;
    }
    for (const LiteratureEntry& entry : published(context, material)) {
      row.published.push_back(
          {entry.value->low, entry.value->high, entry.verification == Verification::source});
    }
    strips.rows.push_back(row);
  }
  return strips;
}

std::string literature_cell(const Context& context, const MaterialResult& material) {
  std::string out;
  for (const LiteratureEntry& entry : published(context, material)) {
    if (!out.empty()) out += "\n";
    out += fmt::format("{}{}: {}{}; {} [{}]", published_value(entry),
                       verification_mark(entry.verification), entry.method,
                       entry.charge.empty() ? "" : ", charge " + entry.charge,
                       short_citation(entry.citation), context.reference.at(entry.id));
  }
  return out.empty() ? "none in the collection" : out;
}

Table comparison_frame(const Context& context) {
  Table table;
  table.columns = {{"material", "", false},
                   {"hop", "", false},
                   {"length (Å)", "", true},
                   {"forward", "barrier (eV)", true},
                   {"backward", "barrier (eV)", true},
                   {"reaction (eV)", "", true},
                   {"converged", "", false}};
  for (const double t : context.study.kinetics.temperatures) {
    table.columns.push_back({plain(t) + " K", "hop rate (1/s)", true});
  }
  if (context.study.retention) {
    for (const double t : context.study.kinetics.temperatures) {
      table.columns.push_back({plain(t) + " K", "retention, scaled", true});
    }
  }
  if (context.study.literature) table.columns.push_back({"literature", "", false});
  return table;
}

Cell dash() { return {"–", "", Tone::neutral, false, 1, false}; }

Cell energy_cell(const std::optional<double>& energy, bool shown) {
  Cell cell = dash();
  if (shown && energy) cell.text = fixed(*energy, 3);
  return cell;
}

/// Cells of a hop from its rates to its retention.
void add_times(const Context& context, std::size_t m, const HopResult& hop, bool compared,
               std::vector<Cell>& row) {
  const KineticsAssumptions& kinetics = context.study.kinetics;
  const std::optional<double> barrier = barrier_of(hop);
  for (const double t : kinetics.temperatures) {
    Cell cell = dash();
    if (barrier) {
      const double temperature[] = {t};
      const Interval rate = arrhenius_series({*barrier, kinetics.barrier_uncertainty}, temperature,
                                             kinetics.attempt_frequency)
                                .front()
                                .rate;
      cell.text = short_number(rate.value);
      cell.note = number_range(rate);
    }
    row.push_back(cell);
  }
  if (!context.study.retention) return;
  for (const double t : kinetics.temperatures) {
    Cell cell = dash();
    const std::optional<Interval> time =
        compared ? retention_at(context.analysis, m, t) : std::nullopt;
    if (time) {
      cell.text = duration(time->value);
      cell.note = duration_range(*time);
    }
    row.push_back(cell);
  }
}

void add_material(const Context& context, std::size_t m, Table& table) {
  const MaterialResult& material = context.study.materials[m];
  const MaterialSummary& summary = context.analysis.materials[m];
  const int rows = std::max(1, static_cast<int>(material.hops.size()));
  for (int r = 0; r < rows; ++r) {
    std::vector<Cell> row;
    row.push_back({r == 0 ? material.name : "", r == 0 ? describe(summary.dimension) : "",
                   Tone::neutral, true, r == 0 ? rows : 1, r > 0});
    if (material.hops.empty()) {
      row.push_back({"no hop was studied", "", Tone::warning, false, 1, false});
      while (row.size() + (context.study.literature ? 1 : 0) < table.columns.size())
        row.push_back(dash());
    } else {
      const auto index = static_cast<std::size_t>(r);
      const HopResult& hop = material.hops[index];
      const bool converged = barrier_of(hop).has_value();
      const bool compared = summary.hop == index;
      row.push_back(
          {hop.label + (compared ? " ★" : ""), words(hop.kind), Tone::neutral, compared, 1, false});
      row.push_back({fixed(hop.length, 2), "", Tone::neutral, false, 1, false});
      row.push_back(energy_cell(hop.barrier_forward, converged));
      row.push_back(energy_cell(hop.barrier_backward, converged));
      row.push_back(energy_cell(hop.reaction_energy, converged));
      row.push_back({converged ? "yes" : "no", converged ? "" : outcome(hop),
                     converged ? Tone::good : Tone::bad, false, 1, false});
      add_times(context, m, hop, compared, row);
    }
    if (context.study.literature) {
      row.push_back({r == 0 ? literature_cell(context, material) : "", "", Tone::neutral, false,
                     r == 0 ? rows : 1, r > 0});
    }
    table.rows.push_back(std::move(row));
  }
}

}  // namespace

Blocks summary_section(const Context& context) {
  Blocks blocks;
  const OrderFinding& order = context.analysis.order;
  blocks.push_back(Callout{tone_of(order.verdict), order.headline, order.sentences});
  blocks.push_back(overview(context));
  return blocks;
}

Blocks comparison_section(const Context& context) {
  Blocks blocks;
  blocks.push_back(Heading{2, "Comparison", "comparison"});
  if (context.study.materials.empty()) {
    blocks.push_back(Paragraph{"The study has no material with a result."});
    return blocks;
  }
  Table table = comparison_frame(context);
  table.caption = fmt::format(
      "★ marks the hop that stands for its material: of the converged hops that carry the ion "
      "further than "
      "one face or polyhedron, the easiest. For it the larger of forward and backward barrier "
      "counts, "
      "which the vacancy climbs from the lower end. Rates are of that larger barrier; small "
      "numbers are the "
      "interval for ±{} eV in each barrier.{}",
      plain(context.study.kinetics.barrier_uncertainty),
      context.study.literature ? " † not verified at the source, ‡ quoted by another document."
                               : "");
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) add_material(context, m, table);
  blocks.push_back(std::move(table));
  return blocks;
}

}  // namespace ionpass::workflows::report
