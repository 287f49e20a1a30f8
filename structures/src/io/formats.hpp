// The readers behind parse_frames, one per format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <structures/io.hpp>

namespace ionpass {

/// @param name of the file, for messages
[[nodiscard]] Frame parse_cif(std::string_view text, const std::string& name);
[[nodiscard]] Frame parse_poscar(std::string_view text, const std::string& name);
[[nodiscard]] std::vector<Frame> parse_extxyz(std::string_view text, const std::string& name);

}  // namespace ionpass
