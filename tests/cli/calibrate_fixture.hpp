// Labels made from a known spring on a base, and a plan that fits them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <potentials/calibrate.hpp>
#include <structures/io.hpp>

#include "cli_fixture.hpp"

namespace ionpass::test {

inline constexpr const char* plan_text =
    "name: made\nbase: dftb/perov-1-0\ndata:\n  files: [labelled.extxyz]\n"
    "  held_out: {field: held_out}\nfit:\n  cutoffs: [2.0, 3.0]\n  folds: 3\n";

/// Methane-like molecules, distorted in different ways, with a spring between C and H on the base.
class Calibrate : public CommandLine {
 protected:
  void SetUp() override { make_labels("dftb/perov-1-0"); }

  /// @param base potential that the spring comes on top of
  void make_labels(const std::string& base) {
    std::string bare;
    for (int i = 0; i < 9; ++i) {
      const double a = 0.62 + 0.015 * i, b = 0.02 * (i % 4), c = 0.03 * (i % 3);
      bare += "5\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\n";
      bare += "C 0 0 0\n";
      bare += line(a, a + b, a) + line(-a, -a, a + c) + line(-a - b, a, -a) + line(a + c, -a, -a);
    }
    const std::string structures = file("structures.xyz", bare);
    const std::string evaluated = path("base.extxyz");
    std::filesystem::remove(evaluated);
    std::filesystem::remove_all(evaluated + ".store");
    ASSERT_EQ(ionpass({"label", structures, "-p", base, "-o", evaluated}).exit_code, 0);
    frames_ = read_frames(evaluated);
    base_energies_.clear();
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      FrameData& data = frames_[i].data;
      base_energies_.push_back(*data.energy);
      const calibrate::PairSum sum =
          calibrate::pair_sum(frames_[i].structure, {{{1, 6}, spring()}});
      *data.energy += sum.energy;
      *data.forces += sum.forces;
      data.info = {{"source", "test PBE"},
                   {"config_type", "methane"},
                   {"name", "m" + std::to_string(i)},
                   {"held_out", i % 4 == 3 ? "T" : "F"}};
    }
    write();
  }

  static calibrate::PairFunction spring() {
    return {2.0, [](double r) {
              const double x = r < 2.0 ? 2.0 - r : 0.0;
              return calibrate::PairPoint{4 * x * x * x, -12 * x * x};
            }};
  }
  static std::string line(double x, double y, double z) {
    return "H " + std::to_string(x) + " " + std::to_string(y) + " " + std::to_string(z) + "\n";
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  void write() const { write_frames(path("labelled.extxyz"), frames_); }
  [[nodiscard]] Spoken run(const std::string& plan) const {
    return ionpass({"calibrate", file("plan.yaml", plan), "-o", path("out")});
  }

  std::vector<Frame> frames_;
  std::vector<double> base_energies_;  // eV, without the spring
};

}  // namespace ionpass::test
