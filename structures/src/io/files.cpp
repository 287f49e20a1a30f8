#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "formats.hpp"
#include "gzip.hpp"
#include "text.hpp"

namespace ionpass {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// Far beyond any file of structures: devices and pipes may never end, and would fill the memory.
constexpr std::size_t largest_text = 1'000'000'000;

[[noreturn]] void fail(const std::filesystem::path& path, const char* action, int error) {
  throw IoError(fmt::format("{}: cannot {}: {}", path.string(), action, std::strerror(error)));
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int value() const noexcept { return value_; }

 private:
  int value_;
};

void write_all(int descriptor, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "write", errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0) fail(path, "write to disk", errno);
}

void sync_folder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY));
  // Some network file systems cannot sync a folder; the file itself is safe already.
  if (descriptor.value() >= 0) (void)::fsync(descriptor.value());
}

/// As the name says.
FileFormat output_format(const std::filesystem::path& path, std::size_t frames) {
  const std::string extension = text::lower(path.extension().string());
  const std::string name = text::lower(path.filename().string());
  if (extension == ".xyz" || extension == ".extxyz") return FileFormat::extxyz;
  const bool is_poscar = extension == ".vasp" || extension == ".poscar" ||
                         name.starts_with("poscar") || name.starts_with("contcar");
  if (extension != ".cif" && !is_poscar) {
    throw InputError(fmt::format("{}: unknown extension {}: use .cif, .vasp, .xyz or .extxyz",
                                 path.string(), text::quoted(extension)));
  }
  if (frames != 1) {
    throw InputError(
        fmt::format("{}: this format holds one structure, {} are given: write .extxyz instead",
                    path.string(), frames));
  }
  return is_poscar ? FileFormat::poscar : FileFormat::cif;
}

std::string text_of(const std::filesystem::path& path, std::span<const Frame> frames) {
  std::ostringstream out;
  switch (output_format(path, frames.size())) {
    case FileFormat::extxyz:
      write_extxyz(out, frames);
      break;
    case FileFormat::poscar:
      write_poscar(out, frames.front().structure, formula(frames.front().structure));
      break;
    case FileFormat::cif:
      write_cif(out, frames.front().structure, path.stem().string(), frames.front().provenance);
      break;
  }
  return out.str();
}

std::string rest_of(std::istream& in, const std::string& name) {
  std::string out;
  std::array<char, 65536> part{};
  do {
    in.read(part.data(), part.size());
    out.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (out.size() > largest_text) {
      throw InputError(fmt::format("{}: more than {} MB of text: split the file", name,
                                   largest_text / 1'000'000));
    }
  } while (in);
  return out;
}

/// A device that is neither empty nor typed into, as /dev/zero.
bool is_endless_device(const std::filesystem::path& path) {
  struct stat device {
  }, null{};
  if (::stat(path.c_str(), &device) != 0) return false;
  if (S_ISBLK(device.st_mode)) return true;
  if (!S_ISCHR(device.st_mode)) return false;
  if (::stat("/dev/null", &null) == 0 && device.st_rdev == null.st_rdev) return false;
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK));
  return descriptor.value() >= 0 && ::isatty(descriptor.value()) == 0;
}

std::string text_of_bytes(std::string bytes, const std::string& name) {
  return is_gzip(bytes) ? unpack_gzip(bytes, name) : std::move(bytes);
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw IoError(fmt::format("{}: is a folder, a file is needed", path.string()));
  }
  if (is_endless_device(path)) {
    throw IoError(fmt::format("{}: is a device, a file is needed", path.string()));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, "open", errno);
  std::string text = rest_of(file, path.string());
  if (file.bad()) fail(path, "read", errno);
  return text_of_bytes(std::move(text), path.string());
}

void write_text_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path aside = path.string() + fmt::format(".{}.tmp", ::getpid());
  try {
    const Descriptor descriptor(::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666));
    if (descriptor.value() < 0) fail(path, "create", errno);
    write_all(descriptor.value(), text, path);
    if (::rename(aside.c_str(), path.c_str()) != 0) fail(path, "replace", errno);
  } catch (...) {
    ::unlink(aside.c_str());
    throw;
  }
  sync_folder(path);
}

std::vector<Frame> parse_frames(std::string_view text, const std::string& name) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  switch (detect_format(text, name)) {
    case FileFormat::cif:
      return {parse_cif(text, name)};
    case FileFormat::poscar:
      return {parse_poscar(text, name)};
    case FileFormat::extxyz:
      break;
  }
  return parse_extxyz(text, name);
}

std::vector<Frame> read_frames(const std::filesystem::path& path) {
  if (path == "-") {
    const std::string name = "standard input";
    return parse_frames(text_of_bytes(rest_of(std::cin, name), name), name);
  }
  return parse_frames(read_text_file(path), path.string());
}

Frame read_frame(const std::filesystem::path& path) { return read_frames(path).back(); }

void check_output(const std::filesystem::path& path, std::size_t frames) {
  (void)output_format(path, frames);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) fail(path, "write", EISDIR);
  // Written aside first: the folder counts, not the file.
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail(path, "create", errno);
}

void check_output(const std::filesystem::path& path, const Structure& structure) {
  check_output(path);
  if (structure.cell || output_format(path, 1) == FileFormat::extxyz) return;
  throw InputError(
      fmt::format("{}: this format needs a cell: write a molecule as .xyz", path.string()));
}

void write_frames(const std::filesystem::path& path, std::span<const Frame> frames) {
  write_text_file(path, text_of(path, frames));
}

}  // namespace ionpass
