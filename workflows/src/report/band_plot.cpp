#include "band_plot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/error.hpp>
#include <workflows/report.hpp>

#include "document.hpp"
#include "process.hpp"

namespace ionpass::workflows::report {
namespace {

constexpr double shown = 4.0;  // eV on either side

/// Labels are words of the user's: only what gnuplot takes literally.
std::string tick_text(const std::string& label) {
  if (label == "G") return "Γ";
  std::string out;
  for (const char c : label) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == ',' || c == '-';
    out += is_plain ? c : ' ';
  }
  return out;
}

std::string script(const KpointPath& path, const BandStructure& bands) {
  const std::optional<BandEdges> edges = band_edges(bands);
  const double zero = edges ? edges->valence_top : bands.fermi_level;
  std::string out =
      "set terminal svg size 560,420 dynamic noenhanced font 'sans,14'\nset encoding utf8\n"
      "set key off\nset minussign\nset ytics nomirror\nset grid xtics lt 1 lc rgb '#b0808890'\n"
      "$bands << EOD\n";
  const Eigen::Index count = bands.energies.front().size();
  for (Eigen::Index band = 0; band < count; ++band) {
    for (std::size_t k = 0; k < path.points.size(); ++k)
      out += fmt::format("{:.6f} {:.6f}\n", path.distance[k], bands.energies[k](band) - zero);
    out += "\n";
  }
  out += "EOD\n";
  std::vector<std::string> ticks;
  for (const KpointPath::Tick& tick : path.ticks)
    ticks.push_back(fmt::format("'{}' {:.6f}", tick_text(tick.label), path.distance[tick.point]));
  out += fmt::format("set xtics ({})\nset xrange [0:{:.6f}]\nset yrange [{}:{}]\n",
                     fmt::join(ticks, ", "), path.distance.back(), -shown,
                     shown + (edges ? edges->gap() : 0.0));
  out += fmt::format("set ylabel 'energy − {} (eV)'\n", edges ? "valence top" : "Fermi level");
  return out + fmt::format("plot $bands with lines lw 1.4 lc rgb '{}', 0 dt 3 lc rgb '#7a8794'\n",
                           series_colour(0));
}

}  // namespace

std::string band_plot(const KpointPath& path, const BandStructure& bands) {
  const ReportOptions options;
  ProcessResult result =
      run_process({options.gnuplot, "-d", "-"}, script(path, bands), options.plot_timeout);
  if (!result.error.empty()) throw BackendError("plot: " + result.error);
  if (result.output.find("</svg>") == std::string::npos)
    throw BackendError("plot: gnuplot drew nothing");
  return std::move(result.output);
}

}  // namespace ionpass::workflows::report
