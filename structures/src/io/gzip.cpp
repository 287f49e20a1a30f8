#include "gzip.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <stdexcept>

#include <fmt/format.h>
#include <zlib.h>

#include <structures/error.hpp>

namespace ionpass {

namespace {

/// zlib's stream of one member.
class Inflater {
 public:
  Inflater() {
    constexpr int gzip_only = 16;  // added to the window's size: no other header is accepted
    const int status = ::inflateInit2(&stream_, MAX_WBITS + gzip_only);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status != Z_OK) throw std::runtime_error("zlib of another version than at compile time");
  }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends the next piece and takes what it used off `bytes`. @return zlib's status
  int step(std::string_view& bytes, std::string& out) {
    constexpr std::size_t most = std::numeric_limits<uInt>::max();
    const std::size_t offered = std::min(bytes.size(), most);
    // zlib reads through this pointer only; it is not const without ZLIB_CONST.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(offered);
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<uInt>(piece_.size());
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    bytes.remove_prefix(offered - stream_.avail_in);
    out.append(reinterpret_cast<const char*>(piece_.data()), piece_.size() - stream_.avail_out);
    return status;
  }

 private:
  z_stream stream_{};
  std::array<Bytef, 65536> piece_{};
};

void unpack_member(std::string_view& bytes, const std::string& name, std::size_t limit,
                   std::string& out) {
  Inflater inflater;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    status = inflater.step(bytes, out);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    // zlib's word for "no progress": nothing is left to read, and the end has not come.
    if (status == Z_BUF_ERROR)
      throw InputError({name}, "the packed file is cut short; copy it again");
    if (status != Z_OK && status != Z_STREAM_END)
      throw InputError({name}, "the packed file is damaged; copy it again");
    if (out.size() > limit)
      throw InputError({name}, fmt::format("the packed file holds more than {} bytes; unpack it "
                                           "and split it, if it is what it should be",
                                           limit));
  }
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

std::string unpack_gzip(std::string_view bytes, const std::string& name, std::size_t limit) {
  std::string out;
  while (!bytes.empty()) {
    if (!is_gzip(bytes))
      throw InputError({name}, "something else stands behind the packed data; copy it again");
    unpack_member(bytes, name, limit, out);
  }
  return out;
}

}  // namespace ionpass
