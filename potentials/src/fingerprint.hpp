// A short text that changes whenever the contents of parameter files do.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ionpass {

/// SHA-256, as hexadecimal text, over names and contents of all parameter files (.skf, .spl, .yaml,
/// .csv) directly in these folders; empty paths are passed over. @throws IoError
[[nodiscard]] std::string folder_fingerprint(const std::vector<std::filesystem::path>& folders);

/// SHA-256 of a text as hexadecimal text.
[[nodiscard]] std::string text_fingerprint(std::string_view text);

}  // namespace ionpass
