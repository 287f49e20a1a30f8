#include "drivers/gth.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include <potentials/driver_error.hpp>
#include <structures/elements.hpp>
#include <structures/io.hpp>

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

/// Words of an entry, read one after the other.
class Words {
 public:
  Words(std::istringstream& in, std::string where) : in_(in), where_(std::move(where)) {}
  double number() {
    double value = 0.0;
    if (!(in_ >> value)) throw InputError(where_ + ": the entry is damaged; reinstall the data");
    return value;
  }
  int count() { return static_cast<int>(number()); }

 private:
  std::istringstream& in_;
  std::string where_;
};

bool is_heading(const std::string& line, const std::string& symbol, const std::string& name) {
  std::istringstream words(line);
  std::string word;
  if (!(words >> word) || word != symbol) return false;
  while (words >> word)
    if (word == name) return true;
  return false;
}

/// The text behind the heading of an entry.
std::string entry_text(const fs::path& file, const std::string& symbol, const std::string& name) {
  if (!fs::exists(file))
    throw DriverError(FailureKind::not_found,
                      fmt::format("{}: no GTH pseudopotentials there; install CP2K's data (Debian: "
                                  "cp2k-data)",
                                  file.string()));
  std::istringstream lines(read_text_file(file));
  for (std::string line; std::getline(lines, line);)
    if (is_heading(line, symbol, name)) {
      std::ostringstream rest;
      rest << lines.rdbuf();
      return rest.str();
    }
  throw DriverError(FailureKind::not_found,
                    fmt::format("{}: no entry '{} {}'", file.string(), symbol, name));
}

/// Upper triangle of a matrix, one row a line.
std::string triangle(const std::vector<double>& entries, int size) {
  std::string out;
  std::size_t at = 0;
  for (int row = 0; row < size; ++row) {
    for (int column = row; column < size; ++column) out += fmt::format(" {:.8f}", entries[at++]);
    out += "\n";
  }
  return out;
}

/// One angular momentum; from p on, the spin-orbit part follows, which is zero here.
std::string channel_text(int l, double radius, const std::vector<double>& entries, int size) {
  std::string out = fmt::format("{:.8f} {}{}", radius, size, triangle(entries, size));
  if (l > 0) out += triangle(std::vector<double>(entries.size(), 0.0), size);
  return out;
}

}  // namespace

std::string gth_for_pw(const fs::path& file, int number, const std::string& name) {
  const std::string symbol(element_symbol(number));
  const std::string text = entry_text(file, symbol, name);
  const std::string where = fmt::format("{}: {} {}", file.string(), symbol, name);
  std::istringstream in(text);
  std::string electrons_line;
  std::getline(in, electrons_line);
  std::istringstream electrons(electrons_line);
  int valence = 0;
  for (int shell = 0; electrons >> shell;) valence += shell;
  Words words(in, where);
  const double local_radius = words.number();
  const int terms = words.count();
  std::string local;
  for (int i = 0; i < terms; ++i) local += fmt::format(" {:.8f}", words.number());
  const int channels = words.count();
  std::string projectors;
  for (int l = 0; l < channels; ++l) {
    const double radius = words.number();
    const int size = words.count();
    if (size < 0 || size > 4)
      throw InputError(where + ": the entry is damaged; reinstall the data");
    std::vector<double> entries(static_cast<std::size_t>(size * (size + 1) / 2));
    for (double& entry : entries) entry = words.number();
    projectors += channel_text(l, radius, entries, size);
  }
  // pw.x stops with an end-of-file error where there is no channel at all: one of no strength.
  if (channels == 0) projectors = channel_text(0, 0.2, {0.0}, 1);
  const int written = std::max(channels, 1);
  return fmt::format(
      "{} {}\n{} {} 20240101 zatom,zion,pspdat\n10 11 {} 0 2001 0 "
      "pspcod,pspxc,lmax,lloc,mmax,r2well\n{:.8f} {}{}\n{}\n{}",
      symbol, name, number, valence, written - 1, local_radius, terms, local, written, projectors);
}

}  // namespace ionpass::drivers
