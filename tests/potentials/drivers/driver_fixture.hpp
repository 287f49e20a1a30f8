// Drivers of the fake program.
#pragma once

#include <algorithm>
#include <cstdlib>
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

/// What the fake program computes (its head says how), written anew.
inline double fake_energy(const Structure& s) {
  const double lattice =
      s.cell ? 0.01 * s.cell->matrix()(1, 0) + 0.02 * s.cell->matrix()(2, 1) : 0.0;
  return 0.5 * s.positions.squaredNorm() + lattice;
}

class Drivers : public testing::Test {
 protected:
  static constexpr double printed_digits = 1e-7;  // eV: 12 digits behind the point go to a program

  /// Says how the next evaluations go.
  void script(const std::string& words) { (void)folder_.write("script", words); }
  [[nodiscard]] std::filesystem::path script_file() const { return folder_.path() / "script"; }
  [[nodiscard]] std::size_t starts() const {
    return line_count(script_file().string() + ".starts");
  }

  /// The fake program in place of `kind`, with a template that holds what it reads.
  [[nodiscard]] PotentialSettings settings(const std::string& name, const std::string& kind) const {
    PotentialSettings out;
    out.name = "driver/" + name;
    out.driver.command = {IONPASS_FAKE_PROGRAM, kind, script_file().string()};
    out.driver.scratch = folder_.path() / "scratch";
    out.driver.timeout = 20.0;
    out.driver.start_timeout = 20.0;
    out.driver.retries = 0;
    // The fake reads no pseudopotentials, but they must be there.
    for (const char* file : {"Pb.gth", "I.gth"}) (void)folder_.write(file, "none");
    out.driver.pseudopotentials = folder_.path();
    return out;
  }
  [[nodiscard]] static std::unique_ptr<Potential> make(const PotentialSettings& settings) {
    return make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
  }

  TemporaryFolder folder_;
};

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
