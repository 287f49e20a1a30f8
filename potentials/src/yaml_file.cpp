#include "yaml_file.hpp"

namespace ionpass {

namespace {

std::vector<std::string> text_list(const YAML::Node& node) {
  std::vector<std::string> out;
  for (const YAML::Node& item : node) out.push_back(item.as<std::string>());
  return out;
}

}  // namespace

void read_common_description(const YAML::Node& root, PotentialDescription& out) {
  if (root["version"]) out.version = root["version"].as<std::string>();
  if (root["summary"]) out.summary = root["summary"].as<std::string>();
  if (root["licence"]) out.licence = root["licence"].as<std::string>();
  out.citations = text_list(root["citations"]);
  out.accuracy = text_list(root["accuracy"]);
}

}  // namespace ionpass
