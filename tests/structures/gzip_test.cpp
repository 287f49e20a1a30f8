// Files that gzip packed: read like any other, refused where anything is wrong with them.
#include "io/gzip.hpp"

#include <unistd.h>
#include <zlib.h>

#include "crystals.hpp"

namespace ionpass::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// One member, as the program gzip writes it.
std::string packed(const std::string& text) {
  z_stream stream{};
  constexpr int gzip_header = 16;
  EXPECT_EQ(::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_header, 8,
                           Z_DEFAULT_STRATEGY),
            Z_OK);
  std::string source = text, out(::deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(source.data());
  stream.avail_in = static_cast<uInt>(source.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

const std::string two_atoms =
    "2\nLattice=\"5 0 0 0 5 0 0 0 5\" Properties=species:S:1:pos:R:3 energy=-1.5\n"
    "H 0 0 0\nI 0.3 0.7 1.42\n";

class Packed : public ::testing::Test {
 protected:
  Packed()
      : file_(std::filesystem::temp_directory_path() /
              ("ionpass-packed-" + std::to_string(::getpid()) + ".extxyz.gz")) {}
  ~Packed() override { std::filesystem::remove(file_); }
  void write(const std::string& bytes) const { write_text_file(file_, bytes); }

  std::filesystem::path file_;
};

TEST_F(Packed, FramesAreThoseOfThePlainFile) {
  write(packed(two_atoms));
  const std::vector<Frame> frames = read_frames(file_);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].structure.numbers, (std::vector<int>{1, 53}));
  EXPECT_EQ(frames[0].data.energy, -1.5);
  EXPECT_EQ(read_text_file(file_), two_atoms);
}

TEST_F(Packed, SeveralMembersAreJoined) {
  write(packed(two_atoms) + packed("") + packed(two_atoms));
  EXPECT_EQ(read_frames(file_).size(), 2U);
}

TEST_F(Packed, ErrorsInsideNameFileAndLine) {
  write(packed(two_atoms + "2\n\nH 0 0 0\nXx 1 1 1\n"));
  EXPECT_THAT(message_of([&] { (void)read_frames(file_); }),
              AllOf(HasSubstr(file_.string() + ":8"), HasSubstr("Xx")));
}

TEST_F(Packed, CutShortAnywhereItIsRefused) {
  const std::string whole = packed(two_atoms);
  for (std::size_t length = 2; length < whole.size(); ++length) {
    write(whole.substr(0, length));
    EXPECT_THAT(message_of([&] { (void)read_text_file(file_); }),
                AllOf(HasSubstr(file_.string()), HasSubstr("cut short")))
        << length;
  }
}

TEST_F(Packed, ADamagedByteNeverChangesTheText) {
  const std::string whole = packed(two_atoms);
  std::size_t refused = 0;
  for (std::size_t i = 2; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    write(damaged);
    try {
      EXPECT_EQ(read_text_file(file_), two_atoms) << i;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(file_.string()));
      ++refused;
    }
  }
  // Time and system in the header are all that may be anything.
  EXPECT_GE(refused, whole.size() - 10);
}

TEST_F(Packed, NothingElseMayStandBehindThePackedData) {
  write(packed(two_atoms) + two_atoms);
  EXPECT_THAT(message_of([&] { (void)read_frames(file_); }),
              AllOf(HasSubstr(file_.string()), HasSubstr("behind the packed data")));
}

TEST(Gzip, MoreThanTheLimitIsRefusedBeforeItIsUnpacked) {
  constexpr std::size_t size = 10'000'000, limit = 1'000'000;
  const std::string bomb = packed(std::string(size, ' '));
  ASSERT_LT(bomb.size(), size / 500);
  EXPECT_THAT(message_of([&] { (void)unpack_gzip(bomb, "bomb.gz", limit); }),
              AllOf(HasSubstr("bomb.gz: "), HasSubstr("more than 1000000 bytes")));
  EXPECT_THROW(
      (void)unpack_gzip(packed(std::string(600'000, ' ')) + packed(std::string(600'000, ' ')),
                        "bomb.gz", limit),
      InputError);
  EXPECT_EQ(unpack_gzip(packed(std::string(limit, ' ')), "a.gz", limit).size(), limit);
}

}  // namespace
}  // namespace ionpass::testing
