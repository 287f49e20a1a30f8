// Results of a study as they might be, and what its report must never lack.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <workflows/report.hpp>

namespace ionpass::workflows {

/// A converged hop with a symmetric bump of this height; the backward barrier differs by the
/// reaction energy.
inline HopResult hop(const std::string& label, const std::string& kind, double forward,
                     double backward) {
  HopResult h;
  h.label = label;
  h.kind = kind;
  h.from = "I1";
  h.to = "I2";
  h.length = 4.321;
  h.multiplicity = 4;
  h.status = HopStatus::converged;
  h.barrier_forward = forward;
  h.barrier_backward = backward;
  h.reaction_energy = forward - backward;
  h.max_force = 0.04;
  h.iterations = 50;
  h.evaluations_relax = 60;
  h.evaluations_neb = 250;
  h.saddle_image = 2;
  h.seconds = 12.5;
  const double energies[] = {0.0, 0.5 * forward, forward, forward - 0.5 * backward,
                             forward - backward};
  for (int i = 0; i < 5; ++i) h.images.push_back({1.1 * i, energies[i], 0.0, 0.03});
  return h;
}

inline MaterialResult material(const std::string& name, const std::string& formula,
                               std::vector<HopResult> hops) {
  MaterialResult m;
  m.name = name;
  m.structure_file = name + ".cif";
  m.provenance = "PROVENANCE: MODEL. Built from published facts.";
  m.formula = formula;
  m.space_group = "Pnma";
  m.space_group_number = 62;
  m.atoms = 96;
  m.supercell = {2, 0, 0, 0, 1, 0, 0, 0, 1};
  m.image_distance = 12.34;
  m.species = "I";
  m.charge = 1.0;
  m.potential = "dftb/pilot-pbi3";
  m.kpoints = "2x2x2";
  m.structure_sha256 = "0123abcd";
  m.settings = {{"symmetry_tolerance", "0.01"},
                {"host.seed", "7"},
                {"host.starts", "3"},
                {"neb.fmax", "0.05"}};
  m.relaxations = {{"host", true, 30, 0.02, -5000.123456789, 0.3}};
  m.hops = std::move(hops);
  return m;
}

inline StudyResult study(double chain, double network) {
  StudyResult s;
  s.study = "a study";
  s.version = "1.2.3";
  s.materials = {material("MAPbI3", "C4H24I12N4Pb4",
                          {hop("I1-I2_4.4A_a", "within_octahedron", network - 0.02, network)}),
                 material("(PrPyr)PbI3", "C32H48I12N4Pb4",
                          {hop("I1-I1_4.2A_a", "within_face", 0.111, 0.111),
                           hop("I1-I2_4.7A_a", "along_chain", chain, chain - 0.03)})};
  PotentialNote note;
  note.name = "dftb/pilot-pbi3";
  note.version = "1";
  note.licence = "CC-BY-SA 4.0";
  note.citations = {"A. Author, J. Test 1, 1 (2020)"};
  note.accuracy = {"force rms 0.10 eV/Å on held-out frames"};
  note.settings = {{"temperature", "300 K"}, {"temperature", "again"}};
  s.potentials = {note};
  RetentionAssumptions retention;
  retention.reference = RetentionPoint{363.0, 1200.0};
  retention.reference_material = "(PrPyr)PbI3";
  retention.measured = {{363.0, 1200.0}, {400.0, 60.0}};
  retention.claimed_energy = 0.18;
  retention.source = "Mater. Horiz. 2024, 11, 2643";
  s.retention = retention;
  return s;
}

inline const Literature& literature() {
  static const Literature shipped =
      read_literature(IONPASS_SOURCE_DIR "/workflows/data/barriers-literature.yaml");
  return shipped;
}

inline ReportOptions without_gnuplot() {
  ReportOptions options;
  options.gnuplot = "no-such-program-as-this";
  return options;
}

/// Name of the first tag that is opened and not closed, or closed and not open; empty if all is
/// well.
inline std::string unbalanced_tag(const std::string& html) {
  const std::set<std::string> single = {"meta", "br", "hr", "img", "link", "input", "!DOCTYPE"};
  std::vector<std::string> open;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return "unfinished tag";
    const std::string tag = html.substr(at + 1, end - at - 1);
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return "quotes in " + tag;
    const bool closing = tag.starts_with('/');
    const std::string name =
        tag.substr(closing ? 1 : 0, tag.find_first_of(" \n\t/", 1) - (closing ? 1 : 0));
    if (single.contains(name) || tag.ends_with('/')) continue;
    if (!closing) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

inline nlohmann::json report(const StudyResult& s) {
  return nlohmann::json::parse(report_json(s, literature()));
}

}  // namespace ionpass::workflows
