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
    case Verdict::no_claim:
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

std::string literature_lines(const Context& context, const MaterialResult& material) {
  std::string out = "Published: ";
  const std::vector<LiteratureEntry> entries = published(context, material);
  if (entries.empty()) return out + "nothing in the collection";
  for (const LiteratureEntry& entry : entries) {
    if (entry.id != entries.front().id) out += "\n";
    out += fmt::format("{}{}, {}{}, {} [{}]", published_value(entry),
                       verification_mark(entry.verification), entry.method,
                       entry.charge.empty()                ? ""
                       : has_other_charge(entry, material) ? ", of another charge: " + entry.charge
                                                           : ", charge " + entry.charge,
                       short_citation(entry.citation), context.reference.at(entry.id));
  }
  return out;
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
  return table;
}

Cell dash() { return {"–"}; }

Cell energy_cell(const std::optional<double>& energy, bool shown) {
  Cell cell = dash();
  if (shown && energy) cell.text = fixed(*energy, 3);
  return cell;
}

/// Cells of a converged hop from its rates to its retention.
void add_times(const Context& context, std::size_t m, const HopResult& hop, bool compared,
               std::vector<Cell>& row) {
  const KineticsAssumptions& kinetics = context.study.kinetics;
  for (const double t : kinetics.temperatures) {
    row.push_back({short_number(hop_rate(*barrier_of(hop), t, kinetics.attempt_frequency))});
  }
  if (!context.study.retention) return;
  for (const double t : kinetics.temperatures) {
    Cell cell = dash();
    const std::optional<Interval> time =
        compared ? retention_at(context.analysis, m, t) : std::nullopt;
    if (time) cell.text = duration(time->value);
    row.push_back(cell);
  }
}

/// All cells of a hop but the first, of a table with so many columns.
std::vector<Cell> hop_row(const Context& context, std::size_t m, std::size_t h, int columns) {
  const HopResult& hop = context.study.materials[m].hops[h];
  const bool converged = barrier_of(hop).has_value();
  const bool compared = context.analysis.materials[m].hop == h;
  std::vector<Cell> row;
  row.push_back({hop.label + (compared ? " ★" : ""), words(hop.kind), Tone::neutral, compared});
  row.push_back({fixed(hop.length, 2)});
  row.push_back(energy_cell(hop.barrier_forward, converged));
  row.push_back(energy_cell(hop.barrier_backward, converged));
  row.push_back(energy_cell(hop.reaction_energy, converged));
  row.push_back({converged ? "yes" : "no", "", converged ? Tone::good : Tone::bad});
  if (converged) {
    add_times(context, m, hop, compared, row);
  } else {
    // The reason takes the place of the rates there are none of.
    row.push_back({outcome(hop), "", Tone::warning, false, 1, false,
                   columns - static_cast<int>(row.size()) - 1});
  }
  return row;
}

void add_material(const Context& context, std::size_t m, Table& table) {
  const MaterialResult& material = context.study.materials[m];
  const int rest = static_cast<int>(table.columns.size()) - 1;
  std::vector<std::vector<Cell>> rows;
  for (std::size_t h = 0; h < material.hops.size(); ++h)
    rows.push_back(hop_row(context, m, h, rest + 1));
  if (rows.empty()) {
    rows.push_back({{"no hop was studied", "", Tone::warning, false, 1, false, rest}});
  }
  if (context.study.literature) {
    rows.push_back(
        {{literature_lines(context, material), "", Tone::neutral, false, 1, false, rest}});
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    Cell name;
    name.covered = r > 0;
    if (r == 0) {
      name = {material.name, describe(context.analysis.materials[m].dimension), Tone::neutral, true,
              static_cast<int>(rows.size())};
    }
    rows[r].insert(rows[r].begin(), name);
    table.rows.push_back(std::move(rows[r]));
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
      "which the vacancy climbs from the lower end. Rates are of the larger barrier at an assumed "
      "attempt "
      "frequency of {} 1/s; intervals for ±{} eV in each barrier stand under kinetics and "
      "retention.{}",
      plain(context.study.kinetics.attempt_frequency),
      plain(context.study.kinetics.barrier_uncertainty),
      context.study.literature ? " † not verified at the source, ‡ quoted by another document."
                               : "");
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) add_material(context, m, table);
  blocks.push_back(std::move(table));
  return blocks;
}

}  // namespace ionpass::workflows::report
