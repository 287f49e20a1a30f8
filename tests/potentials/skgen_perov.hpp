// The elements of the published set perov-1-0 (potentials/data/dftb/perov-1-0/extras/skdef.hsd) and
// what its files hold.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <structures/elements.hpp>

#include "dftb/skf.hpp"
#include "skgen/element.hpp"
#include "skgen/two_center.hpp"

namespace ionpass::skgen {

inline const std::vector<std::string> pbe{"gga_x_pbe", "gga_c_pbe"};
inline const std::vector<std::string> lda{"lda_x", "lda_c_vwn"};

/// "1s2 2s2 2p2"
inline std::vector<Shell> shells(const std::string& text) {
  std::vector<Shell> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    out.push_back({word[0] - '0', static_cast<int>(std::string("spdf").find(word[1])),
                   std::stod(word.substr(2))});
    at = end + 1;
  }
  return out;
}

struct PerovInput {
  std::string symbol, configuration;
  std::size_t valence;  // how many shells at the end of the configuration
  Relativity relativity;
  Confinement density, wave;
  std::vector<double> exponents;
  int powers;
  bool shell_resolved;
};

inline const std::vector<PerovInput>& perov_inputs() {
  constexpr auto none = Relativity::none;
  constexpr auto zora = Relativity::zora;
  const std::string krypton = "1s2 2s2 2p6 3s2 3p6 3d10 4s2 4p6 ";
  const std::string xenon = krypton + "4d10 5s2 5p6 ";
  static const std::vector<PerovInput> table{
      {"H", "1s1", 1, none, {2.5, 2}, {3.0, 2}, {0.5, 1, 2}, 3, false},
      {"C", "1s2 2s2 2p2", 2, zora, {7.0, 2}, {2.7, 2}, {0.5, 1.14, 2.62, 6}, 3, false},
      {"N", "1s2 2s2 2p3", 2, none, {11.0, 2}, {2.2, 2}, {0.5, 1.2, 2.9, 7}, 3, false},
      {"I",
       krypton + "4d10 5s2 5p5",
       2,
       zora,
       {6.86829, 2},
       {5.94604, 2},
       {1, 2, 6, 24, 53, 175},
       3,
       true},
      {"Cs", xenon + "6s1", 1, none, {10.6, 14}, {10.6, 14}, {1, 2, 6, 24, 55, 185}, 3, true},
      {"Pb",
       xenon + "4f14 5d10 6s2 6p2",
       2,
       zora,
       {11.8405, 4},
       {11.0, 4},
       {1, 2.58, 7.89, 25.5, 78, 233.5},
       4,
       true}};
  return table;
}

inline ElementRecipe perov(const std::string& symbol) {
  const auto& inputs = perov_inputs();
  const auto input = std::find_if(inputs.begin(), inputs.end(),
                                  [&](const PerovInput& i) { return i.symbol == symbol; });
  ElementRecipe out;
  out.number = atomic_number(symbol).value();
  out.mass = atomic_mass(out.number);
  out.shells = shells(input->configuration);
  int highest_l = 0;
  for (const Shell& shell : out.shells) highest_l = std::max(highest_l, shell.l);
  for (std::size_t i = out.shells.size() - input->valence; i < out.shells.size(); ++i) {
    out.valence.push_back(i);
    out.wave[out.shells[i].l] = input->wave;
  }
  out.relativity = input->relativity;
  out.density = input->density;
  out.slater.assign(static_cast<std::size_t>(highest_l) + 1, {input->exponents, input->powers});
  out.shell_resolved = input->shell_resolved;
  return out;
}

inline dftb::SkFile published(const std::string& a, const std::string& b) {
  return dftb::read_skf(std::filesystem::path(IONPASS_SOURCE_DIR) /
                            "potentials/data/dftb/perov-1-0/skfiles" / (a + "-" + b + ".skf"),
                        a == b);
}

}  // namespace ionpass::skgen
