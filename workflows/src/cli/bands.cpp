// ionpass bands: band energies along a path, gap, levels around it, density of states.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <potentials/bands.hpp>
#include <potentials/kpath.hpp>
#include <structures/error.hpp>

#include "cli/output.hpp"
#include "report/band_plot.hpp"

namespace ionpass::workflows {
namespace {

struct BandOptions {
  std::string file, output;
  std::shared_ptr<PotentialOptions> potential;
  std::vector<std::string> path;
  std::size_t points = 120;
  std::size_t levels = 2;
  double width = 0.05;
  bool json = false;
};

/// Bands of one structure with what is read off them.
struct BandReading {
  KpointPath path;
  BandStructure bands;
  std::optional<BandEdges> edges;
};

std::vector<PathCorner> corners_of(const BandOptions& options) {
  if (options.path.empty()) return default_path();
  std::vector<PathCorner> out;
  for (const std::string& word : options.path) out.push_back(path_corner(word));
  return out;
}

const BandSource& source_of(const Potential& potential) {
  const auto* source = dynamic_cast<const BandSource*>(&potential);
  if (source != nullptr) return *source;
  throw InputError(
      fmt::format("--potential: {} gives energies, but no bands; use dftb/SET or "
                  "gfn1-xtb",
                  potential.description().name));
}

/// Indices of the bands around the Fermi level, ascending.
std::vector<std::size_t> shown_bands(const BandStructure& bands, std::size_t levels) {
  const std::size_t filled = filled_bands(bands);
  const std::size_t first = filled > levels ? filled - levels : 0;
  const auto count = static_cast<std::size_t>(bands.mesh_energies.front().size());
  std::vector<std::size_t> out;
  for (std::size_t i = first; i < std::min(filled + levels, count); ++i) out.push_back(i);
  return out;
}

std::string point_text(const Eigen::Vector3d& k) {
  return fmt::format("({:.3f} {:.3f} {:.3f})", k(0), k(1), k(2));
}

std::string edges_text(const BandReading& reading) {
  if (!reading.edges) return "gap          none\n";
  const BandEdges& e = *reading.edges;
  return fmt::format(
      "valence top  {:12.6f} eV at {}\nconduction   {:12.6f} eV at {}\ngap          {:12.6f} eV, "
      "{}\n",
      e.valence_top, point_text(e.valence_point), e.conduction_bottom,
      point_text(e.conduction_point), e.gap(), e.is_direct() ? "direct" : "indirect");
}

std::string reading_text(const Structure& structure, const BandReading& reading,
                         const BandOptions& options) {
  std::string out = fmt::format("{}, {}, {:g} electrons\n", formula(structure),
                                counted(structure.size(), "atom"), reading.bands.electrons);
  out += fmt::format("Fermi level  {:12.6f} eV\n", reading.bands.fermi_level);
  out += edges_text(reading);
  TextTable table({"band", "filled", "lowest/eV", "highest/eV"});
  for (const std::size_t band : shown_bands(reading.bands, options.levels)) {
    const auto [low, high] = band_range(reading.bands, band);
    table.add({fmt::format("{}", band), band < filled_bands(reading.bands) ? "yes" : "no",
               fmt::format("{:.6f}", low), fmt::format("{:.6f}", high)});
  }
  return out + "\n" + table.text();
}

/// Several structures, as the images of a path: one line each, so that a level can be followed.
std::string course_text(const std::vector<BandReading>& readings, const BandOptions& options) {
  std::vector<std::string> head{"structure", "Fermi/eV", "gap/eV"};
  const std::vector<std::size_t> bands = shown_bands(readings.front().bands, options.levels);
  for (const std::size_t band : bands) head.push_back(fmt::format("band {}/eV", band));
  TextTable table(head);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const BandReading& reading = readings[i];
    std::vector<std::string> row{
        fmt::format("{}", i), fmt::format("{:.4f}", reading.bands.fermi_level),
        reading.edges ? fmt::format("{:.4f}", reading.edges->gap()) : "none"};
    for (const std::size_t band : bands) {
      const auto [low, high] = band_range(reading.bands, band);
      row.push_back(fmt::format("{:.3f} to {:.3f}", low, high));
    }
    table.add(row);
  }
  return table.text();
}

/// Energies from a little below the lowest to a little above the highest state of the mesh.
std::vector<double> dos_grid(const BandStructure& bands, double width) {
  double low = bands.mesh_energies.front()(0), high = low;
  for (const Eigen::VectorXd& energies : bands.mesh_energies) {
    low = std::min(low, energies(0));
    high = std::max(high, energies(energies.size() - 1));
  }
  const double step = 0.5 * width;
  std::vector<double> out;
  for (double e = low - 5.0 * width; e < high + 5.0 * width; e += step) out.push_back(e);
  return out;
}

Json dos_json(const BandStructure& bands, double width) {
  std::vector<double> weights;
  for (const Kpoint& k : bands.mesh) weights.push_back(k.weight);
  const std::vector<double> at = dos_grid(bands, width);
  return {{"width", width},
          {"energy", at},
          {"states_per_ev", density_of_states(bands.mesh_energies, weights, at, width)}};
}

Json point_json(const Eigen::Vector3d& k) { return json_columns(k)[0]; }

Json edges_json(const BandReading& reading) {
  if (!reading.edges) return nullptr;
  const BandEdges& e = *reading.edges;
  return {{"gap", e.gap()},
          {"direct", e.is_direct()},
          {"valence_top", e.valence_top},
          {"valence_point", point_json(e.valence_point)},
          {"conduction_bottom", e.conduction_bottom},
          {"conduction_point", point_json(e.conduction_point)}};
}

Json reading_json(const BandReading& reading, const BandOptions& options) {
  Json ticks = Json::array(), points = Json::array(), energies = Json::array();
  for (const KpointPath::Tick& tick : reading.path.ticks)
    ticks.push_back({{"label", tick.label}, {"point", tick.point}});
  for (const Eigen::Vector3d& k : reading.path.points) points.push_back(point_json(k));
  for (const Eigen::VectorXd& e : reading.bands.energies) energies.push_back(json_columns(e)[0]);
  return {{"electrons", reading.bands.electrons},
          {"filled_bands", filled_bands(reading.bands)},
          {"fermi_level", reading.bands.fermi_level},
          {"edges", edges_json(reading)},
          {"path",
           {{"distance", reading.path.distance},
            {"points", points},
            {"ticks", ticks},
            {"energies", energies}}},
          {"dos", dos_json(reading.bands, options.width)}};
}

ExitCode bands(const BandOptions& options, const Invocation& call) {
  const std::vector<PathCorner> corners = corners_of(options);
  const std::unique_ptr<Potential> potential = options.potential->make();
  const BandSource& source = source_of(*potential);
  const std::vector<Frame> frames = options.potential->read(options.file, call);
  if (!options.output.empty() && frames.size() > 1) {
    throw InputError(fmt::format("--output: {} holds {} structures, a plot shows one", options.file,
                                 frames.size()));
  }
  for (const Frame& frame : frames) options.potential->check(*potential, frame, options.file, call);
  std::vector<BandReading> readings;
  for (const Frame& frame : frames) {
    if (!frame.structure.cell)
      throw InputError(options.file + ": a molecule has levels, but no bands: give a crystal");
    BandReading reading{interpolated(corners, *frame.structure.cell, options.points), {}, {}};
    reading.bands = source.bands(frame.structure, reading.path.points);
    reading.edges = band_edges(reading.bands);
    readings.push_back(std::move(reading));
  }
  if (!options.output.empty()) {
    const BandReading& reading = readings.front();
    write_result(options.output, report::band_plot(reading.path, reading.bands));
  }
  if (options.json) {
    Json array = Json::array();
    for (const BandReading& reading : readings) array.push_back(reading_json(reading, options));
    print_result(json_text(array));
  } else {
    print_result(readings.size() == 1
                     ? reading_text(frames.front().structure, readings.front(), options)
                     : course_text(readings, options));
  }
  return ExitCode::done;
}

}  // namespace

void add_bands(CLI::App& app, Invocation& invocation) {
  CLI::App& command = add_command(
      app, "bands", "band energies along a path, gap and density of states",
      "ionpass bands MAPbI3.cif --potential dftb/perov-1-0 --kpoints 4 4 3 --path G X S G -o "
      "bands.svg");
  const auto options = std::make_shared<BandOptions>();
  command
      .add_option("FILE", options->file,
                  "CIF, POSCAR or extxyz; several structures give one line each; - is standard "
                  "input")
      ->required();
  options->potential = PotentialOptions::add_to(command);
  command.add_option(
      "--path", options->path,
      "corners: G X Y Z S T U R of the reciprocal cell, or 0.5,0,0, or M=0.5,0.5,0 (default: G X "
      "S Y G Z U R T Z)");
  command.add_option("--points", options->points, "points along the whole path, about")
      ->check(CLI::Range(2, 10000))
      ->capture_default_str();
  command.add_option("--levels", options->levels, "bands shown on either side of the gap")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command
      .add_option("--width", options->width,
                  "standard deviation of a level in the density of states, eV")
      ->check(CLI::Range(0.001, 10.0))
      ->check(positive_number(10.0))  // a range lets "nan" pass
      ->capture_default_str();
  command.add_option("-o,--output", options->output, "plot of the bands, SVG");
  command.add_flag("--json", options->json,
                   "print JSON: path, energies, edges, density of states over --kpoints");
  invocation.on(command, [options](const Invocation& call) { return bands(*options, call); });
}

}  // namespace ionpass::workflows
