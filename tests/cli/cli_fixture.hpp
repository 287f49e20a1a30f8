// The program as a user meets it: arguments in, exit code and two streams out.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "temporary_folder.hpp"

namespace ionpass::test {

/// HI, 1.611 Å, along no axis.
inline constexpr const char* hydrogen_iodide =
    "2\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nH 0 0 0\nI 0.3 0.7 1.42\n";

inline Spoken ionpass(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), IONPASS_PROGRAM);
  return run_program(std::move(arguments), input);
}

inline nlohmann::json json_of(const Spoken& spoken) {
  EXPECT_EQ(spoken.exit_code, 0) << spoken.err;
  return nlohmann::json::parse(spoken.out, nullptr, false);
}

inline std::string library(const std::string& name) {
  return std::string(IONPASS_SOURCE_DIR) + "/structures/library/" + name;
}

/// A refusal: exit code, one line on standard error that contains all parts, nothing on standard
/// output.
inline void expect_refusal(const Spoken& spoken, int exit_code,
                           const std::vector<std::string>& parts) {
  EXPECT_EQ(spoken.exit_code, exit_code) << spoken.err;
  EXPECT_EQ(spoken.out, "");
  EXPECT_EQ(std::ranges::count(spoken.err, '\n'), 1) << spoken.err;
  EXPECT_THAT(spoken.err, testing::StartsWith("ionpass: "));
  for (const std::string& part : parts) EXPECT_THAT(spoken.err, testing::HasSubstr(part));
}

class CommandLine : public testing::Test {
 protected:
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    return folder_.write(name, text).string();
  }
  /// A study of pseudo-cubic MAPbI3 with more lines behind.
  [[nodiscard]] std::string study(const std::string& rest) const {
    return file("study.yaml", "study: test\nmaterials:\n  - name: MAPbI3\n    structure: " +
                                  library("MAPbI3-pseudocubic.cif") + "\n" + rest);
  }
  TemporaryFolder folder_;
};

}  // namespace ionpass::test
