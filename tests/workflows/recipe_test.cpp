// Recipes of Slater–Koster sets: what is read, what is refused and where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <structures/units.hpp>
#include <workflows/recipe.hpp>

namespace ionpass::workflows {
namespace {

using testing::HasSubstr;

skgen::Recipe parse(const std::string& elements, const std::string& rest = "") {
  return parse_recipe("set: test\n" + rest + "elements:\n" + elements, "recipe.yaml");
}

std::string refusal(const std::string& elements, const std::string& rest = "") {
  try {
    static_cast<void>(parse(elements, rest));
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

constexpr const char* hydrogen = "  H: {configuration: 1s1, valence: [1s]}\n";

TEST(RecipeFile, TheShippedOneIsThatOfThePublishedSet) {
  const skgen::Recipe recipe =
      read_recipe(std::string(IONPASS_SOURCE_DIR) + "/potentials/data/recipes/perov.yaml");
  ASSERT_EQ(recipe.elements.size(), 6U);
  EXPECT_EQ(recipe.functionals, (std::vector<std::string>{"gga_x_pbe", "gga_c_pbe"}));
  const skgen::ElementRecipe& lead = recipe.elements.back();
  EXPECT_EQ(lead.number, 82);
  EXPECT_EQ(lead.shells.size(), 15U);
  ASSERT_EQ(lead.valence.size(), 2U);
  EXPECT_EQ(lead.shells[lead.valence[1]].name(), "6p");
  EXPECT_EQ(lead.shells[lead.valence[1]].electrons, 2.0);
  EXPECT_EQ(lead.slater.size(), 4U);  // up to the 4f of the core
  EXPECT_EQ(lead.density, (skgen::Confinement{11.8405, 4.0}));
  EXPECT_EQ(recipe.ends.at({1, 6}), 10.0);
  EXPECT_EQ(recipe.superposition, skgen::Superposition::density);
  EXPECT_EQ(recipe.elements[2].onsite.at(0), -0.64);
  EXPECT_FALSE(recipe.elements[0].shell_resolved);
}

TEST(RecipeFile, DefaultsAreTheCompleteBasisInWallsOfTheCovalentRadius) {
  const skgen::ElementRecipe h = parse(hydrogen).elements.front();
  EXPECT_TRUE(h.slater.empty());
  EXPECT_EQ(h.relativity, skgen::Relativity::zora);
  EXPECT_NEAR(h.wave.at(0).radius, 1.85 * 0.31 / units::bohr, 1e-12);
  EXPECT_EQ(h.density, h.wave.at(0));
  EXPECT_TRUE(h.shell_resolved);
}

TEST(RecipeFile, ReadsUnitsEmptyShellsAndWallsPerShell) {
  const skgen::Recipe recipe = parse(
      "  C:\n    configuration: \"[He] 2s2 2p2\"\n    valence: [2s, 2p, 3d]\n"
      "    density: {radius: 1 nm, power: 4}\n"
      "    wave: {s: {radius: 3}, d: {radius: 4 bohr, power: 3.5}}\n    onsite: {d: 2 Ry}\n",
      "relativity: none\nsuperposition: potential\n");
  EXPECT_EQ(recipe.superposition, skgen::Superposition::potential);
  const skgen::ElementRecipe& c = recipe.elements.front();
  EXPECT_EQ(c.relativity, skgen::Relativity::none);
  EXPECT_EQ(c.shells.size(), 4U);
  EXPECT_EQ(c.shells[c.valence[2]].electrons, 0.0);
  EXPECT_NEAR(c.density.radius, 10.0 / units::bohr, 1e-10);
  EXPECT_EQ(c.wave.at(0).radius, 3.0);
  EXPECT_NEAR(c.wave.at(2).radius, 4.0, 1e-12);
  EXPECT_EQ(c.wave.at(2).power, 3.5);
  EXPECT_NEAR(c.wave.at(1).radius, 1.85 * 0.76 / units::bohr, 1e-12);
  EXPECT_NEAR(c.onsite.at(2), 1.0, 1e-12);
}

TEST(RecipeFile, RefusalsNameThePlaceAndTheRemedy) {
  EXPECT_THAT(refusal("  H: {configuration: 1s1, valense: [1s]}\n"),
              testing::AllOf(testing::StartsWith("recipe.yaml:3:27: "), HasSubstr("'valence'")));
  EXPECT_THAT(refusal("  Hx: {configuration: 1s1, valence: [1s]}\n"), HasSubstr("no element"));
  EXPECT_THAT(refusal("  H: {valence: [1s]}\n"), HasSubstr("'configuration' is missing"));
  EXPECT_THAT(refusal("  H: {configuration: 1s2, valence: [1s]}\n"),
              testing::AllOf(testing::StartsWith("recipe.yaml:3:3: "), HasSubstr("2 electrons")));
  EXPECT_THAT(refusal("  H: {configuration: 1s3, valence: [1s]}\n"), HasSubstr("0 to 2"));
  EXPECT_THAT(refusal("  H: {configuration: 1q1, valence: [1s]}\n"), HasSubstr("no shell"));
  EXPECT_THAT(refusal("  H: {configuration: \"[Og] 1s1\", valence: [1s]}\n"), HasSubstr("[Rn]"));
  EXPECT_THAT(refusal("  H: {configuration: 1s1, valence: [2p]}\n"), HasSubstr("no s shell"));
  EXPECT_THAT(refusal("  H: {configuration: 1s1, valence: [1s, 2s]}\n"), HasSubstr("two shells"));
  EXPECT_THAT(refusal("  H: {configuration: 1s1, valence: [1s], wave: {radius: 0}}\n"),
              HasSubstr("wave.radius"));
  EXPECT_THAT(refusal("  H: {configuration: 1s1, valence: [1s], slater: {exponents: [1, 1]}}\n"),
              HasSubstr("twice"));
  EXPECT_THAT(refusal("  H: {configuration: 1s1, valence: [1s], density: {radius: 2 eV}}\n"),
              HasSubstr("density.radius"));
  EXPECT_THAT(refusal(hydrogen, "functional: [hyb_gga_xc_b3lyp]\n"),
              testing::AllOf(testing::StartsWith("recipe.yaml:2:13: "), HasSubstr("hybrid")));
  EXPECT_THAT(refusal(hydrogen, "functional: pbe\n"), HasSubstr("not known to libxc"));
  EXPECT_THAT(refusal(hydrogen, "grid: {start: 0.41}\n"), HasSubstr("no multiple"));
  EXPECT_THAT(refusal(hydrogen, "ends: {H-Q: 3}\n"), HasSubstr("no pair"));
  EXPECT_THAT(refusal(hydrogen, "ends: {H-C: 3}\n"), HasSubstr("no such pair"));
  EXPECT_THAT(refusal(hydrogen, "grid: {start: 4.0}\nends: {H-H: 3}\n"), HasSubstr("exceed"));
  EXPECT_THAT(refusal(hydrogen, "repulsion: nowhere\n"), HasSubstr("no folder"));
  EXPECT_THAT(refusal("  {}\n"), HasSubstr("elements"));
}

TEST(RecipeSchema, NamesEveryKey) {
  const std::string schema = recipe_schema_text();
  for (const char* key : {"functional", "superposition", "configuration", "valence", "slater",
                          "exponents", "radius", "threshold", "shell_resolved"})
    EXPECT_THAT(schema, HasSubstr(key));
}

}  // namespace
}  // namespace ionpass::workflows
