// Plots of a report, drawn by gnuplot as SVG.
#include "plots.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "document.hpp"
#include "process.hpp"
#include "profile.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

constexpr const char* muted_colour = "#7a8794";
constexpr const char* saddle_colour = "#e0631b";

struct Range {
  double low = 0.0;
  double high = 0.0;
};

Range padded(Range range, double fraction) {
  const double pad = std::max((range.high - range.low) * fraction, 1e-3);
  return {range.low - pad, range.high + pad};
}

std::string profile_script(const HopResult& hop) {
  const std::vector<ProfilePoint> curve = profile_curve(hop.images);
  const bool converged = hop.status == HopStatus::converged;
  Range energies{0.0, 0.0};
  std::string script = plot_preamble(460, 300) + "$curve << EOD\n";
  for (const ProfilePoint& p : curve) {
    energies = {std::min(energies.low, p.energy), std::max(energies.high, p.energy)};
    script += fmt::format("{:.6f} {:.6f}\n", p.s, p.energy);
  }
  script += "EOD\n$images << EOD\n";
  std::string saddle;
  for (std::size_t i = 0; i < hop.images.size(); ++i) {
    const ImageResult& image = hop.images[i];
    if (!std::isfinite(image.s) || !std::isfinite(image.energy)) continue;
    const std::string line = fmt::format("{:.6f} {:.6f}\n", image.s, image.energy);
    script += line;
    if (converged && hop.saddle_image == i) saddle = line;
  }
  script += "EOD\n";
  if (!saddle.empty()) script += "$saddle << EOD\n" + saddle + "EOD\n";
  const Range y = padded(energies, 0.16);
  // A scale on a path that did not converge would be read as a barrier.
  script += fmt::format(
      "set xlabel 'path length (Å)'\nset ylabel '{}'\nset minussign\nset format y '{}'\n"
      "set xrange [{:.6f}:{:.6f}]\nset yrange [{:.6f}:{:.6f}]\n",
      converged ? "energy (eV)" : "energy, not converged", converged ? "%.2f" : "",
      curve.front().s - 0.02 * curve.back().s, curve.back().s * 1.02 + 1e-6, y.low, y.high);
  const std::string colour = converged ? series_colour(0) : muted_colour;
  script += fmt::format(
      "plot $curve with lines lw 2.4 {} lc rgb '{}', $images with points pt {} ps 0.8 lc rgb '{}'",
      converged ? "dt 1" : "dt 2", colour, converged ? 7 : 6, colour);
  if (!saddle.empty()) {
    script += fmt::format(", $saddle with points pt 13 ps 1.7 lc rgb '{}'", saddle_colour);
    script +=
        fmt::format(", $saddle using 1:2:('saddle') with labels offset 0,0.9 textcolor rgb '{}'",
                    saddle_colour);
  }
  return script + "\n";
}

/// Temperatures the Arrhenius lines span, K: the study's with some room on both sides.
Range temperature_range(const std::vector<double>& temperatures) {
  const auto [low, high] = std::minmax_element(temperatures.begin(), temperatures.end());
  const double room = std::max(0.08 * (*high - *low), 0.05 * *low);
  return {*low - room, *high + room};
}

std::string arrhenius_script(const std::vector<ArrheniusLine>& lines,
                             const KineticsAssumptions& kinetics) {
  const Range span = temperature_range(kinetics.temperatures);
  constexpr int steps = 60;
  std::string script = plot_preamble(860, 460);
  // All bands first, so that none covers a line.
  std::string bands;
  std::string curves;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    script += fmt::format("$line{} << EOD\n", i);
    for (int k = 0; k <= steps; ++k) {
      // Even steps in 1/T, on which the line is straight.
      const double x = 1.0 / span.high + (1.0 / span.low - 1.0 / span.high) * k / steps;
      const double temperature[] = {1.0 / x};
      const Interval rate =
          arrhenius_series(lines[i].barrier, temperature, kinetics.attempt_frequency).front().rate;
      script +=
          fmt::format("{:.6f} {:.6e} {:.6e} {:.6e}\n", 1000.0 * x, rate.low, rate.value, rate.high);
    }
    script += fmt::format("EOD\n$points{} << EOD\n", i);
    for (const double temperature : kinetics.temperatures) {
      script +=
          fmt::format("{:.6f} {:.6e}\n", 1000.0 / temperature,
                      hop_rate(lines[i].barrier.energy, temperature, kinetics.attempt_frequency));
    }
    script += "EOD\n";
    const std::string colour = series_colour(lines[i].series).substr(1);
    bands += fmt::format("$line{} using 1:2:4 with filledcurves fs noborder fc rgb '#d0{}', ", i,
                         colour);
    curves += fmt::format(
        "{}$line{} using 1:3 with lines lw 2.2 lc rgb '#{}', $points{} with points pt 7 ps 0.9 lc "
        "rgb "
        "'#{}'",
        i == 0 ? "" : ", ", i, colour, i, colour);
  }
  std::string top;
  for (const double temperature : kinetics.temperatures) {
    top += fmt::format("{}'{}' {:.6f}", top.empty() ? "" : ", ", plain(temperature),
                       1000.0 / temperature);
  }
  script += fmt::format(
      "set border 7\nset logscale y\nset format y '10^{{%T}}'\nset xlabel '1000 / T (1/K)'\n"
      "set ylabel 'hop rate (1/s)'\nset x2label 'temperature (K)'\nset x2tics ({})\n"
      "set xrange [{:.6f}:{:.6f}]\nset x2range [{:.6f}:{:.6f}]\n",
      top, 1000.0 / span.high, 1000.0 / span.low, 1000.0 / span.high, 1000.0 / span.low);
  return script + "plot " + bands + curves + "\n";
}

std::string without_elements(std::string text, const std::string& name) {
  const std::string open = "<" + name + ">";
  const std::string close = "</" + name + ">";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    const std::size_t end = text.find(close, at);
    if (end == std::string::npos) break;
    text.erase(at, end + close.size() - at);
  }
  return text;
}

/// Puts the prefix behind every occurrence of a marker.
std::string with_prefix(std::string text, const std::string& marker, std::string_view prefix) {
  for (std::size_t at = text.find(marker); at != std::string::npos;
       at = text.find(marker, at + marker.size() + prefix.size())) {
    text.insert(at + marker.size(), prefix);
  }
  return text;
}

}  // namespace

std::string plot_preamble(int width, int height) {
  return fmt::format(
      "set terminal svg size {},{} dynamic enhanced font 'sans,14'\n"
      "set encoding utf8\n"
      "set border 3 lw 1\n"
      "set tics nomirror out scale 0.6\n"
      "set grid lc rgb '#b0808890' lt 1 lw 0.8\n"
      "set key off\n",
      width, height);
}

std::optional<std::string> inline_svg(std::string_view svg, std::string_view id_prefix,
                                      std::string_view label) {
  const std::size_t start = svg.find("<svg");
  const std::size_t end = svg.rfind("</svg>");
  if (start == std::string_view::npos || end == std::string_view::npos || end < start)
    return std::nullopt;
  std::string text(svg.substr(start, end + 6 - start));
  for (const char* active : {"<script", "<foreignObject", "javascript:", " onload", " onclick"}) {
    if (text.find(active) != std::string::npos) return std::nullopt;
  }
  text = without_elements(without_elements(std::move(text), "title"), "desc");
  for (const char* marker : {" id=\"", " id='", "href=\"#", "href='#", "url(#"}) {
    text = with_prefix(std::move(text), marker, id_prefix);
  }
  text.insert(4, fmt::format(" role=\"img\" aria-label=\"{}\"", escape_html(label)));
  return text;
}

std::optional<std::string> Plotter::draw(const std::string& script, std::string_view label) {
  if (gave_up_) return std::nullopt;
  const ProcessResult result =
      run_process({options_.gnuplot, "-d", "-"}, script, options_.plot_timeout);
  std::string problem = result.error;
  if (problem.empty()) {
    std::optional<std::string> svg =
        inline_svg(result.output, fmt::format("p{}-", ++drawn_), label);
    if (svg) return svg;
    problem = options_.gnuplot + " drew nothing";
  }
  if (problem_.empty()) problem_ = problem;
  gave_up_ = !result.started || result.timed_out;
  return std::nullopt;
}

std::optional<std::string> Plotter::profile(const HopResult& hop) {
  const std::vector<ProfilePoint> curve = profile_curve(hop.images);
  if (curve.size() < 2) return std::nullopt;
  return draw(profile_script(hop), "Energy profile of hop " + hop.label);
}

std::optional<std::string> Plotter::arrhenius(const std::vector<ArrheniusLine>& lines,
                                              const KineticsAssumptions& kinetics) {
  if (lines.empty() || kinetics.temperatures.empty()) return std::nullopt;
  return draw(arrhenius_script(lines, kinetics), "Hop rates over inverse temperature");
}

std::optional<std::string> Plotter::tables(const skgen::PairComparison& pair) {
  if (pair.distances.size() < 2 || pair.columns.empty()) return std::nullopt;
  return draw(tables_script(pair), "Slater–Koster integrals of " + pair.pair);
}

}  // namespace ionpass::workflows::report
