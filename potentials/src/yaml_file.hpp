// Reading the YAML files of parameter sets.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include <potentials/potential.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

namespace ionpass {

/// Calls read(root) with the file's contents; what yaml-cpp finds wrong becomes an InputError with
/// file, line and column.
template <typename Read>
void read_yaml_file(const std::filesystem::path& file, const Read& read) {
  try {
    read(YAML::Load(read_text_file(file)));
  } catch (const YAML::Exception& error) {
    throw InputError({file.string(), static_cast<std::size_t>(error.mark.line + 1),
                      static_cast<std::size_t>(error.mark.column + 1)},
                     error.msg);
  }
}

/// version, summary, licence, citations and accuracy, as far as they are there.
void read_common_description(const YAML::Node& root, PotentialDescription& out);

}  // namespace ionpass
