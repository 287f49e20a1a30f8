// The file of three-body potentials of a set.
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include <potentials/three_body.hpp>
#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "pairs/three_body_kernel.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

constexpr double longest_cutoff = 12.0;  // Å
constexpr int most_radial = 20;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> out;
  for (std::string word; stream >> word;) out.push_back(word);
  return out;
}

template <class Number>
std::optional<Number> parse(const std::string& word) {
  Number out{};
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, out);
  if (error != std::errc() || rest != end) return std::nullopt;
  return out;
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : file_(file), text_(read_text_file(file)) {}

  std::vector<ThreeBodyGroup> groups() {
    std::vector<ThreeBodyGroup> out;
    advance();
    while (!words_.empty()) {
      out.push_back({shape(), {}});
      advance();
      while (!words_.empty() && words_.front() != "group") add_triple(out.back());
      if (out.back().coefficients.empty()) fail("a group has no triple");
    }
    if (out.empty()) fail("the file has no group of three-body potentials");
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw InputError({file_.string(), line_}, "three-body potentials: " + message);
  }

  /// To the next line with words; none at the end.
  void advance() {
    words_.clear();
    std::string line;
    while (words_.empty() && std::getline(text_, line)) {
      ++line_;
      words_ = words_of(line.substr(0, line.find('#')));
    }
  }

  double number(const std::string& word) const {
    const auto value = parse<double>(word);
    if (!value || !std::isfinite(*value)) fail(fmt::format("'{}' is no number", word));
    return *value;
  }
  int integer(const std::string& word, int least, int most) const {
    const auto value = parse<int>(word);
    if (!value || *value < least || *value > most)
      fail(fmt::format("'{}' given, expected an integer from {} to {}", word, least, most));
    return *value;
  }

  ThreeBodyShape shape() const {
    if (words_.size() != 9 || words_[0] != "group" || words_[1] != "start" ||
        words_[3] != "cutoff" || words_[5] != "radial" || words_[7] != "angular")
      fail("expected 'group start S cutoff C radial N angular L'");
    const ThreeBodyShape out{number(words_[2]), number(words_[4]),
                             integer(words_[6], 1, most_radial),
                             integer(words_[8], 0, most_angular)};
    if (out.start <= 0.0 || out.cutoff <= out.start || out.cutoff > longest_cutoff)
      fail(fmt::format("start {:g} and cutoff {:g} given, expected 0 < start < cutoff ≤ {:g} Å",
                       out.start, out.cutoff, longest_cutoff));
    return out;
  }

  ElementTriple triple() const {
    if (words_.size() == 1) {
      const std::string& name = words_.front();
      const std::size_t one = name.find('-'), two = name.find('-', one + 1);
      if (one != std::string::npos && two != std::string::npos) {
        const auto a = atomic_number(name.substr(0, one));
        const auto centre = atomic_number(name.substr(one + 1, two - one - 1));
        const auto b = atomic_number(name.substr(two + 1));
        if (a && centre && b) return element_triple(*centre, *a, *b);
      }
    }
    fail(fmt::format("'{}' is no triple of elements, such as H-C-H", words_.front()));
  }

  void add_triple(ThreeBodyGroup& group) {
    const ElementTriple key = triple();
    if (group.coefficients.contains(key)) fail(fmt::format("{} is there twice", triple_name(key)));
    Eigen::VectorXd c = Eigen::VectorXd::Zero(three_body_size(group.shape, key));
    for (int n = 0; n < group.shape.radial; ++n)
      for (int m = key.has_equal_neighbours() ? n : 0; m < group.shape.radial; ++m) {
        advance();
        read_row(group.shape, key, {n, m}, c);
      }
    group.coefficients.emplace(key, std::move(c));
    advance();
  }

  void read_row(const ThreeBodyShape& shape, const ElementTriple& key, std::pair<int, int> row,
                Eigen::VectorXd& c) const {
    const auto [n, m] = row;
    const std::size_t expected = 3 + static_cast<std::size_t>(shape.angular);
    if (words_.size() != expected || words_[0] != std::to_string(n) ||
        words_[1] != std::to_string(m))
      fail(fmt::format("{}: expected '{} {}' and {} coefficients, found {} words", triple_name(key),
                       n, m, expected - 2, words_.size()));
    for (int l = 0; l <= shape.angular; ++l)
      c(three_body_place(shape, key, n, m, l)) = number(words_[2 + static_cast<std::size_t>(l)]);
  }

  std::filesystem::path file_;
  std::istringstream text_;
  std::size_t line_ = 0;
  std::vector<std::string> words_;
};

std::string triple_text(const ThreeBodyShape& shape, const ElementTriple& triple,
                        const Eigen::VectorXd& c) {
  std::string out = triple_name(triple) + "\n";
  for (int n = 0; n < shape.radial; ++n)
    for (int m = triple.has_equal_neighbours() ? n : 0; m < shape.radial; ++m) {
      out += fmt::format("{} {}", n, m);
      for (int l = 0; l <= shape.angular; ++l)
        out += fmt::format(" {:.10g}", c(three_body_place(shape, triple, n, m, l)));
      out += "\n";
    }
  return out;
}

}  // namespace

std::string three_body_text(std::span<const ThreeBodyGroup> groups,
                            std::span<const std::string> heading) {
  std::string out;
  for (const std::string& line : heading) out += fmt::format("# {}\n", line);
  for (const ThreeBodyGroup& group : groups) {
    const ThreeBodyShape& shape = group.shape;
    out += fmt::format("group start {} cutoff {} radial {} angular {}\n", shape.start, shape.cutoff,
                       shape.radial, shape.angular);
    for (const auto& [triple, c] : group.coefficients) out += triple_text(shape, triple, c);
  }
  return out;
}

std::vector<ThreeBodyGroup> read_three_body(const std::filesystem::path& file) {
  return Reader(file).groups();
}

}  // namespace ionpass::calibrate
