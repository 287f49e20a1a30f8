// CP2K and pw.x themselves, where they are installed.
#include "driver_support.hpp"

namespace ionpass::test {
namespace {

using testing::HasSubstr;

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
