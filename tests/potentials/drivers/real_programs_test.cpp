// CP2K and pw.x themselves, where they are installed.
#include <regex>

#include "driver_support.hpp"

namespace ionpass::test {
namespace {

const std::filesystem::path shipped = std::filesystem::path(IONPASS_SOURCE_DIR) / "potentials/data";

class RealPrograms : public testing::Test {
 protected:
  [[nodiscard]] PotentialSettings settings(const std::string& name,
                                           const std::string& exchange) const {
    PotentialSettings out;
    out.name = "driver/" + name;
    out.driver.exchange = exchange;
    out.driver.scratch = folder_.path();
    out.driver.timeout = 200.0;
    out.driver.retries = 0;
    return out;
  }
  /// A shipped template with one text replaced.
  [[nodiscard]] std::filesystem::path changed(const std::string& file, const std::string& from,
                                              const std::string& to) const {
    std::string text = text_of_file(shipped / "drivers" / file);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return folder_.write("template.inp", text);
  }
  /// What the program said whose output was kept; it is then gone.
  [[nodiscard]] std::string taken_output() const {
    std::string text;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (!entry.path().filename().string().starts_with("ionpass-kept")) continue;
      text += text_of_file(entry.path() / "output.txt");
      std::filesystem::remove_all(entry.path());
    }
    return text;
  }
  TemporaryFolder folder_;
};

/// Silicon with one atom off its site, in a cell without symmetry.
[[maybe_unused]] Structure silicon() {
  Structure s;
  s.numbers = {14, 14};
  s.positions.resize(3, 2);
  s.positions << 0.0, 1.45, 0.0, 1.30, 0.0, 1.36;
  Eigen::Matrix3d cell;
  cell << 0.0, 2.7, 2.8, 2.7, 0.1, 2.7, 2.75, 2.7, 0.0;
  s.cell.emplace(cell);
  return s;
}

[[maybe_unused]] Structure hydrogen_iodide() {
  Structure s;
  s.numbers = {1, 53};
  s.positions.resize(3, 2);
  s.positions << 0.1, 0.3, 0.0, 0.2, 0.0, 1.65;
  Eigen::Matrix3d cell;
  cell << 8.0, 0.5, 0.0, 0.0, 8.5, 0.3, 0.0, 0.0, 9.0;
  s.cell.emplace(cell);
  return s;
}

#ifdef IONPASS_MPIEXEC
/// The same with two MPI ranks of the program, also for root, as in a container.
[[maybe_unused]] PotentialSettings on_two_ranks(PotentialSettings settings) {
  settings.driver.ranks = 2;
  settings.driver.keep_output = true;
  settings.driver.launcher = {
      "/usr/bin/env",  "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
      IONPASS_MPIEXEC, "--oversubscribe",          "-np",
      "{ranks}"};
  return settings;
}
#endif

/// Agreement of a run over files, whose output has so many digits, with the same over a socket,
/// within the convergence of the self-consistency.
[[maybe_unused]] void expect_same(const Evaluation& a, const Evaluation& b, double energy,
                                  double force) {
  EXPECT_NEAR(a.energy, b.energy, energy);
  EXPECT_LT((a.forces - b.forces).cwiseAbs().maxCoeff(), force);
  ASSERT_TRUE(a.stress && b.stress);
  EXPECT_LT((*a.stress - *b.stress).cwiseAbs().maxCoeff(), 1e-5);
}

#ifdef IONPASS_CP2K
TEST_F(RealPrograms, Cp2kGivesTheSameOverSocketAndFiles) {
  const Structure molecule = hydrogen_iodide();
  const Evaluation files = make_potential(settings("cp2k-xtb", "files"), shipped)
                               ->evaluate(molecule, {.stress = true, .guess = {}});
  const auto socket = make_potential(settings("cp2k-xtb", "socket"), shipped);
  expect_same(files, socket->evaluate(molecule, {.stress = true, .guess = {}}), 1e-6, 1e-5);
  EXPECT_GT(files.scf.iterations, 0);
  EXPECT_GT(files.forces.cwiseAbs().maxCoeff(), 0.1);
}

// Γ and a point at the edge of the zone stand for Γ of two cells; over a process that stays, and
// for a second geometry.
TEST_F(RealPrograms, Cp2kSamplesKpointsAsASupercell) {
  Structure crystal = hydrogen_iodide();
  Eigen::Matrix3d cell = Eigen::Vector3d(4.6, 4.5, 5.0).asDiagonal();
  cell(0, 1) = 0.5;
  crystal.cell.emplace(cell);
  PotentialSettings sampled = settings("cp2k-xtb", "socket");
  sampled.kpoints = KpointMesh{.mesh = {2, 1, 1}};
  const auto primitive = make_potential(sampled, shipped);
  const auto whole = make_potential(settings("cp2k-xtb", "socket"), shipped);
  const EvaluationRequest with_stress = {.stress = true, .guess = {}};
  for (int step = 0; step < 2; ++step) {
    crystal.positions(0, 1) += 0.05;
    Structure two = crystal;
    two.numbers.insert(two.numbers.end(), crystal.numbers.begin(), crystal.numbers.end());
    two.positions.resize(3, 4);
    two.positions << crystal.positions, crystal.positions.colwise() + cell.col(0);
    Eigen::Matrix3d doubled = cell;
    doubled.col(0) *= 2.0;
    two.cell.emplace(doubled);
    Evaluation one = primitive->evaluate(crystal, with_stress);
    const Evaluation both = whole->evaluate(two, with_stress);
    one.energy *= 2.0;
    one.forces = Eigen::Matrix3Xd(one.forces.replicate(1, 2));
    expect_same(both, one, 1e-5, 1e-4);
  }
}

// Hydrogen gives electrons to iodine, over a process that stays as well: each answer has its own.
TEST_F(RealPrograms, Cp2kTellsCharges) {
  const auto over_files = make_potential(settings("cp2k-xtb", "files"), shipped);
  const auto over_socket = make_potential(settings("cp2k-xtb", "socket"), shipped);
  EXPECT_THAT(over_files->description().settings,
              testing::Contains(testing::Pair("charges", "Mulliken")));
  Structure molecule = hydrogen_iodide();
  Eigen::VectorXd last = Eigen::VectorXd::Zero(2);
  for (int step = 0; step < 2; ++step) {
    const Evaluation files = over_files->evaluate(molecule),
                     socket = over_socket->evaluate(molecule);
    ASSERT_TRUE(files.charges && socket.charges);
    EXPECT_LT((*files.charges - *socket.charges).cwiseAbs().maxCoeff(), 2e-6);
    EXPECT_GT((*files.charges)(0), 0.02);
    EXPECT_NEAR(files.charges->sum(), 0.0, 2e-6);
    EXPECT_GT((*files.charges - last).cwiseAbs().maxCoeff(), 1e-3);
    last = *files.charges;
    molecule.positions(2, 1) += 0.1;
  }
}

#ifdef IONPASS_MPIEXEC
// CTest runs the tests of this name inside a rank of another mpirun as well.
TEST_F(RealPrograms, Cp2kGivesTheSameOnTwoRanks) {
  const Structure molecule = hydrogen_iodide();
  const EvaluationRequest with_stress = {.stress = true, .guess = {}};
  const Evaluation one =
      make_potential(settings("cp2k-xtb", "files"), shipped)->evaluate(molecule, with_stress);
  for (const char* exchange : {"files", "socket"}) {
    const auto two = make_potential(on_two_ranks(settings("cp2k-xtb", exchange)), shipped);
    expect_same(one, two->evaluate(molecule, with_stress), 1e-6, 1e-5);
    EXPECT_TRUE(std::regex_search(taken_output(), std::regex("message passing processes +2\n")));
  }
}
#endif

// CP2K itself ends with status 0 and sends forces.
TEST_F(RealPrograms, Cp2kThatDoesNotConvergeIsRefused) {
  for (const char* exchange : {"files", "socket"}) {
    PotentialSettings hasty = settings("cp2k-xtb", exchange);
    hasty.driver.template_file = changed("cp2k-xtb/cp2k.inp", "{if retry: 1000 | 200}", "2");
    const auto potential = make_potential(hasty, shipped);
    EXPECT_EQ(failure_of([&] { (void)potential->evaluate(hydrogen_iodide()); }).kind,
              "scf_not_converged")
        << exchange;
  }
}

TEST_F(RealPrograms, Cp2kThatTakesTooLongIsEnded) {
  for (const char* exchange : {"files", "socket"}) {
    PotentialSettings hurried = settings("cp2k-xtb", exchange);
    hurried.driver.timeout = 0.02;
    const auto potential = make_potential(hurried, shipped);
    EXPECT_EQ(failure_of([&] { (void)potential->evaluate(hydrogen_iodide()); }).kind, "hung")
        << exchange;
  }
}
#endif

#ifdef IONPASS_PW
// One k-point off Γ and an inexpensive cutoff: this is about numbers that arrive, not about
// silicon.
TEST_F(RealPrograms, PwGivesTheSameOverSocketAndFiles) {
  const Structure crystal = silicon();
  PotentialSettings files = settings("qe-pbe-d3", "files"),
                    socket = settings("qe-pbe-d3", "socket");
  for (PotentialSettings* s : {&files, &socket}) {
    s->driver.template_file =
        changed("qe-pbe-d3/pw.in", "ecutwfc = 60\n  ecutrho = 300", "ecutwfc = 12");
    s->kpoints = KpointList{{{{0.25, 0.25, 0.25}, 1.0}}};
  }
  const Evaluation plain =
      make_potential(files, shipped)->evaluate(crystal, {.stress = true, .guess = {}});
  expect_same(plain,
              make_potential(socket, shipped)->evaluate(crystal, {.stress = true, .guess = {}}),
              1e-6, 1e-4);
  EXPECT_GT(plain.scf.iterations, 0);
}

#ifdef IONPASS_MPIEXEC
TEST_F(RealPrograms, PwGivesTheSameOnTwoRanks) {
  PotentialSettings one = settings("qe-pbe-d3", "files");
  one.driver.template_file =
      changed("qe-pbe-d3/pw.in", "ecutwfc = 60\n  ecutrho = 300", "ecutwfc = 12");
  const EvaluationRequest with_stress = {.stress = true, .guess = {}};
  const auto two = make_potential(on_two_ranks(one), shipped);
  expect_same(make_potential(one, shipped)->evaluate(silicon(), with_stress),
              two->evaluate(silicon(), with_stress), 1e-6, 1e-4);
  EXPECT_TRUE(std::regex_search(taken_output(), std::regex("running on +2 processors")));
}
#endif

TEST_F(RealPrograms, PwThatDoesNotConvergeIsRefused) {
  for (const char* exchange : {"files", "socket"}) {
    PotentialSettings hasty = settings("qe-pbe-d3", exchange);
    std::string text =
        text_of_file(changed("qe-pbe-d3/pw.in", "ecutwfc = 60\n  ecutrho = 300", "ecutwfc = 12"));
    const std::string steps = "{if retry: 300 | 100}";
    text.replace(text.find(steps), steps.size(), "2");
    hasty.driver.template_file = folder_.write("template.inp", text);
    const auto potential = make_potential(hasty, shipped);
    EXPECT_EQ(failure_of([&] { (void)potential->evaluate(silicon()); }).kind, "scf_not_converged")
        << exchange;
  }
}
#endif

}  // namespace
}  // namespace ionpass::test
