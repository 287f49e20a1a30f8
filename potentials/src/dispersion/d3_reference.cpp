#include "dispersion/d3_reference.hpp"

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>
#include <structures/units.hpp>

#include "yaml_file.hpp"

namespace ionpass::dispersion {

namespace fs = std::filesystem;

namespace {

/// The numbers of one line, separated by commas.
std::vector<double> numbers(std::string_view line, const SourceLocation& where) {
  std::vector<double> out;
  const char* next = line.data();
  const char* const end = next + line.size();
  while (next < end) {
    double value = 0.0;
    const auto [after, error] = std::from_chars(next, end, value);
    if (error != std::errc{} || (after < end && *after != ','))
      throw InputError(where, "expected numbers separated by commas");
    out.push_back(value);
    next = after + 1;
  }
  return out;
}

}  // namespace

D3Reference::D3Reference(const fs::path& folder) {
  read_elements(folder / "elements.yaml");
  read_c6(folder / "c6.csv");
}

void D3Reference::read_elements(const fs::path& file) {
  read_yaml_file(file, [&](const YAML::Node& root) {
    for (const YAML::Node& node : root["elements"]) {
      const auto z = node["z"].as<int>();
      if (z != static_cast<int>(elements_.size()) + 1)
        throw InputError({file.string(), static_cast<std::size_t>(node.Mark().line + 1), 0},
                         fmt::format("z: {} given, the elements must stand in order", z));
      elements_.push_back(
          {node["cn_ref"].as<std::vector<double>>(),
           std::sqrt(0.5 * node["r4_over_r2"].as<double>() * std::sqrt(static_cast<double>(z))),
           node["covalent_radius"].as<double>() / units::bohr});
    }
  });
}

void D3Reference::read_c6(const fs::path& file) {
  const std::string text = read_text_file(file);
  c6_.resize(slot(static_cast<int>(elements_.size()) + 1, 1));
  std::string_view rest = text;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view row = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (row.empty() || row.front() == '#') continue;
    const SourceLocation where{file.string(), line, 0};
    const std::vector<double> values = numbers(row, where);
    const auto count = static_cast<double>(elements_.size());
    if (values.size() < 3 || values[1] < 1 || values[0] < values[1] || values[0] > count)
      throw InputError(where, "expected two atomic numbers, the larger first, and their C6");
    const int a = static_cast<int>(values[0]), b = static_cast<int>(values[1]);
    const std::size_t systems = element(a).coordination.size() * element(b).coordination.size();
    if (values.size() != systems + 2)
      throw InputError(where,
                       fmt::format("{} coefficients given, {} and {} need {}", values.size() - 2,
                                   element_symbol(a), element_symbol(b), systems));
    c6_[slot(a, b)].assign(values.begin() + 2, values.end());
  }
}

const D3Element& D3Reference::element(int number) const {
  if (number < 1 || number > static_cast<int>(elements_.size()))
    throw UnsupportedElement(fmt::format("D3 has no data for the element with Z = {}", number));
  return elements_[static_cast<std::size_t>(number - 1)];
}

Eigen::MatrixXd D3Reference::c6(int a, int b) const {
  if (a < b) return c6(b, a).transpose();
  const std::vector<double>& values = c6_[slot(a, b)];
  const auto rows = static_cast<Eigen::Index>(element(a).coordination.size());
  const auto cols = static_cast<Eigen::Index>(element(b).coordination.size());
  if (static_cast<Eigen::Index>(values.size()) != rows * cols)
    throw UnsupportedElement(
        fmt::format("D3 has no C6 for the pair {}-{}", element_symbol(a), element_symbol(b)));
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(values.data(), rows, cols);
}

}  // namespace ionpass::dispersion
