// Broken and malicious files: every text is either read or refused, never a crash, a hang or
// another kind of exception.
#include "crystals.hpp"

namespace ionpass::testing {
namespace {

constexpr int mutations_per_text = 90;

/// Returns or throws ionpass::Error; anything else fails the test. A structure that is read must be
/// usable.
void expect_read_or_refused(const std::string& text, const std::string& what) {
  try {
    for (const Frame& frame : parse_frames(text, "mutant")) {
      EXPECT_TRUE(frame.structure.positions.allFinite()) << what;
      EXPECT_EQ(frame.structure.positions.cols(), static_cast<Eigen::Index>(frame.structure.size()))
          << what;
    }
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()), "") << what;
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
  }
}

/// One to eight changes of the kinds that broken copies and typing show.
std::string mutated(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  static const std::vector<std::string> scraps{
      "nan", "-1e308",    "99999999999",    "'",     "\n;", "loop_", "data_", "?", "\xff",
      "(",   "0.0000001", "_cell_length_a", "x,y,z", "\t",  "-"};
  const std::size_t changes = 1 + below(8);
  for (std::size_t n = 0; n < changes && !text.empty(); ++n) {
    const std::size_t at = below(text.size());
    switch (below(6)) {
      case 0:
        text.erase(at, 1 + below(40));
        break;
      case 1:
        text[at] = static_cast<char>(below(256));
        break;
      case 2:
        text.resize(at);
        break;
      case 3:
        text.insert(at, scraps[below(scraps.size())]);
        break;
      case 4:
        text.insert(at, text.substr(below(text.size()), below(60)));
        break;
      default:
        text[at] = static_cast<char>('0' + below(10));
    }
  }
  return text;
}

std::vector<std::string> originals() {
  std::vector<std::string> texts;
  for (const std::string& name : library_names()) {
    texts.push_back(read_text_file(library(name)));
    if (texts.size() > 5) break;
  }
  for (const char* name :
       {"deuterated_multiblock", "hall_only_pbnm", "number_only", "cubic_disordered"}) {
    texts.push_back(read_text_file(data(std::string("awkward/mapbi3_") + name + ".cif")));
  }
  for (const char* name : {"MAPbI3-pseudocubic", "BnzPyrPbI3", "MAPbI3-tetragonal"}) {
    Frame frame = read_frame(library(name));
    std::ostringstream poscar, extxyz;
    write_poscar(poscar, frame.structure, name);
    frame.data.energy = -1.0;
    frame.data.forces = frame.structure.positions;
    write_extxyz(extxyz, std::vector<Frame>{frame, frame});
    for (int weight = 0; weight < 2; ++weight) {
      texts.push_back(poscar.str());
      texts.push_back(extxyz.str());
    }
  }
  return texts;
}

TEST(HostileInput, MutantsOfEveryFormatAreReadOrRefused) {
  std::mt19937 random(20240229);
  std::size_t index = 0;
  for (const std::string& text : originals()) {
    for (int n = 0; n < mutations_per_text; ++n) {
      expect_read_or_refused(mutated(text, random),
                             "text " + std::to_string(index) + " mutation " + std::to_string(n));
    }
    ++index;
  }
}

TEST(HostileInput, EveryPrefixOfACifIsReadOrRefused) {
  const std::string text = read_text_file(library("MAPbI3-pseudocubic"));
  for (std::size_t size = 0; size < text.size(); size += 7) {
    expect_read_or_refused(text.substr(0, size), "prefix " + std::to_string(size));
  }
}

TEST(HostileInput, RandomBytesAreRefused) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> byte(1, 255);
  for (int n = 0; n < 200; ++n) {
    std::string text(500, ' ');
    for (char& c : text) c = static_cast<char>(byte(random));
    EXPECT_THROW((void)parse_frames(text, "noise"), InputError);
    EXPECT_THROW((void)parse_frames("data_x\n" + text, "noise.cif"), InputError);
  }
}

TEST(HostileInput, AbsurdCellsAreRefusedAtOnce) {
  const auto cif = [](const std::string& cell) {
    return "data_a\n" + cell +
           "_space_group_IT_number "
           "1\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n"
           "_atom_site_fract_z\nI1 0 0 0\nI2 0.5 0.5 0.5\n";
  };
  const auto cell = [](const char* a, const char* alpha) {
    std::string text;
    for (const char* axis : {"a", "b", "c"})
      text += std::string("_cell_length_") + axis + " " + a + "\n";
    for (const char* angle : {"alpha", "beta", "gamma"})
      text += std::string("_cell_angle_") + angle + " " + alpha + "\n";
    return text;
  };
  EXPECT_THROW((void)parse_frames(cif(cell("1e-5", "90")), "a"), InputError);
  EXPECT_THROW((void)parse_frames(cif(cell("1e300", "90")), "a"), InputError);
  EXPECT_THROW((void)parse_frames(cif(cell("6", "0.0001")), "a"), InputError);
  EXPECT_THROW((void)parse_frames(cif(cell("6", "119.9999999")), "a"), InputError);
  EXPECT_THROW((void)parse_frames(cif(cell("-6", "90")), "a"), InputError);
}

TEST(HostileInput, HallSymbolsOutsideTheTablesAreNotTried) {
  // Forms that the general grammar allows but for which no axis is defined.
  for (const char* hall :
       {"P 3 21'", "P 2'5", "P 6 2\"3 (0 0 99999999999)", "-", "(", "P 2 2 2 2 2 2 2"}) {
    const std::string text =
        std::string(
            "data_a\n_cell_length_a 6\n_cell_length_b 6\n_cell_length_c 6\n_cell_angle_alpha "
            "90\n") +
        "_cell_angle_beta 90\n_cell_angle_gamma 90\n_space_group_name_Hall \n;" + hall +
        "\n;\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_"
        "z\nI1 0 0 0\n";
    EXPECT_THAT(message_of([&] { (void)parse_frames(text, "a"); }),
                ::testing::HasSubstr("not in the tables"))
        << hall;
  }
}

}  // namespace
}  // namespace ionpass::testing
