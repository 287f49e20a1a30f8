// Named parameters of a tight binding that a set moves away from those of its base.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace ionpass {

/// What is added to parameters, by name: "Pb.p.level" and "Pb.p.hardness" (eV) of a shell, the
/// second one of a momentum "H.s2.level"; "Pb.electronegativity" (Pauling's scale) and
/// "electronegativity_scale" of GFN1-xTB.
using ParameterShifts = std::map<std::string, double>;

/// A name taken apart.
struct ParameterName {
  enum class Quantity { level, hardness, electronegativity, electronegativity_scale };
  Quantity quantity = Quantity::level;
  int element = 0;  ///< 0: of all
  int l = 0;
  int repeat = 0;  ///< 1: the second shell of this momentum
};
/// Empty for what is no name of a parameter.
[[nodiscard]] std::optional<ParameterName> parse_parameter_name(const std::string& text);

/// `{Pb.p.level: 0.1}` of a set.yaml. @throws InputError naming the file
[[nodiscard]] ParameterShifts read_shifts(const std::filesystem::path& file,
                                          const YAML::Node& node);

/// "Pb.p.level +0.1, …" with all digits, for what decides the numbers of a potential.
[[nodiscard]] std::string shifts_text(const ParameterShifts& shifts);

}  // namespace ionpass
