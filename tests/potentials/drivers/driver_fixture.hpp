// Drivers of the fake program.
#pragma once

#include "driver_support.hpp"

namespace ionpass::test {

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
    if (kind != "pw") return out;
    // The fake reads no pseudopotentials, but they must be there.
    for (const char* file : {"Pb.gth", "I.gth"}) (void)folder_.write(file, "none");
    out.driver.pseudopotentials = folder_.path();
    return out;
  }
  [[nodiscard]] static std::unique_ptr<Potential> make(const PotentialSettings& settings) {
    return make_potential(settings, std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data");
  }

  /// A shipped template with one text replaced.
  [[nodiscard]] std::filesystem::path changed_template(const std::string& file,
                                                       const std::string& from,
                                                       const std::string& to) const {
    std::string text =
        text_of_file(std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data/drivers" / file);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return folder_.write("template.inp", text);
  }
  /// A file of the first evaluation that was kept.
  [[nodiscard]] std::string kept(const std::string& file) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "scratch"))
      if (entry.path().filename().string().starts_with("ionpass-kept"))
        return text_of_file(entry.path() / file);
    return "";
  }

  TemporaryFolder folder_;
};

}  // namespace ionpass::test
