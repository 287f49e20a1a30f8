// The store: bit-exact, durable under SIGKILL, one process at a time, and clear about damaged
// files.
#include <cstring>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <structures/error.hpp>
#include <structures/io.hpp>
#include <workflows/store.hpp>

#include "temporary_folder.hpp"

namespace ionpass::workflows {
namespace {

using testing::HasSubstr;

const PotentialDescription& description() {
  static const PotentialDescription text = [] {
    PotentialDescription out;
    out.name = "test/pairs";
    out.version = "1";
    out.settings = {{"cutoff", "8 Å"}};
    return out;
  }();
  return text;
}

Structure two_atoms() {
  Structure structure;
  structure.numbers = {53, 82};
  structure.positions = Eigen::Matrix3Xd::Zero(3, 2);
  structure.positions.col(1) = Eigen::Vector3d(3.1, 0.2, -0.3);
  structure.cell = Cell(6.0 * Eigen::Matrix3d::Identity());
  structure.charge = 1.0;
  return structure;
}

ContentKey key_of(const Structure& structure, bool stress = false) {
  return content_key(structure, {.stress = stress, .guess = {}}, description());
}

/// Numbers that lose something in any text or shorter form.
Evaluation awkward_evaluation(unsigned seed) {
  std::mt19937_64 random(seed);
  const auto number = [&] {
    return std::uniform_real_distribution<double>(-1.0, 1.0)(random) / 3.0;
  };
  Evaluation out;
  out.energy = number();
  out.free_energy = std::nextafter(out.energy, 1.0);
  out.forces = Eigen::Matrix3Xd::NullaryExpr(3, 2, number);
  out.forces(0, 0) = std::numeric_limits<double>::denorm_min();
  out.forces(1, 0) = -0.0;
  out.stress = Eigen::Matrix3d::NullaryExpr(number);
  out.charges = Eigen::VectorXd::NullaryExpr(2, number);
  out.fermi_level = number();
  out.gap = 1e300 * number();
  out.scf = {.converged = true, .iterations = 17};
  out.components = {{"band", number()}, {"repulsion", number()}};
  out.state = {number(), number(), number()};
  out.seconds = number();
  return out;
}

bool same_bits(const double* a, const double* b, Eigen::Index size) {
  return std::memcmp(a, b, sizeof(double) * static_cast<std::size_t>(size)) == 0;
}

void expect_same_bits(const Evaluation& a, const Evaluation& b) {
  EXPECT_TRUE(same_bits(&a.energy, &b.energy, 1));
  EXPECT_TRUE(same_bits(&a.free_energy, &b.free_energy, 1));
  ASSERT_EQ(a.forces.cols(), b.forces.cols());
  EXPECT_TRUE(same_bits(a.forces.data(), b.forces.data(), a.forces.size()));
  ASSERT_TRUE(a.stress && b.stress && a.charges && b.charges);
  EXPECT_TRUE(same_bits(a.stress->data(), b.stress->data(), 9));
  ASSERT_EQ(a.charges->size(), b.charges->size());
  EXPECT_TRUE(same_bits(a.charges->data(), b.charges->data(), a.charges->size()));
  EXPECT_EQ(a.fermi_level, b.fermi_level);
  EXPECT_EQ(a.gap, b.gap);
  EXPECT_EQ(a.scf.converged, b.scf.converged);
  EXPECT_EQ(a.scf.iterations, b.scf.iterations);
  EXPECT_EQ(a.components, b.components);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.seconds, b.seconds);
}

class StoreTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path run_dir() const { return folder_.path() / "run"; }
  test::TemporaryFolder folder_;
};

TEST_F(StoreTest, GivesBackEveryBit) {
  const Evaluation evaluation = awkward_evaluation(1);
  const ContentKey key = key_of(two_atoms());
  {
    Store store(run_dir());
    EXPECT_EQ(store.find(key), std::nullopt);
    store.put(key, evaluation, description());
  }
  Store store(run_dir());
  const std::optional<Evaluation> found = store.find(key);
  ASSERT_TRUE(found);
  expect_same_bits(*found, evaluation);
  EXPECT_EQ(store.counters().found, 1U);
}

TEST_F(StoreTest, KeepsAbsentPartsAbsent) {
  Evaluation evaluation;
  evaluation.forces = Eigen::Matrix3Xd::Ones(3, 2);
  Store store(run_dir());
  store.put(key_of(two_atoms()), evaluation, description());
  const std::optional<Evaluation> found = store.find(key_of(two_atoms()));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->stress || found->charges || found->fermi_level || found->gap);
  EXPECT_TRUE(found->components.empty() && found->state.empty());
}

TEST_F(StoreTest, ASecondPutCountsAndChangesNothing) {
  const ContentKey key = key_of(two_atoms());
  const Evaluation first = awkward_evaluation(1);
  Store store(run_dir());
  store.put(key, first, description());
  EXPECT_EQ(store.counters().most_often_computed, 1U);
  store.put(key, awkward_evaluation(2), description());
  EXPECT_EQ(store.counters().evaluations, 1U);
  EXPECT_EQ(store.counters().computed, 2U);
  EXPECT_EQ(store.counters().most_often_computed, 2U);
  EXPECT_EQ(store.find(key)->energy, first.energy);
}

TEST_F(StoreTest, KeepsDocumentsAndEvents) {
  Store store(run_dir());
  EXPECT_EQ(store.document("result"), std::nullopt);
  store.put_document("result", "{\"a\": 1}");
  store.put_document("result", "{\"a\": \"Å\"}");
  store.put_document("empty", "");
  store.record_event("start", "version 1");
  EXPECT_EQ(store.document("result"), "{\"a\": \"Å\"}");
  EXPECT_EQ(store.document("empty"), "");
  ASSERT_EQ(store.events().size(), 1U);
  EXPECT_EQ(store.events()[0].detail, "version 1");
  EXPECT_EQ(store.events()[0].time.size(), std::string("2026-01-31T12:00:00Z").size());
}

TEST(ContentKey, ChangesWithWhatChangesTheNumbers) {
  const Structure structure = two_atoms();
  const ContentKey key = key_of(structure);
  EXPECT_EQ(key_of(two_atoms()), key);
  EXPECT_EQ(key.hex().size(), 64U);
  Structure other = structure;
  other.positions(0, 1) += 2e-8;
  EXPECT_NE(key_of(other), key);
  other = structure;
  other.numbers[0] = 35;
  EXPECT_NE(key_of(other), key);
  other = structure;
  other.charge = 0.0;
  EXPECT_NE(key_of(other), key);
  other = structure;
  other.cell.reset();
  EXPECT_NE(key_of(other), key);
  EXPECT_NE(key_of(structure, true), key);
  PotentialDescription finer = description();
  finer.settings[0].second = "9 Å";
  EXPECT_NE(content_key(structure, {}, finer), key);
}

// Digests by Python's hashlib and struct from the canonical bytes: number of atoms, numbers,
// positions and cell in steps of 1e-8, charge, stress, unpaired electrons where they are given, and
// the text of the potential, all integers little-endian.
TEST(ContentKey, StaysAsItWasWhereNoUnpairedElectronsAreGiven) {
  Structure structure = two_atoms();
  EXPECT_EQ(key_of(structure).hex(),
            "fbfc11e0f5501d584098fd4c1bcc01ebca33084fb05ce0d71324160dd35fff9d");
  structure.unpaired = 2;
  EXPECT_EQ(key_of(structure).hex(),
            "bccc7fc2ecb27c956231e26c2addf8d37dd65b193c8ce06b38a2aa57eedf05cd");
}

TEST(ContentKey, IgnoresWhatDoesNot) {
  Structure other = two_atoms();
  other.positions(0, 1) += 1e-10;  // a hundredth of the resolution
  other.positions(0, 0) = -0.0;
  other.labels = {"I1", "Pb1"};
  EXPECT_EQ(key_of(other), key_of(two_atoms()));
  const EvaluationRequest guessed{.stress = false, .guess = {1.0}};
  EXPECT_EQ(content_key(two_atoms(), guessed, description()), key_of(two_atoms()));
}

TEST(ContentKey, RefusesNumbersThatAreNone) {
  Structure broken = two_atoms();
  broken.positions(2, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW((void)key_of(broken), InputError);
}

// FIPS 180-4, example of SHA-256 for a message of one block.
TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/// Puts evaluations 0, 1, 2, … and reports each number, once it is stored, through the pipe.
[[noreturn]] void write_until_killed(const std::filesystem::path& run_dir, int pipe_end) {
  try {
    Store store(run_dir);
    for (int i = 0;; ++i) {
      Structure structure = two_atoms();
      structure.positions(0, 0) = 0.001 * i;
      store.put(key_of(structure), awkward_evaluation(static_cast<unsigned>(i)), description());
      if (write(pipe_end, &i, sizeof i) != sizeof i) _exit(1);
    }
  } catch (...) {
    _exit(1);
  }
}

/// Number of evaluations that a child had reported as stored when it was killed after `wanted` of
/// them.
int put_and_kill(const std::filesystem::path& run_dir, int wanted) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_until_killed(run_dir, ends[1]);
  }
  close(ends[1]);
  int last = -1, number = 0;
  while (last + 1 < wanted && read(ends[0], &number, sizeof number) == sizeof number) last = number;
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(ends[0], &number, sizeof number) == sizeof number) last = number;
  close(ends[0]);
  return last + 1;
}

std::string integrity(const std::filesystem::path& file) {
  sqlite3* handle = nullptr;
  sqlite3_open(file.c_str(), &handle);
  std::string answer;
  const auto take = [](void* text, int, char** row, char**) {
    *static_cast<std::string*>(text) = row[0];
    return 0;
  };
  sqlite3_exec(handle, "PRAGMA integrity_check", take, &answer, nullptr);
  sqlite3_close(handle);
  return answer;
}

TEST_F(StoreTest, LosesNothingWhenKilled) {
  for (const int wanted : {1, 7, 40}) {
    std::filesystem::remove_all(run_dir());
    const int stored = put_and_kill(run_dir(), wanted);
    ASSERT_GE(stored, wanted);
    EXPECT_EQ(integrity(database_path(run_dir())), "ok");
    Store store(run_dir());  // the lock has gone with the process
    for (int i = 0; i < stored; ++i) {
      Structure structure = two_atoms();
      structure.positions(0, 0) = 0.001 * i;
      const std::optional<Evaluation> found = store.find(key_of(structure));
      ASSERT_TRUE(found) << i << " of " << stored;
      expect_same_bits(*found, awkward_evaluation(static_cast<unsigned>(i)));
    }
    EXPECT_EQ(store.counters().most_often_computed, 1U);
  }
}

TEST_F(StoreTest, RefusesASecondProcess) {
  const Store first(run_dir());
  try {
    const Store second(run_dir());
    FAIL() << "two writers on one run folder";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("process " + std::to_string(getpid()) + " on host "));
    EXPECT_THAT(error.what(), HasSubstr("--run-dir"));
  }
  EXPECT_THROW((void)set_run_aside(run_dir()), InputError);
  EXPECT_NO_THROW(Store(run_dir(), Store::Access::read_only));
}

TEST_F(StoreTest, SetsARunAside) {
  EXPECT_EQ(set_run_aside(run_dir()), std::nullopt);
  {
    Store store(run_dir());
    store.put(key_of(two_atoms()), awkward_evaluation(1), description());
  }
  folder_.write("run/report.md", "old");
  const auto aside = set_run_aside(run_dir(), {"report.md", "never-made"});
  ASSERT_TRUE(aside);
  EXPECT_EQ(integrity(database_path(*aside)), "ok");
  EXPECT_EQ(Store(*aside, Store::Access::read_only).counters().evaluations, 1U);
  EXPECT_EQ(read_text_file(*aside / "report.md"), "old");
  EXPECT_FALSE(std::filesystem::exists(run_dir() / "report.md"));
  EXPECT_EQ(Store(run_dir()).counters().evaluations, 0U);
  EXPECT_NE(set_run_aside(run_dir()), aside);
}

TEST_F(StoreTest, SetsADamagedDatabaseAside) {
  std::filesystem::create_directories(run_dir());
  folder_.write("run/ionpass.db", std::string(8192, 'x'));
  ASSERT_TRUE(set_run_aside(run_dir()));
  EXPECT_NO_THROW(Store{run_dir()});
}

void expect_input_error(const std::filesystem::path& run_dir, const std::string& part) {
  try {
    const Store store(run_dir);
    FAIL() << "opened";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("ionpass.db"));
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST_F(StoreTest, RefusesAFileThatIsNoDatabase) {
  std::filesystem::create_directories(run_dir());
  folder_.write("run/ionpass.db", std::string(8192, 'x'));
  expect_input_error(run_dir(), "--fresh");
}

TEST_F(StoreTest, RefusesAnotherProgramsDatabase) {
  std::filesystem::create_directories(run_dir());
  sqlite3* handle = nullptr;
  sqlite3_open(database_path(run_dir()).c_str(), &handle);
  sqlite3_exec(handle, "CREATE TABLE bookmarks (url TEXT)", nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  expect_input_error(run_dir(), "another program");
}

TEST_F(StoreTest, RefusesALayoutItDoesNotKnow) {
  { const Store store(run_dir()); }
  sqlite3* handle = nullptr;
  sqlite3_open(database_path(run_dir()).c_str(), &handle);
  sqlite3_exec(handle, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  expect_input_error(run_dir(), "layout 99");
}

TEST_F(StoreTest, RefusesAnEntryCutShort) {
  const ContentKey key = key_of(two_atoms());
  {
    Store store(run_dir());
    store.put(key, awkward_evaluation(1), description());
  }
  sqlite3* handle = nullptr;
  sqlite3_open(database_path(run_dir()).c_str(), &handle);
  sqlite3_exec(handle, "UPDATE evaluations SET charges = x'0011'", nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  Store store(run_dir());
  EXPECT_THROW((void)store.find(key), InputError);
}

TEST_F(StoreTest, ANameThatIsTooLongIsAnIoError) {
  const std::filesystem::path folder = folder_.path() / std::string(300, 'x');
  EXPECT_THROW(Store{folder}, IoError);
  EXPECT_THROW(Store(folder, Store::Access::read_only), IoError);
  EXPECT_EQ(set_run_aside(folder), std::nullopt);
}

TEST_F(StoreTest, ReadingNeedsARunFolder) {
  EXPECT_THROW(Store(run_dir(), Store::Access::read_only), IoError);
  folder_.write("file", "");
  EXPECT_THROW(Store(folder_.path() / "file"), IoError);
}

TEST_F(StoreTest, AReaderCannotWrite) {
  { const Store store(run_dir()); }
  Store reader(run_dir(), Store::Access::read_only);
  EXPECT_THROW(reader.put_document("result", "{}"), IoError);
}

TEST_F(StoreTest, ACopiedRunFolderCanBeRead) {
  {
    Store store(run_dir());
    store.put_document("result", "{}");
  }
  const std::filesystem::path copy = folder_.path() / "copy";
  std::filesystem::create_directories(copy);
  std::filesystem::copy_file(database_path(run_dir()), database_path(copy));
  EXPECT_EQ(Store(copy, Store::Access::read_only).document("result"), "{}");
  // Reading leaves nothing behind.
  EXPECT_EQ(std::ranges::distance(std::filesystem::directory_iterator(copy)), 1);
}

}  // namespace
}  // namespace ionpass::workflows
