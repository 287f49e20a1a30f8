// Energy profiles, rates, and ratios between materials.
#include <cmath>

#include <fmt/format.h>

#include "content.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

Cell text_cell(std::string text, std::string note = "") {
  return {std::move(text), std::move(note)};
}

Table image_table(const HopResult& hop) {
  Table table;
  table.columns = {{"image", "", true},
                   {"path length (Å)", "", true},
                   {"energy (eV)", "", true},
                   {"force along (eV/Å)", "", true}};
  for (std::size_t i = 0; i < hop.images.size(); ++i) {
    const ImageResult& image = hop.images[i];
    table.rows.push_back(
        {text_cell(fmt::format("{}{}", i, hop.saddle_image == i ? " (saddle)" : "")),
         text_cell(fixed(image.s, 3)), text_cell(fixed(image.energy, 3)),
         text_cell(fixed(image.force_along, 3))});
  }
  return table;
}

Figure profile_figure(const MaterialResult& material, const HopResult& hop, Plotter* plotter) {
  Figure figure;
  figure.title = material.name + ", " + hop.label;
  if (barrier_of(hop)) {
    figure.caption = fmt::format(
        "{}; forward {} eV, backward {} eV. Curve through the images with slopes from the true "
        "forces.",
        words(hop.kind), fixed(*hop.barrier_forward, 3), fixed(*hop.barrier_backward, 3));
    // Numbers of a path that did not converge would be read as a barrier.
    figure.data = image_table(hop);
  } else {
    figure.caption =
        fmt::format("{}; {}. Its shape only: not a barrier.", words(hop.kind), outcome(hop));
  }
  if (plotter != nullptr) figure.svg = plotter->profile(hop);
  return figure;
}

void add_rates(const Context& context, std::size_t m, Table& table) {
  const MaterialResult& material = context.study.materials[m];
  const MaterialSummary& summary = context.analysis.materials[m];
  const KineticsAssumptions& kinetics = context.study.kinetics;
  const auto series =
      arrhenius_series(*summary.barrier, kinetics.temperatures, kinetics.attempt_frequency);
  const int rows = static_cast<int>(series.size());
  for (std::size_t i = 0; i < series.size(); ++i) {
    const ArrheniusPoint& point = series[i];
    const double t = point.temperature;
    table.rows.push_back(
        {{i == 0 ? material.name : "", i == 0 ? material.hops[*summary.hop].label : "",
          Tone::neutral, true, i == 0 ? rows : 1, i > 0},
         text_cell(plain(t)),
         text_cell(short_number(point.rate.value), number_range(point.rate)),
         text_cell(duration(point.residence.value), duration_range(point.residence)),
         text_cell(short_number(error_factor(kinetics.barrier_uncertainty, t)))});
  }
}

Table rate_table(const Context& context) {
  Table table;
  table.caption =
      "Rates of the compared hop of each material, and the mean time until one given hop happens";
  table.columns = {
      {"material", "", false},
      {"T (K)", "", true},
      {"hop rate (1/s)", "", true},
      {"residence time", "", true},
      {fmt::format("factor of ±{} eV", plain(context.study.kinetics.barrier_uncertainty)), "",
       true}};
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) {
    if (context.analysis.materials[m].barrier) add_rates(context, m, table);
  }
  return table;
}

/// Each pair of materials, the slower one first.
Table ratio_table(const Context& context) {
  Table table;
  table.caption =
      "How many times longer one hop takes in the first material than in the second, at equal "
      "attempt frequency";
  table.columns = {{"material", "", false}, {"against", "", false}, {"difference (eV)", "", true}};
  for (const double t : context.study.kinetics.temperatures) {
    table.columns.push_back({plain(t) + " K", "ratio of times at", true});
  }
  const auto& summaries = context.analysis.materials;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    for (std::size_t j = i + 1; j < summaries.size(); ++j) {
      if (!summaries[i].barrier || !summaries[j].barrier) continue;
      const bool swap = summaries[i].barrier->energy < summaries[j].barrier->energy;
      const std::size_t slow = swap ? j : i;
      const std::size_t fast = swap ? i : j;
      const Barrier& a = *summaries[slow].barrier;
      const Barrier& b = *summaries[fast].barrier;
      std::vector<Cell> row = {text_cell(context.study.materials[slow].name),
                               text_cell(context.study.materials[fast].name),
                               text_cell(fixed(a.energy - b.energy, 3))};
      for (const double t : context.study.kinetics.temperatures) {
        const Interval ratio = time_ratio(a, b, t);
        row.push_back(text_cell(short_number(ratio.value), number_range(ratio)));
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

Figure arrhenius_figure(const Context& context, Plotter& plotter) {
  Figure figure;
  figure.title = "Arrhenius plot";
  figure.caption = fmt::format(
      "Hop rates at the assumed attempt frequency; bands for ±{} eV, points at the temperatures of "
      "the study.",
      plain(context.study.kinetics.barrier_uncertainty));
  figure.wide = true;
  std::vector<ArrheniusLine> lines;
  for (std::size_t m = 0; m < context.study.materials.size(); ++m) {
    const MaterialSummary& summary = context.analysis.materials[m];
    if (!summary.barrier) continue;
    const int series = static_cast<int>(lines.size());
    lines.push_back({*summary.barrier, series});
    figure.legend.push_back({fmt::format("{}, {} eV ({})", context.study.materials[m].name,
                                         fixed(summary.barrier->energy, 3),
                                         context.study.materials[m].hops[*summary.hop].label),
                             series});
  }
  figure.svg = plotter.arrhenius(lines, context.study.kinetics);
  return figure;
}

}  // namespace

Blocks profile_section(const Context& context, Plotter* plotter) {
  Blocks blocks;
  for (const MaterialResult& material : context.study.materials) {
    for (const HopResult& hop : material.hops) {
      Figure figure = profile_figure(material, hop, plotter);
      if (figure.svg || !figure.data.rows.empty()) blocks.push_back(std::move(figure));
    }
  }
  if (!blocks.empty()) {
    blocks.insert(blocks.begin(), Heading{2, "Energy profiles", "profiles"});
  }
  if (plotter != nullptr && !plotter->problem().empty()) {
    blocks.push_back(
        Callout{Tone::warning,
                "Plots are missing; their numbers stand in tables instead.",
                {plotter->problem() + "; make the report again with a working gnuplot."}});
  }
  return blocks;
}

Blocks kinetics_section(const Context& context, Plotter* plotter) {
  const KineticsAssumptions& kinetics = context.study.kinetics;
  Blocks blocks;
  blocks.push_back(Heading{2, "Kinetics", "kinetics"});
  blocks.push_back(Callout{
      Tone::neutral,
      fmt::format("The attempt frequency of {} 1/s is an assumption, not computed.",
                  plain(kinetics.attempt_frequency)),
      {"Rate = attempt frequency × exp(−barrier / kT). Halide lattices are soft and anharmonic: a "
       "factor of 3 "
       "either way in the attempt frequency is a fair guess of its error, and rates scale with it.",
       fmt::format("An error of {} eV in a barrier is a factor of {} in its rate at 300 K.",
                   plain(kinetics.barrier_uncertainty),
                   short_number(error_factor(kinetics.barrier_uncertainty, 300.0)))}});
  Table rates = rate_table(context);
  if (rates.rows.empty()) {
    blocks.push_back(
        Paragraph{"No material has a barrier to compare, so there are no rates here."});
    for (std::size_t m = 0; m < context.study.materials.size(); ++m)
      blocks.push_back(Paragraph{fmt::format("{}: {}.", context.study.materials[m].name,
                                             context.analysis.materials[m].reason)});
    return blocks;
  }
  if (plotter != nullptr) {
    const bool failed_before = !plotter->problem().empty();
    Figure figure = arrhenius_figure(context, *plotter);
    if (figure.svg) {
      blocks.push_back(std::move(figure));
    } else if (failed_before) {
      blocks.push_back(
          Paragraph{"The Arrhenius plot is missing; the table below holds its numbers."});
    } else {
      blocks.push_back(
          Callout{Tone::warning,
                  "The Arrhenius plot is missing; the table below holds its numbers.",
                  {plotter->problem() + "; make the report again with a working gnuplot."}});
    }
  }
  blocks.push_back(std::move(rates));
  Table ratios = ratio_table(context);
  if (!ratios.rows.empty()) blocks.push_back(std::move(ratios));
  return blocks;
}

}  // namespace ionpass::workflows::report
