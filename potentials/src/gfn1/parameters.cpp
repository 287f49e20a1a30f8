#include "gfn1/parameters.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "yaml_file.hpp"

namespace ionpass::gfn1 {

namespace fs = std::filesystem;

namespace {

ShellParameters read_shell(const YAML::Node& node, double hardness, double ev) {
  ShellParameters out;
  out.n = node["n"].as<int>();
  out.l = node["l"].as<int>();
  out.primitives = node["ng"].as<int>();
  out.valence = node["valence"].as<bool>();
  out.zeta = node["zeta"].as<double>();
  out.level = node["selfenergy"].as<double>() / ev;
  out.level_per_bond = node["kcn"].as<double>() / ev;
  out.distance_factor = node["shpoly"].as<double>();
  out.hardness = hardness * node["hardness_scale"].as<double>();
  out.reference = node["refocc"].as<double>();
  return out;
}

ElementParameters read_element(const YAML::Node& node, double ev) {
  ElementParameters out;
  out.electronegativity = node["en"].as<double>();
  out.atomic_radius = node["atomic_radius"].as<double>() / units::bohr;
  out.covalent_radius = node["covalent_radius"].as<double>() / units::bohr;
  out.repulsion_exponent = node["rep_alpha"].as<double>();
  out.repulsion_charge = node["rep_zeff"].as<double>();
  out.third_order = node["gam3"].as<double>();
  out.halogen_strength = node["xbond"].as<double>();
  for (const YAML::Node& shell : node["shells"])
    out.shells.push_back(read_shell(shell, node["hardness"].as<double>(), ev));
  return out;
}

std::array<std::array<double, 3>, 3> read_shell_scale(const YAML::Node& node) {
  constexpr std::string_view letters = "spd";
  std::array<std::array<double, 3>, 3> out{};
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = a; b < 3; ++b)
      out[a][b] = out[b][a] = node[std::string{letters[a], letters[b]}].as<double>();
  }
  return out;
}

}  // namespace

Parameters::Parameters(const fs::path& folder, const ParameterShifts& shifts) {
  read_yaml_file(folder / "parameters.yaml", [&](const YAML::Node& root) {
    const YAML::Node global = root["global"];
    boltzmann = global["boltzmann"].as<double>();
    shell_scale_ = read_shell_scale(global["k_shell"]);
    diffuse_scale_ = global["k_diffuse"].as<double>();
    electronegativity_scale_ = global["en_scale"].as<double>();
    const YAML::Node damping = global["d3"];
    d3 = {damping["s6"].as<double>(), damping["s8"].as<double>(), damping["a1"].as<double>(),
          damping["a2"].as<double>()};
    halogen_radius_scale = global["halogen_bond"]["radius_scale"].as<double>();
    halogen_damping = global["halogen_bond"]["damping"].as<double>();
    for (const YAML::Node& pair : root["pair_scaling"]["explicit"]) {
      const int a = pair["z"][0].as<int>(), b = pair["z"][1].as<int>();
      pair_scales_[std::minmax(a, b)] = pair["k"].as<double>();
    }
    for (const YAML::Node& row : root["pair_scaling"]["d_block_rule"])
      d_blocks_.push_back({row["z_min"].as<int>(), row["z_max"].as<int>(), row["k"].as<double>()});
    for (const YAML::Node& node : root["elements"]) {
      if (node["z"].as<int>() != static_cast<int>(elements_.size()) + 1)
        throw YAML::RepresentationException(node["z"].Mark(), "the elements must stand in order");
      elements_.push_back(read_element(node, global["ev_per_hartree"].as<double>()));
    }
  });
  read_yaml_file(folder / "sto-ng.yaml", [&](const YAML::Node& root) {
    for (const YAML::Node& node : root["sto_ng"]) {
      expansions_[{node["n"].as<int>(), node["l"].as<int>(), node["ng"].as<int>()}] = {
          node["alpha"].as<std::vector<double>>(), node["coeff"].as<std::vector<double>>()};
    }
  });
  for (const auto& [name, value] : shifts) shift(name, value);
}

void Parameters::shift(const std::string& name, double value) {
  using Quantity = ParameterName::Quantity;
  const auto parameter = parse_parameter_name(name);
  const bool is_known = parameter && parameter->element <= static_cast<int>(elements_.size());
  if (is_known && parameter->quantity == Quantity::electronegativity_scale) {
    electronegativity_scale_ += value;
    return;
  }
  if (is_known && parameter->quantity == Quantity::electronegativity) {
    elements_[static_cast<std::size_t>(parameter->element - 1)].electronegativity += value;
    return;
  }
  int repeat = 0;
  if (is_known)
    for (ShellParameters& shell :
         elements_[static_cast<std::size_t>(parameter->element - 1)].shells) {
      if (shell.l != parameter->l || repeat++ != parameter->repeat) continue;
      (parameter->quantity == Quantity::level ? shell.level : shell.hardness) +=
          value / units::hartree;
      return;
    }
  throw InputError(fmt::format("shifts: '{}' is no parameter of gfn1-xtb", name));
}

const ElementParameters& Parameters::element(int number) const {
  if (number < 1 || number > static_cast<int>(elements_.size())) {
    throw UnsupportedElement(
        fmt::format("gfn1-xtb has no parameters for the element with Z = {}", number));
  }
  return elements_[static_cast<std::size_t>(number - 1)];
}

const Expansion& Parameters::expansion(const ShellParameters& shell) const {
  const auto found = expansions_.find({shell.n, shell.l, shell.primitives});
  if (found == expansions_.end()) {
    throw InputError(fmt::format("sto-ng.yaml has no expansion of n = {}, l = {} in {} Gaussians",
                                 shell.n, shell.l, shell.primitives));
  }
  return found->second;
}

double Parameters::pair_scale(int a, int b) const {
  const auto found = pair_scales_.find(std::minmax(a, b));
  if (found != pair_scales_.end()) return found->second;
  const auto block = [&](int z) {
    return std::find_if(d_blocks_.begin(), d_blocks_.end(),
                        [z](const DBlock& d) { return d.first <= z && z <= d.last; });
  };
  if (block(a) == d_blocks_.end() || block(b) == d_blocks_.end()) return 1.0;
  return 0.5 * (block(a)->scale + block(b)->scale);
}

double Parameters::hopping_scale(int number_a, const ShellParameters& a, int number_b,
                                 const ShellParameters& b) const {
  const auto la = static_cast<std::size_t>(a.l), lb = static_cast<std::size_t>(b.l);
  if (!a.valence && !b.valence) return diffuse_scale_;
  if (!a.valence) return 0.5 * (shell_scale_[lb][lb] + diffuse_scale_);
  if (!b.valence) return 0.5 * (shell_scale_[la][la] + diffuse_scale_);
  const double difference =
      element(number_a).electronegativity - element(number_b).electronegativity;
  return shell_scale_[la][lb] * pair_scale(number_a, number_b) *
         (1.0 + electronegativity_scale_ * difference * difference);
}

PotentialDescription read_description(const fs::path& folder) {
  PotentialDescription out;
  read_yaml_file(folder / "set.yaml", [&](const YAML::Node& root) {
    out.name = root["name"].as<std::string>();
    read_common_description(root, out);
  });
  return out;
}

}  // namespace ionpass::gfn1
