// The study file: what is read, what is refused and where, and the way back to text.
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <structures/error.hpp>
#include <workflows/study.hpp>

#include "temporary_folder.hpp"

namespace ionpass::workflows {
namespace {

using testing::HasSubstr;

class StudyFile : public testing::Test {
 protected:
  StudyFile() {
    folder_.write("a.cif", "");
    folder_.write("b.cif", "");
  }
  [[nodiscard]] Study parse(const std::string& text) const {
    return parse_study(text, folder_.path() / "study.yaml");
  }
  /// Everything a study needs, on three lines; further lines follow.
  [[nodiscard]] Study with(const std::string& rest) const { return parse(start + rest); }

  static constexpr const char* start = "study: test\nmaterials:\n  - {name: A, structure: a.cif}\n";
  test::TemporaryFolder folder_;
};

TEST_F(StudyFile, DefaultsComeFromTheSettings) {
  const Study study = with("");
  ASSERT_EQ(study.materials.size(), 1U);
  const MaterialStudy& material = study.materials[0];
  EXPECT_EQ(study.name, "test");
  EXPECT_EQ(material.structure, folder_.path() / "a.cif");
  EXPECT_EQ(material.neb.fmax, neb::BandSettings{}.fmax);
  EXPECT_EQ(material.path.images, PathSettings{}.images);
  EXPECT_EQ(material.potential.name, PotentialSettings{}.name);
  EXPECT_EQ(std::get<MinimumLength>(material.supercell).length, MinimumLength{}.length);
  EXPECT_FALSE(study.retention.has_value());
  EXPECT_FALSE(material.defect.unpaired.has_value());
  EXPECT_FALSE(study.parallel.ranks_per_image.has_value());
}

TEST_F(StudyFile, RanksPerImageAreANumberOrAuto) {
  EXPECT_EQ(with("parallel: {ranks_per_image: 4}\n").parallel.ranks_per_image, 4);
  EXPECT_EQ(parse(to_yaml(with("parallel: {ranks_per_image: 4}\n"))).parallel.ranks_per_image, 4);
  EXPECT_EQ(with("parallel: {ranks_per_image: auto}\n").parallel.ranks_per_image, std::nullopt);
  EXPECT_THROW((void)with("parallel: {ranks_per_image: 0}\n"), InputError);
}

TEST_F(StudyFile, ReadsTheChoicesOfTightBindingsAndWritesThemBack) {
  const Study study = with(
      "potential: {name: gfn1-xtb, unpaired: 3, gfn1: {coulomb: wigner_seitz, "
      "halogen_bond: smooth}}\ndefect: {vacancy: I, unpaired: 1}\n");
  const Study again = parse(to_yaml(study));
  for (const Study* read : {&study, &again}) {
    const PotentialSettings& potential = read->materials[0].potential;
    EXPECT_EQ(potential.unpaired.rule, Unpaired::Rule::number);
    EXPECT_EQ(potential.unpaired.number, 3);
    EXPECT_EQ(read->materials[0].defect.unpaired, 1);
    EXPECT_EQ(potential.gfn1.coulomb, Gfn1Settings::Coulomb::wigner_seitz);
    EXPECT_EQ(potential.gfn1.halogen_bond, Gfn1Settings::HalogenBond::smooth);
    EXPECT_FALSE(potential.d3.has_value());
  }
}

TEST_F(StudyFile, DispersionNeedsItsDampingAndIsWrittenBack) {
  const std::string d3 = "potential: {name: dftb/x, d3: {s8: 0.5, a1: 0.6, a2: 3.5}}\n";
  const Study again = parse(to_yaml(with(d3)));
  const auto& damping = again.materials[0].potential.d3;
  ASSERT_TRUE(damping.has_value());
  EXPECT_EQ(damping->s6, 1.0);
  EXPECT_EQ(damping->s8, 0.5);
  EXPECT_EQ(damping->a1, 0.6);
  EXPECT_EQ(damping->a2, 3.5);
  EXPECT_THROW((void)with("potential: {name: dftb/x, d3: {s8: 0.5, a1: 0.6}}\n"), InputError);
  EXPECT_THROW((void)with("potential: {name: dftb/x, unpaired: many}\n"), InputError);
}

TEST_F(StudyFile, ReadsEverySection) {
  const Study study = with(
      "potential: {name: dftb/other, electronic_temperature: 500 K, scf: {tolerance: 1e-9, "
      "history: 4}}\n"
      "supercell: {matrix: [[1, 1, 0], [-1, 1, 0], [0, 0, 1]]}\n"
      "kpoints: {points: [[0.25, 0.25, 0.25, 2], [0, 0, 0, 1]]}\n"
      "defect: {vacancy: Br, charge: -1}\n"
      "hops: {max_distance: 0.4 nm, kinds: [along_chain], only: [x], limit: 3}\n"
      "host: {relax: false, rattle: 0, seed: 7, starts: 4}\n"
      "relax: {fmax: 0.01, optimizer: fire, max_step: 0.1}\n"
      "neb: {images: 7, method: linear, climb: false, fmax: 20 meV/Å, springs: constant, "
      "stiffness: 3}\n"
      "kinetics: {temperatures: [300], attempt_frequency: 2 THz}\n"
      "retention: {reference: {temperature: 363, time: 20 min, material: A},\n"
      "            measured: [{temperature: 400, time: 60}], claimed_energy: 180 meV, source: "
      "paper}\n"
      "report: {literature: false}\n"
      "symmetry_tolerance: 0.01\n");
  const MaterialStudy& material = study.materials[0];
  EXPECT_EQ(material.potential.name, "dftb/other");
  EXPECT_EQ(material.potential.scf.tolerance, 1e-9);
  EXPECT_EQ(material.potential.scf.max_iterations, ScfSettings{}.max_iterations);
  // Rows of the file are columns of the program: a' = a + b.
  EXPECT_EQ(std::get<SupercellMatrix>(material.supercell).matrix.col(0), Eigen::Vector3i(1, 1, 0));
  EXPECT_EQ(std::get<KpointList>(material.potential.kpoints).points[0].weight, 2.0);
  EXPECT_EQ(material.defect.charge, -1.0);
  EXPECT_DOUBLE_EQ(material.hops.max_distance, 4.0);
  EXPECT_EQ(material.hops.limit, 3U);
  EXPECT_EQ(std::get<neb::FireSettings>(material.relax.optimizer).max_step, 0.1);
  EXPECT_EQ(std::get<neb::ConstantSprings>(material.neb.springs).stiffness, 3.0);
  EXPECT_DOUBLE_EQ(study.kinetics.attempt_frequency, 2e12);
  EXPECT_DOUBLE_EQ(study.retention->reference->time, 1200.0);
  EXPECT_DOUBLE_EQ(*study.retention->claimed_energy, 0.18);
  EXPECT_FALSE(study.report.literature);
}

TEST_F(StudyFile, AMaterialOverridesOnlyWhatItNames) {
  const Study study = parse(
      "study: test\nneb: {images: 3, fmax: 0.08}\nkpoints: {mesh: [2, 2, 2], shift: [0.5, 0.5, "
      "0.5]}\n"
      "materials:\n"
      "  - {name: A, structure: a.cif}\n"
      "  - {name: B, structure: b.cif, neb: {images: 9}, kpoints: {mesh: [1, 1, 3]}, potential: "
      "dftb/b}\n");
  EXPECT_EQ(study.materials[0].path.images, 3);
  EXPECT_EQ(study.materials[1].path.images, 9);
  EXPECT_EQ(study.materials[1].neb.fmax, 0.08);
  EXPECT_EQ(study.materials[0].potential.name, PotentialSettings{}.name);
  EXPECT_EQ(study.materials[1].potential.name, "dftb/b");
  // A mesh of its own does not inherit the shift of another mesh.
  const auto& mesh = std::get<KpointMesh>(study.materials[1].potential.kpoints);
  EXPECT_EQ(mesh.mesh, Eigen::Vector3i(1, 1, 3));
  EXPECT_EQ(mesh.shift, Eigen::Vector3d::Zero());
}

// Settings belong to a potential: another one begins with its own defaults, k-points stay.
TEST_F(StudyFile, AnotherPotentialDropsTheSettingsOfTheFirst) {
  const Study study = parse(
      "study: t\npotential: {name: dftb/x, d3: {s8: 0.5, a1: 0.6, a2: 3.5}}\n"
      "kpoints: {mesh: [2, 2, 2]}\nmaterials:\n"
      "  - {name: A, structure: a.cif}\n"
      "  - {name: B, structure: a.cif, potential: gfn1-xtb}\n"
      "  - {name: C, structure: a.cif, potential: {unpaired: 1}}\n");
  EXPECT_TRUE(study.materials[0].potential.d3.has_value());
  EXPECT_FALSE(study.materials[1].potential.d3.has_value());
  EXPECT_EQ(std::get<KpointMesh>(study.materials[1].potential.kpoints).mesh(0), 2);
  EXPECT_TRUE(study.materials[2].potential.d3.has_value());
  EXPECT_EQ(to_yaml(parse(to_yaml(study))), to_yaml(study));
}

TEST_F(StudyFile, EndPointsFollowATighterBand) {
  EXPECT_DOUBLE_EQ(with("neb: {fmax: 0.02}\n").materials[0].relax.fmax, 0.01);
  EXPECT_DOUBLE_EQ(with("neb: {fmax: 0.2}\n").materials[0].relax.fmax, 0.01);
  EXPECT_DOUBLE_EQ(with("relax: {fmax: 0.01}\n").materials[0].relax.fmax, 0.01);
}

TEST_F(StudyFile, TextReadsBackToTheSameStudy) {
  const Study study = parse(
      "study: 'a: \"b\" #c'\nneb: {springs: constant, stiffness: 0.1}\n"
      "retention: {reference: {temperature: 363.15, time: 1200}, measured: [{temperature: 400, "
      "time: 60}]}\n"
      "materials:\n"
      "  - {name: A, structure: a.cif, supercell: {repeats: [2, 1, 3]}, hops: {only: "
      "['I1-I2_4.26A_a']}}\n"
      "  - {name: B, structure: b.cif, kpoints: {spacing: 0.1}, neb: {springs: "
      "energy_weighted}}\n");
  const std::string text = to_yaml(study);
  const Study again = parse(text);
  EXPECT_EQ(to_yaml(again), text);
  EXPECT_EQ(again.name, "a: \"b\" #c");
  EXPECT_EQ(std::get<SupercellMatrix>(again.materials[0].supercell).matrix.diagonal(),
            Eigen::Vector3i(2, 1, 3));
  EXPECT_EQ(again.materials[0].hops.only, study.materials[0].hops.only);
  EXPECT_EQ(std::get<neb::ConstantSprings>(again.materials[0].neb.springs).stiffness, 0.1);
  EXPECT_EQ(std::get<KpointSpacing>(again.materials[1].potential.kpoints).spacing, 0.1);
  EXPECT_TRUE(std::holds_alternative<neb::EnergyWeightedSprings>(again.materials[1].neb.springs));
  EXPECT_EQ(again.retention->reference->temperature, 363.15);
}

// A driver without a place for the temperature refuses one: none is made up for it in a run folder.
TEST_F(StudyFile, TheElectronicTemperatureOfADriverIsWrittenOnlyIfGiven) {
  const auto written = [this](const std::string& section) { return to_yaml(with(section)); };
  const std::string key = "electronic_temperature: ";
  EXPECT_THAT(written("potential: {name: driver/x}\n"), testing::Not(testing::HasSubstr(key)));
  EXPECT_THAT(written("potential: {name: driver/x, electronic_temperature: 400}\n"),
              testing::HasSubstr(key + "400"));
  EXPECT_THAT(written("potential: {name: dftb/x}\n"), testing::HasSubstr(key + "300"));
  EXPECT_FALSE(with("").materials[0].potential.electronic_temperature.has_value());
}

TEST_F(StudyFile, TheElectronicTemperatureComesBack) {
  const auto read_again = [this](const std::string& section) {
    return parse(to_yaml(with(section))).materials[0].potential.electronic_temperature;
  };
  EXPECT_EQ(read_again("potential: {name: dftb/x, electronic_temperature: 450.5 K}\n"), 450.5);
  EXPECT_EQ(read_again("potential: {name: driver/x, electronic_temperature: 0}\n"), 0.0);
  EXPECT_EQ(read_again("potential: {name: driver/x}\n"), std::nullopt);
}

TEST_F(StudyFile, LeadingZerosAreNotOctal) {
  EXPECT_EQ(with("neb: {images: 011}\n").materials[0].path.images, 11);
}

struct Mistake {
  const char* text;
  const char* place;  ///< line:column
  const char* part;
};

/// Names the test after the place: GoogleTest would print where the texts lie in memory, which
/// differs from run to run.
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.place; }

class StudyMistake : public StudyFile, public testing::WithParamInterface<Mistake> {};

TEST_P(StudyMistake, IsRefusedAtItsPlace) {
  try {
    (void)parse(GetParam().text);
    FAIL() << "accepted:\n" << GetParam().text;
  } catch (const InputError& error) {
    const std::string place =
        (folder_.path() / "study.yaml").string() + ":" + GetParam().place + ": ";
    EXPECT_THAT(error.what(), testing::StartsWith(place));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().part));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

#define IONPASS_START "study: t\nmaterials:\n  - {name: A, structure: a.cif}\n"

INSTANTIATE_TEST_SUITE_P(
    Keys, StudyMistake,
    testing::Values(
        Mistake{IONPASS_START "neb: {imges: 3}\n", "4:7", "did you mean 'images'?"},
        Mistake{IONPASS_START "nebb: {images: 3}\n", "4:1", "did you mean 'neb'?"},
        Mistake{IONPASS_START "fmax: 0.1\n", "4:1",
                "did you mean 'host.fmax' or 'relax.fmax' or 'neb.fmax'?"},
        Mistake{IONPASS_START "zzzzzz: 0.1\n", "4:1", "known: study, materials"},
        Mistake{IONPASS_START "structure: a.cif\n", "4:1", "move it into an entry of 'materials'"},
        Mistake{"study: t\nmaterials:\n  - name: A\n    structure: a.cif\n    kinetics: {}\n",
                "5:5", "move it to the top"},
        Mistake{"study: t\nmaterials:\n  - name: A\n    structure: a.cif\n    neb: {imges: 3}\n",
                "5:11", "'materials[0].neb.imges'"},
        Mistake{IONPASS_START "neb: {images: 3, images: 4}\n", "4:18", "given twice"},
        Mistake{IONPASS_START "study: again\n", "4:1", "given twice"},
        Mistake{IONPASS_START "neb: {fmax: 0.1\n", "5:1", "not valid YAML"},
        Mistake{IONPASS_START "neb:\n", "4:1", "no value given"},
        Mistake{IONPASS_START "---\nneb: {}\n", "5:1", "second document"},
        Mistake{IONPASS_START
                "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, "
                "*c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, "
                "*e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\n",
                "4:26", "too many values"},
        Mistake{"", "1:1", "the file is empty; 'ionpass schema'"},
        Mistake{"- a\n", "1:1", "expected a mapping"},
        Mistake{"materials: []\n", "1:1", "'study' is missing"},
        Mistake{"study: t\n", "1:1", "'materials' is missing"},
        Mistake{"study: t\nmaterials: []\n", "2:12", "no material given"}));

INSTANTIATE_TEST_SUITE_P(
    Values, StudyMistake,
    testing::Values(
        Mistake{IONPASS_START "neb: {images: five}\n", "4:15", "expected a whole number"},
        Mistake{IONPASS_START "neb: {images: 0}\n", "4:15", "0 given, must be 1 to 100"},
        Mistake{IONPASS_START "neb: {images: [1]}\n", "4:15", "a list given"},
        Mistake{IONPASS_START "neb: 3\n", "4:6", "expected a mapping"},
        Mistake{IONPASS_START "neb: {climb: yes}\n", "4:14", "expected true or false"},
        Mistake{IONPASS_START "neb: {fmax: -1}\n", "4:13", "must be above 0, at most 1 eV/Å"},
        Mistake{IONPASS_START "neb: {fmax: 1000}\n", "4:13", "must be above 0, at most 1 eV/Å"},
        Mistake{IONPASS_START "host: {fmax: 2}\n", "4:14", "must be above 0, at most 1 eV/Å"},
        Mistake{IONPASS_START "kpoints: {points: [[1e300, 0, 0, 1]]}\n", "4:21", "-10 to 10"},
        Mistake{IONPASS_START "kpoints: {points: [[0, 0, 0, 1e308]]}\n", "4:30", "at most 1e"},
        Mistake{IONPASS_START "neb: {fmax: 0.05 eV}\n", "4:13", "wrong kind of unit"},
        Mistake{IONPASS_START "neb: {fmax: .nan}\n", "4:13", "expected a number"},
        Mistake{IONPASS_START "neb: {method: idp}\n", "4:15", "did you mean 'idpp'?"},
        Mistake{IONPASS_START "neb: {springs: energy_weighted, stiffness: 2}\n", "4:44",
                "belongs to 'springs: constant'"},
        Mistake{IONPASS_START "neb: {stiffness_lower: 20}\n", "4:24",
                "belongs to 'springs: energy_weighted'"},
        Mistake{IONPASS_START "neb: {springs: energy_weighted, stiffness_lower: 20}\n", "4:50",
                "must not be larger"},
        Mistake{IONPASS_START "hops: {kinds: [along_chian]}\n", "4:16",
                "did you mean 'along_chain'?"},
        Mistake{IONPASS_START "defect: {vacancy: Xx}\n", "4:19", "symbol of an element"},
        Mistake{IONPASS_START "kpoints: {mesh: [2, 2]}\n", "4:17", "2 items given"},
        Mistake{IONPASS_START "kpoints: {mesh: [2, 2, 0]}\n", "4:24", "must be 1 to 100"},
        Mistake{IONPASS_START "kpoints: {mesh: [2, 2, 2], spacing: 0.2}\n", "4:10",
                "more than one of"},
        Mistake{IONPASS_START "kpoints: {shift: [0, 0, 0]}\n", "4:10",
                "none of mesh, spacing, points"},
        Mistake{IONPASS_START "kpoints: {spacing: 1, shift: [0, 0, 0]}\n", "4:30",
                "belongs to 'mesh'"},
        Mistake{IONPASS_START "supercell: {matrix: [[1,0,0],[0,1,0],[0,0,0]]}\n", "4:21",
                "determinant is 0"},
        Mistake{IONPASS_START "supercell: {matrix: [[0,1,0],[1,0,0],[0,0,1]]}\n", "4:21",
                "determinant is -1"},
        Mistake{IONPASS_START "supercell: {}\n", "4:12", "none of min_length"},
        Mistake{IONPASS_START "kinetics: {temperatures: []}\n", "4:26", "at least one number"},
        Mistake{IONPASS_START "kinetics: {temperatures: [300, cold]}\n", "4:32",
                "expected a number"},
        Mistake{IONPASS_START "retention: {reference: {temperature: 300}}\n", "4:24",
                "'time' is missing"},
        Mistake{IONPASS_START "retention: {measured: [{temperature: 300}]}\n", "4:24",
                "both temperature and time"},
        Mistake{IONPASS_START "retention: {measured: [{temp: 300}]}\n", "4:25", "unknown key"}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, StudyMistake,
    testing::Values(
        Mistake{IONPASS_START "potential: driver/pw\ndefect: {unpaired: 1}\n", "5:20",
                "has no meaning for a driver"},
        Mistake{IONPASS_START "relax: {fmax: 0.03}\nneb: {fmax: 0.05}\n", "4:15",
                "at most half of neb.fmax"},
        Mistake{"study: t\nmaterials:\n  - {structure: a.cif}\n", "3:5", "'name' is missing"},
        Mistake{"study: t\nmaterials:\n  - {name: A}\n", "3:5", "'structure' is missing"},
        Mistake{"study: t\nmaterials:\n  - {name: A, structure: nowhere.cif}\n", "3:26",
                "is not there"},
        Mistake{"study: t\nmaterials:\n  - {name: A, structure: a.cif}\n  - {name: a, structure: "
                "b.cif}\n",
                "4:5", "given twice"},
        Mistake{"study: t\nmaterials:\n  - {name: ../x, structure: a.cif}\n", "3:12",
                "cannot be the name of a folder"},
        Mistake{"study: t\nmaterials:\n  - {name: a b, structure: a.cif}\n", "3:12",
                "cannot be the name of a folder"},
        Mistake{"study: t\nmaterials:\n  - {name: .hidden, structure: a.cif}\n", "3:12",
                "cannot be the name of a folder"},
        Mistake{"study: t\nmaterials:\n  - {name: a..b, structure: a.cif}\n", "3:12",
                "without '..'"},
        Mistake{IONPASS_START "retention: {reference: {temperature: 300, time: 1, material: B}}\n",
                "4:62", "none of the materials"}));

TEST_F(StudyFile, NamesThatAreWordsOfYamlReadBack) {
  for (const std::string name : {"null", "Null", "NULL", "~", "true", "Yes", "off", "n", "1e3"}) {
    const Study study = parse("study: \"" + name + "\"\nmaterials:\n  - {name: \"" +
                              (name == "~" ? "n" : name) + "\", structure: a.cif}\n");
    const Study again = parse(to_yaml(study));
    EXPECT_EQ(again.name, name);
    EXPECT_EQ(again.materials[0].name, study.materials[0].name);
  }
  // Other readers of YAML, which know more such words, must find texts too.
  EXPECT_THAT(to_yaml(parse("study: \"Yes\"\nmaterials:\n  - {name: A, structure: a.cif}\n")),
              testing::StartsWith("study: \"Yes\"\n"));
}

TEST_F(StudyFile, NamesOfTheRunFolderAreReserved) {
  for (const std::string name : {"report.json", "Report.HTML", "report.md", "log.txt", "study.yaml",
                                 "ionpass.db", "ionpass.db-wal", "drivers", "earlier-1"}) {
    try {
      (void)parse("study: t\nmaterials:\n  - {name: " + name + ", structure: a.cif}\n");
      ADD_FAILURE() << "accepted " << name;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(":3:12: "));
      EXPECT_THAT(error.what(), HasSubstr(name));
      EXPECT_THAT(error.what(), HasSubstr("choose another name"));
    }
  }
}

TEST_F(StudyFile, ANameMayBe64CharactersLong) {
  const auto text = [](std::size_t length) {
    return "study: t\nmaterials:\n  - {name: " + std::string(length, 'x') + ", structure: a.cif}\n";
  };
  EXPECT_NO_THROW((void)parse(text(64)));
  EXPECT_THROW((void)parse(text(65)), InputError);
}

TEST_F(StudyFile, AMissingFileIsAnIoError) {
  EXPECT_THROW((void)read_study(folder_.path() / "none.yaml"), IoError);
}

TEST_F(StudyFile, APotentialIsANameAFolderOrAFile) {
  EXPECT_EQ(read_potential("dftb/x").name, "dftb/x");
  EXPECT_EQ(read_potential(folder_.path().string()).name, "dftb/" + folder_.path().string());
  const auto section = folder_.write("p.yaml", "name: dftb/y\nscf: {mixing: 0.1}\n");
  EXPECT_EQ(read_potential(section.string()).scf.mixing, 0.1);
  const auto both = folder_.write("q.yaml", "potential: dftb/z\nkpoints: {mesh: [2, 2, 2]}\n");
  EXPECT_EQ(read_potential(both.string()).name, "dftb/z");
  EXPECT_EQ(std::get<KpointMesh>(read_potential(both.string()).kpoints).mesh(0), 2);
  const auto wrong = folder_.write("r.yaml", "nmae: dftb/y\n");
  EXPECT_THROW((void)read_potential(wrong.string()), InputError);
}

TEST(Schema, NamesEveryKeyOfAWrittenStudy) {
  const std::string schema = schema_text();
  for (const char* key : {"neb.fmax", "eV/Å", "potential.scf.tolerance", "retention.measured",
                          "hops.kinds", "energy_weighted", "in materials only"})
    EXPECT_THAT(schema, HasSubstr(key));
}

}  // namespace
}  // namespace ionpass::workflows
