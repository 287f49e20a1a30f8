#include "drivers/answer_json.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <structures/error.hpp>

namespace ionpass::drivers {
namespace {

using Json = nlohmann::json;

double number(const Json& value, const char* name) {
  if (!value.is_number()) throw InputError(fmt::format("'{}' is not a number", name));
  return value.get<double>();
}

/// A list of lists of three numbers, one column each.
Eigen::Matrix3Xd columns(const Json& value, const char* name) {
  if (!value.is_array()) throw InputError(fmt::format("'{}' is not a list", name));
  Eigen::Matrix3Xd out(3, static_cast<Eigen::Index>(value.size()));
  Eigen::Index column = 0;
  for (const Json& row : value) {
    if (!row.is_array() || row.size() != 3)
      throw InputError(fmt::format("'{}' holds something that is not three numbers", name));
    for (int axis = 0; axis < 3; ++axis)
      out(axis, column) = number(row[static_cast<std::size_t>(axis)], name);
    ++column;
  }
  return out;
}

bool has(const Json& object, const char* name) {
  return object.contains(name) && !object.at(name).is_null();
}

}  // namespace

Evaluation answer_from_json(std::string_view text) {
  Json root = Json::parse(text, nullptr, false);
  if (root.is_array() && root.size() == 1) root = root[0];
  if (!root.is_object()) throw InputError("the answer is no JSON object");
  for (const char* name : {"energy", "forces"})
    if (!has(root, name)) throw InputError(fmt::format("the answer has no '{}'", name));
  Evaluation out;
  out.energy = number(root["energy"], "energy");
  out.free_energy =
      has(root, "free_energy") ? number(root["free_energy"], "free_energy") : out.energy;
  out.forces = columns(root["forces"], "forces");
  if (has(root, "stress")) {
    const Eigen::Matrix3Xd stress = columns(root["stress"], "stress");
    if (stress.cols() != 3) throw InputError("'stress' is not three lists of three numbers");
    out.stress = stress;
  }
  if (has(root, "charges")) {
    const Json& charges = root["charges"];
    if (!charges.is_array()) throw InputError("'charges' is not a list");
    out.charges.emplace(static_cast<Eigen::Index>(charges.size()));
    for (std::size_t atom = 0; atom < charges.size(); ++atom)
      (*out.charges)(static_cast<Eigen::Index>(atom)) = number(charges[atom], "charges");
  }
  const Json& scf = has(root, "scf") ? root["scf"] : root;
  if (scf.is_object()) {
    if (has(scf, "converged")) {
      if (!scf["converged"].is_boolean()) throw InputError("'converged' is not true or false");
      out.scf.converged = scf["converged"].get<bool>();
    }
    if (has(scf, "iterations"))
      out.scf.iterations =
          static_cast<int>(std::clamp(number(scf["iterations"], "iterations"), 0.0, 1e9));
  }
  return out;
}

}  // namespace ionpass::drivers
