// The file of known environments of a set.
#include <fmt/format.h>

#include <potentials/environments.hpp>
#include <structures/elements.hpp>

#include "pairs/word_lines.hpp"

namespace ionpass {

namespace {

using Eigen::Index;

constexpr double longest_cutoff = 20.0;  // Å
constexpr int most_radial = 100;
constexpr int most_centres = 100000;

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : lines_(file, "known environments") {}

  KnownEnvironments environments() {
    KnownEnvironments out;
    lines_.advance();
    out.shape = shape();
    lines_.advance();
    while (!lines_.at_end()) add_element(out);
    if (out.empty()) lines_.fail("the file has no element");
    return out;
  }

 private:
  [[nodiscard]] int element(const std::string& word) const {
    const auto number = atomic_number(word);
    if (!number) lines_.fail(fmt::format("'{}' is no element", word));
    return *number;
  }

  [[nodiscard]] EnvironmentShape shape() const {
    const std::vector<std::string>& words = lines_.words();
    if (words.size() < 6 || words[0] != "cutoff" || words[2] != "radial" ||
        words[4] != "neighbours")
      lines_.fail("expected 'cutoff C radial N neighbours E …'");
    EnvironmentShape out{{}, lines_.number(words[1]), lines_.integer(words[3], 1, most_radial)};
    if (out.cutoff <= 0.0 || out.cutoff > longest_cutoff)
      lines_.fail(fmt::format("cutoff {:g} given, expected above 0, at most {:g} Å", out.cutoff,
                              longest_cutoff));
    for (std::size_t i = 5; i < words.size(); ++i) {
      out.elements.push_back(element(words[i]));
      if (i > 5 && out.elements.back() <= out.elements[i - 6])
        lines_.fail(fmt::format("{} is not in the order of atomic numbers", words[i]));
    }
    return out;
  }

  /// The numbers of the line that is read, behind its first word if that must be `name`.
  [[nodiscard]] Eigen::VectorXd row(Index size, const std::string& name) const {
    const std::vector<std::string>& words = lines_.words();
    const std::size_t first = name.empty() ? 0 : 1;
    if (words.size() != first + static_cast<std::size_t>(size) || (first == 1 && words[0] != name))
      lines_.fail(fmt::format("expected {}{} numbers, found {} words",
                              name.empty() ? "" : name + " and ", size, words.size()));
    Eigen::VectorXd out(size);
    for (Index k = 0; k < size; ++k)
      out(k) = lines_.number(words[first + static_cast<std::size_t>(k)]);
    return out;
  }

  void add_element(KnownEnvironments& out) {
    const std::vector<std::string>& words = lines_.words();
    if (words.size() != 6 || words[0] != "element" || words[2] != "limit" ||
        words[4] != "environments")
      lines_.fail("expected 'element E limit L environments N'");
    const int number = element(words[1]);
    if (out.elements.contains(number)) lines_.fail(fmt::format("{} is there twice", words[1]));
    ElementEnvironments added;
    added.limit = lines_.number(words[3]);
    if (added.limit <= 0.0) lines_.fail(fmt::format("limit {} given, expected above 0", words[3]));
    const int count = lines_.integer(words[5], 1, most_centres);
    const Index size = out.shape.size();
    lines_.advance();
    added.scale = row(size, "scale");
    if (added.scale.minCoeff() <= 0.0) lines_.fail("a scale is not above 0");
    added.centres.resize(size, count);
    for (Index i = 0; i < count; ++i) {
      lines_.advance();
      added.centres.col(i) = row(size, "");
    }
    out.elements.emplace(number, std::move(added));
    lines_.advance();
  }

  WordLines lines_;
};

std::string row_text(const Eigen::Ref<const Eigen::VectorXd>& row) {
  std::string out;
  for (const double x : row) out += fmt::format("{}{:g}", out.empty() ? "" : " ", x);
  return out;
}

}  // namespace

std::string environments_text(const KnownEnvironments& known,
                              std::span<const std::string> heading) {
  std::string out;
  for (const std::string& line : heading) out += fmt::format("# {}\n", line);
  out += fmt::format("cutoff {} radial {} neighbours", known.shape.cutoff, known.shape.radial);
  for (const int number : known.shape.elements) out += fmt::format(" {}", element_symbol(number));
  out += "\n";
  for (const auto& [number, element] : known.elements) {
    out +=
        fmt::format("element {} limit {:.3f} environments {}\nscale {}\n", element_symbol(number),
                    element.limit, element.centres.cols(), row_text(element.scale));
    for (Index i = 0; i < element.centres.cols(); ++i)
      out += row_text(element.centres.col(i)) + "\n";
  }
  return out;
}

KnownEnvironments read_environments(const std::filesystem::path& file) {
  return Reader(file).environments();
}

}  // namespace ionpass
