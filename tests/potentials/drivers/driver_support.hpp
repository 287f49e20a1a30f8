// What tests of drivers share: files, structures, failures.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <temporary_folder.hpp>

#include <potentials/driver_error.hpp>
#include <potentials/registry.hpp>

namespace ionpass::test {

inline std::string text_of_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

inline std::size_t line_count(const std::filesystem::path& file) {
  const std::string text = text_of_file(file);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// A cell in which nothing is symmetric.
inline Structure skewed_crystal() {
  Structure s;
  s.numbers = {82, 53, 53};
  s.positions.resize(3, 3);
  s.positions << 0.1, 2.9, -0.3, 0.2, 0.1, 3.1, -0.1, 0.4, 0.2;
  Eigen::Matrix3d cell;
  cell << 9.0, 0.4, -0.2, 1.3, 8.0, 0.6, 0.0, 2.1, 10.0;
  s.cell.emplace(cell);
  return s;
}

/// The failure of an action, and what it says.
struct Failed {
  std::string kind = "none";
  std::string message;
};

inline Failed failure_of(const auto& action) {
  try {
    action();
  } catch (const DriverError& error) {
    return {std::string(to_string(error.kind())), error.what()};
  } catch (const InputError& error) {
    return {"input", error.what()};
  }
  return {};
}

}  // namespace ionpass::test
