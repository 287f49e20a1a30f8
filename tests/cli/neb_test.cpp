// ionpass neb: the inversion of ammonia, whose two ends are mirror images.
#include "cli_fixture.hpp"
#ifdef IONPASS_MPIEXEC
#include "ranks.hpp"
#endif

namespace ionpass::test {
namespace {

using testing::HasSubstr;

/// Ammonia about the plane of its nitrogen: `side` is +1 or -1.
std::string ammonia(int side) {
  const std::string z = side > 0 ? "0.388" : "-0.388";
  return "4\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nN 0 0 0\nH 0 0.9397 " + z +
         "\nH 0.8138 -0.4699 " + z + "\nH -0.8138 -0.4699 " + z + "\n";
}

class Ammonia : public CommandLine {
 protected:
  [[nodiscard]] std::vector<std::string> arguments(const std::string& output) const {
    return {"neb",
            file("up.extxyz", ammonia(1)),
            file("down.extxyz", ammonia(-1)),
            "-p",
            "dftb/pilot-pbi3",
            "--images",
            "3",
            "--fmax",
            "0.02",
            "--method",
            "linear",
            "-o",
            output,
            "--json",
            "-q"};
  }
};

TEST_F(Ammonia, HasASymmetricBarrier) {
  const std::string output = folder_.path() / "path.extxyz";
  const nlohmann::json json = json_of(ionpass(arguments(output)));
  EXPECT_TRUE(json.at("converged").get<bool>());
  EXPECT_GT(json.at("barrier_forward"), 0.0);
  // Mirror images have one energy; what is left comes from the forces left at the ends.
  EXPECT_NEAR(json.at("barrier_forward"), json.at("barrier_backward"), 1e-3);
  EXPECT_NEAR(json.at("reaction_energy"), 0.0, 1e-3);
  EXPECT_LE(json.at("max_force"), 0.02);
  ASSERT_EQ(json.at("images").size(), 5U);
  double s = -1.0;
  for (const auto& image : json.at("images")) {
    EXPECT_GT(image.at("s"), s);
    s = image.at("s");
    EXPECT_TRUE(image.at("energy").is_number() && image.at("force_along").is_number());
  }
  EXPECT_EQ(json.at("saddle").at("image"), 2);
  const nlohmann::json& evaluations = json.at("evaluations");
  EXPECT_EQ(evaluations.at("total"),
            evaluations.at("relax").get<int>() + evaluations.at("neb").get<int>());
  EXPECT_GT(json.at("seconds"), 0.0);
  // The path is written image by image, with energies that give the barrier again.
  const nlohmann::json images =
      json_of(ionpass({"evaluate", output, "-p", "dftb/pilot-pbi3", "--json", "-q"}));
  ASSERT_EQ(images.size(), 5U);
  EXPECT_NEAR(images[2].at("free_energy").get<double>() - images[0].at("free_energy").get<double>(),
              json.at("barrier_forward"), 1e-5);
}

TEST_F(Ammonia, WarnsOfAnotherOrderOfAtoms) {
  const std::string other =
      "4\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nN 0 0 0\nH 0.8138 -0.4699 0.388\n"
      "H 0 0.9397 0.388\nH -0.8138 -0.4699 0.388\n";
  const Spoken spoken = ionpass({"neb", file("up.extxyz", ammonia(1)), file("other.extxyz", other),
                                 "-p", "dftb/pilot-pbi3", "--images", "3", "--max-iterations", "1",
                                 "-o", folder_.path() / "path.extxyz"});
  EXPECT_THAT(spoken.err, HasSubstr("order of atoms differs"));
}

TEST_F(Ammonia, GivesUpAnEndAfterTheStepsAllowed) {
  std::vector<std::string> words = arguments(folder_.path() / "path.extxyz");
  words.insert(words.end(), {"--relax-iterations", "1"});
  const Spoken spoken = ionpass(words);
  EXPECT_EQ(spoken.exit_code, 1);
  EXPECT_THAT(spoken.out + spoken.err, HasSubstr("not relaxed after 1 step"));
}

// A path that is converged needs no step; one of another potential is where the search begins.
TEST_F(Ammonia, IsRefinedFromAPath) {
  const std::string path = folder_.path() / "path.extxyz", again = folder_.path() / "again.extxyz";
  const nlohmann::json first = json_of(ionpass(arguments(path)));
  std::vector<std::string> words = {"neb",
                                    folder_.path() / "up.extxyz",
                                    folder_.path() / "down.extxyz",
                                    "-p",
                                    "dftb/pilot-pbi3",
                                    "--fmax",
                                    "0.02",
                                    "--start",
                                    path,
                                    "-o",
                                    again,
                                    "--json",
                                    "-q"};
  const nlohmann::json second = json_of(ionpass(words));
  EXPECT_LT(second.at("evaluations").at("neb"), first.at("evaluations").at("neb"));
  EXPECT_NEAR(second.at("barrier_forward"), first.at("barrier_forward"), 1e-3);
  EXPECT_EQ(second.at("images").size(), 5U);
  words.at(8) = file("short.extxyz", ammonia(1) + ammonia(-1));
  expect_refusal(ionpass(words), 2, {"--start", "has 2 structures", "at least three"});
  words.at(8) = file("other.extxyz", ammonia(1) + hydrogen_iodide + ammonia(-1));
  expect_refusal(ionpass(words), 2, {"--start", "other.extxyz"});
}

#ifdef IONPASS_MPIEXEC
TEST_F(Ammonia, HasTheSameBarrierOnTwoRanks) {
  const std::string output = folder_.path() / "path.extxyz";
  const nlohmann::json one = json_of(ionpass(arguments(output)));
  std::vector<std::string> command = arguments(output);
  command.insert(command.begin(), IONPASS_PROGRAM);
  const nlohmann::json two = json_of(run_program(on_ranks(2, folder_.path(), command)));
  EXPECT_NEAR(two.at("barrier_forward"), one.at("barrier_forward"), 1e-9);
  EXPECT_EQ(two.at("evaluations"), one.at("evaluations"));
}

TEST_F(CommandLine, AMistakeEndsAllRanks) {
  const Spoken spoken = run_program(
      on_ranks(2, folder_.path(), {IONPASS_PROGRAM, "run", study("neb: {imges: 3}\n")}));
  EXPECT_EQ(spoken.exit_code, 2);
  EXPECT_THAT(spoken.err, HasSubstr("did you mean 'images'?"));
}
#endif

// The straight way leads the hydrogen through the iodine: no path, but relaxed ends.
TEST_F(CommandLine, KeepsRelaxedEndsWhereAtomsCollideOnTheFirstPath) {
  const auto hydrogen_at = [](const std::string& z) {
    return "2\nProperties=species:S:1:pos:R:3 pbc=\"F F F\"\nI 0 0 0\nH 0 0 " + z + "\n";
  };
  const std::string output = folder_.path() / "path.extxyz";
  const Spoken spoken = ionpass({"neb", file("up.extxyz", hydrogen_at("1.6")),
                                 file("down.extxyz", hydrogen_at("-1.6")), "-p", "dftb/pilot-pbi3",
                                 "--images", "3", "--method", "linear", "-o", output});
  EXPECT_EQ(spoken.exit_code, 1);
  EXPECT_THAT(spoken.out, HasSubstr("atoms collide on the first path"));
  const nlohmann::json ends =
      json_of(ionpass({"evaluate", output, "-p", "dftb/pilot-pbi3", "--json", "-q"}));
  EXPECT_EQ(ends.size(), 2U);
}

TEST_F(CommandLine, RefusesEndsThatDoNotMatch) {
  const std::string up = file("up.extxyz", ammonia(1));
  const std::string output = folder_.path() / "path.extxyz";
  expect_refusal(ionpass({"neb", up, file("hi.extxyz", hydrogen_iodide), "-p", "dftb/pilot-pbi3",
                          "-o", output, "-q"}),
                 2, {"hi.extxyz", "same atoms"});
  expect_refusal(ionpass({"neb", up, up, "-p", "dftb/pilot-pbi3", "-o", output, "-q"}), 2,
                 {"same structure"});
}

}  // namespace
}  // namespace ionpass::test
