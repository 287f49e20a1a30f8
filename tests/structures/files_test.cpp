#include <unistd.h>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

using ::testing::HasSubstr;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("ionpass-files-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(Files, EveryFormatIsWrittenAndFoundAgainByContent) {
  const Frame frame = read_frame(library("MAPbI3-pseudocubic"));
  for (const char* name : {"a.cif", "POSCAR", "b.vasp", "CONTCAR-1", "c.xyz", "d.extxyz"}) {
    write_frames(folder_ / name, std::vector<Frame>{frame});
    std::filesystem::rename(folder_ / name, folder_ / "no-extension");
    const Frame again = read_frame(folder_ / "no-extension");
    EXPECT_EQ(formula(again.structure), "CH6I3NPb") << name;
  }
}

TEST_F(Files, ReadFrameTakesTheLastOne) {
  Frame first = read_frame(library("MAPbI3-pseudocubic")), last = first;
  last.data.energy = -1.0;
  write_frames(folder_ / "path.xyz", std::vector<Frame>{first, last});
  EXPECT_EQ(read_frames(folder_ / "path.xyz").size(), 2U);
  EXPECT_TRUE(read_frame(folder_ / "path.xyz").data.energy.has_value());
}

TEST_F(Files, OneStructureFormatsRefuseSeveral) {
  const Frame frame = read_frame(library("MAPbI3-pseudocubic"));
  EXPECT_THROW(write_frames(folder_ / "a.cif", std::vector<Frame>{frame, frame}), InputError);
  EXPECT_THROW(write_frames(folder_ / "a.pdb", std::vector<Frame>{frame}), InputError);
}

TEST_F(Files, TextIsReplacedWholeAndNothingIsLeftBeside) {
  write_text_file(folder_ / "a.txt", std::string(100000, 'x'));
  write_text_file(folder_ / "a.txt", "short");
  EXPECT_EQ(read_text_file(folder_ / "a.txt"), "short");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(Files, WhatCannotBeOpenedIsSaid) {
  EXPECT_THROW((void)read_frames(folder_ / "missing.cif"), IoError);
  EXPECT_THROW((void)read_text_file(folder_), IoError);
  EXPECT_THROW(write_text_file(folder_ / "no" / "such" / "folder.txt", "x"), IoError);
}

// They would be read until the memory is full.
TEST_F(Files, DevicesThatNeverEndAreRefused) {
  EXPECT_THROW((void)read_frames("/dev/zero"), IoError);
  EXPECT_EQ(read_text_file("/dev/null"), "");
}

TEST(Detection, GoesByContentBeforeTheName) {
  EXPECT_EQ(detect_format("# comment\n\ndata_x\n", "a.xyz"), FileFormat::cif);
  EXPECT_EQ(detect_format("48\nLattice=\"...\"\n", "a.cif"), FileFormat::extxyz);
  EXPECT_EQ(detect_format("3\n1.0\n1 0 0\n0 1 0\n0 0 1\nH\n1\n", "a.xyz"), FileFormat::poscar);
  EXPECT_EQ(detect_format("garbage\n", "a.cif"), FileFormat::cif);
}

TEST(Detection, RefusesWhatIsNone) {
  EXPECT_THAT(message_of([] { (void)parse_frames("", "a.cif"); }),
              HasSubstr("a.cif: the file is empty"));
  EXPECT_THAT(message_of([] { (void)parse_frames(" \n\n", "a.cif"); }), HasSubstr("empty"));
  EXPECT_THAT(message_of([] { (void)parse_frames("hello\n", "notes.txt"); }),
              HasSubstr("looks like neither"));
  EXPECT_THAT(message_of([] {
                (void)parse_frames(std::string("\x7f"
                                               "ELF\0\0",
                                               6),
                                   "a.out");
              }),
              HasSubstr("binary"));
}

TEST(Detection, WindowsLineEndsAndByteOrderMarksDoNotMatter) {
  std::string text = read_text_file(library("BnzPyrPbI3")), windows = "\xEF\xBB\xBF";
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Structure expected = parse_frames(text, "a").back().structure;
  const Structure found = parse_frames(windows, "a").back().structure;
  EXPECT_EQ(found.numbers, expected.numbers);
  EXPECT_EQ(found.positions, expected.positions);
  EXPECT_EQ(found.labels, expected.labels);
}

}  // namespace
}  // namespace ionpass::testing
