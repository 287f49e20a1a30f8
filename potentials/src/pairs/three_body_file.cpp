// The file of three-body potentials of a set.
#include <string>
#include <vector>

#include <fmt/format.h>

#include <potentials/three_body.hpp>
#include <structures/elements.hpp>

#include "pairs/three_body_kernel.hpp"
#include "pairs/word_lines.hpp"

namespace ionpass::calibrate {

namespace {

using Eigen::Index;

constexpr double longest_cutoff = 12.0;  // Å
constexpr int most_radial = 20;

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : lines_(file, "three-body potentials") {}

  std::vector<ThreeBodyGroup> groups() {
    std::vector<ThreeBodyGroup> out;
    lines_.advance();
    while (!lines_.at_end()) {
      out.push_back({shape(), {}});
      lines_.advance();
      while (!lines_.at_end() && lines_.words().front() != "group") add_triple(out.back());
      if (out.back().coefficients.empty()) lines_.fail("a group has no triple");
    }
    if (out.empty()) lines_.fail("the file has no group of three-body potentials");
    return out;
  }

 private:
  ThreeBodyShape shape() const {
    const std::vector<std::string>& words = lines_.words();
    if (words.size() != 9 || words[0] != "group" || words[1] != "start" || words[3] != "cutoff" ||
        words[5] != "radial" || words[7] != "angular")
      lines_.fail("expected 'group start S cutoff C radial N angular L'");
    const ThreeBodyShape out{lines_.number(words[2]), lines_.number(words[4]),
                             lines_.integer(words[6], 1, most_radial),
                             lines_.integer(words[8], 0, most_angular)};
    if (out.start <= 0.0 || out.cutoff <= out.start || out.cutoff > longest_cutoff)
      lines_.fail(
          fmt::format("start {:g} and cutoff {:g} given, expected 0 < start < cutoff ≤ {:g} Å",
                      out.start, out.cutoff, longest_cutoff));
    return out;
  }

  ElementTriple triple() const {
    const std::vector<std::string>& words = lines_.words();
    if (words.size() == 1) {
      const std::string& name = words.front();
      const std::size_t one = name.find('-'), two = name.find('-', one + 1);
      if (one != std::string::npos && two != std::string::npos) {
        const auto a = atomic_number(name.substr(0, one));
        const auto centre = atomic_number(name.substr(one + 1, two - one - 1));
        const auto b = atomic_number(name.substr(two + 1));
        if (a && centre && b) return element_triple(*centre, *a, *b);
      }
    }
    lines_.fail(fmt::format("'{}' is no triple of elements, such as H-C-H", words.front()));
  }

  void add_triple(ThreeBodyGroup& group) {
    const ElementTriple key = triple();
    if (group.coefficients.contains(key))
      lines_.fail(fmt::format("{} is there twice", triple_name(key)));
    Eigen::VectorXd c = Eigen::VectorXd::Zero(three_body_size(group.shape, key));
    for (int n = 0; n < group.shape.radial; ++n)
      for (int m = key.has_equal_neighbours() ? n : 0; m < group.shape.radial; ++m) {
        lines_.advance();
        read_row(group.shape, key, {n, m}, c);
      }
    group.coefficients.emplace(key, std::move(c));
    lines_.advance();
  }

  void read_row(const ThreeBodyShape& shape, const ElementTriple& key, std::pair<int, int> row,
                Eigen::VectorXd& c) const {
    const auto [n, m] = row;
    const std::vector<std::string>& words = lines_.words();
    const std::size_t expected = 3 + static_cast<std::size_t>(shape.angular);
    if (words.size() != expected || words[0] != std::to_string(n) || words[1] != std::to_string(m))
      lines_.fail(fmt::format("{}: expected '{} {}' and {} coefficients, found {} words",
                              triple_name(key), n, m, expected - 2, words.size()));
    for (int l = 0; l <= shape.angular; ++l)
      c(three_body_place(shape, key, n, m, l)) =
          lines_.number(words[2 + static_cast<std::size_t>(l)]);
  }

  WordLines lines_;
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
