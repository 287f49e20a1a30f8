#include "skgen/skf_writer.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <structures/elements.hpp>

namespace ionpass::skgen {
namespace {

struct Column {
  int l1 = 0, l2 = 0, m = 0;
};

/// In file order: by falling l of the second atom, then of the first, then rising m.
std::vector<Column> columns(bool extended) {
  const int highest = extended ? 3 : 2;
  std::vector<Column> out;
  for (int l1 = highest; l1 >= 0; --l1)
    for (int l2 = highest; l2 >= l1; --l2)
      for (int m = 0; m <= l1; ++m) out.push_back({l1, l2, m});
  // The blocks stand in the order ff df dd pf pd pp sf sd sp ss.
  return out;
}

bool has_f(const ElementRecipe& element) {
  for (const std::size_t index : element.valence)
    if (element.shells[index].l > 2) return true;
  return false;
}

/// On-site energies, spin polarisation (not used), Hubbard parameters, occupations, each from the
/// highest l down.
std::string atom_line(const Element& element, bool extended) {
  const auto lines = [&](auto value) {
    std::string out;
    for (int l = extended ? 3 : 2; l >= 0; --l) {
      double number = 0.0;
      for (const TableOrbital& orbital : element.orbitals())
        if (orbital.shell.l == l) number = value(orbital);
      out += fmt::format(" {:.12E}", number);
    }
    return out;
  };
  return lines([](const TableOrbital& o) { return o.onsite; }) + " 0.0" +
         lines([](const TableOrbital& o) { return o.hubbard; }) +
         lines([](const TableOrbital& o) { return o.shell.electrons; }) + "\n";
}

std::string rows_text(const PairTable& table, bool reversed, bool extended) {
  struct Source {
    Eigen::Index channel = -1;
    double sign = 1.0;
  };
  std::vector<Source> sources;
  for (const Column& column : columns(extended)) {
    Source source;
    for (std::size_t i = 0; i < table.channels.size(); ++i) {
      const TwoCenterChannel& c = table.channels[i];
      const int l1 = reversed ? c.l2 : c.l1, l2 = reversed ? c.l1 : c.l2;
      if (l1 != column.l1 || l2 != column.l2 || c.m != column.m) continue;
      source.channel = static_cast<Eigen::Index>(i);
      // Turning the axis round multiplies every orbital by its parity.
      source.sign = reversed && (l1 + l2) % 2 != 0 ? -1.0 : 1.0;
    }
    sources.push_back(source);
  }
  std::string out;
  for (Eigen::Index row = 0; row < table.hamiltonian.rows(); ++row) {
    for (const Eigen::MatrixXd* values : {&table.hamiltonian, &table.overlap})
      for (const Source& source : sources) {
        const double value =
            source.channel < 0 ? 0.0 : source.sign * (*values)(row, source.channel);
        if (value == 0.0)
          out += " 0.0";
        else
          fmt::format_to(std::back_inserter(out), " {:.12E}", value);
      }
    out += '\n';
  }
  return out;
}

/// Text that XML takes as text.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string wall_text(const Confinement& wall) {
  return fmt::format("(r/{:.10g})^{:.10g}", wall.radius, wall.power);
}

std::string basis_text(const ElementRecipe& element) {
  if (element.slater.empty()) return "spectral elements (complete)";
  std::string out = "Slater functions";
  for (std::size_t l = 0; l < element.slater.size(); ++l)
    out += fmt::format("{} {}: exponents {:.10g}, {} powers", l == 0 ? "" : ";", "spdf"[l],
                       fmt::join(element.slater[l].exponents, " "), element.slater[l].powers);
  return out;
}

std::string configuration_text(const ElementRecipe& element) {
  std::string out;
  for (const Shell& shell : element.shells)
    out += fmt::format("{}{}({:.10g})", out.empty() ? "" : " ", shell.name(), shell.electrons);
  return out;
}

std::string element_text(const ElementRecipe& element) {
  std::string waves, fixed;
  for (const auto& [l, wall] : element.wave)
    waves += fmt::format("{}{} {}", waves.empty() ? "" : ", ", "spdf"[l], wall_text(wall));
  for (const auto& [l, energy] : element.onsite)
    fixed += fmt::format(" on-site {} {:.12g}", "spdf"[l], energy);
  for (const auto& [l, energy] : element.hubbard)
    fixed += fmt::format(" Hubbard {} {:.12g}", "spdf"[l], energy);
  std::string valence;
  for (const std::size_t i : element.valence) valence += " " + element.shells[i].name();
  return fmt::format(
      "{} configuration {}; valence{}; {}; {}; density wall {}; orbital walls {}; Hubbard {}{}",
      element_symbol(element.number), configuration_text(element), valence,
      element.relativity == Relativity::zora ? "scaled ZORA" : "non-relativistic",
      basis_text(element), wall_text(element.density), waves,
      element.shell_resolved ? "per shell" : "of the highest occupied shell",
      fixed.empty() ? "" : "; given:" + fixed);
}

std::string quality_text(const PairTable& table) {
  std::string out = fmt::format("    <Quality rows=\"{}\">\n", table.hamiltonian.rows());
  for (const QualityCheck& check : table.checks)
    out += fmt::format("      <Check name=\"{}\" value=\"{:.3e}\" limit=\"{:.3e}\"/>\n", check.name,
                       check.value, check.limit);
  return out + "    </Quality>\n";
}

std::string documentation(const Recipe& recipe, const PairProblem& problem, const PairTable& table,
                          const std::string& name, const Provenance& provenance) {
  std::string out = "\n<Documentation>\n  <General>\n";
  const auto line = [&](const char* tag, const std::string& text) {
    out += fmt::format("    <{0}>{1}</{0}>\n", tag, escaped(text));
  };
  line("Identifier", name);
  line("Set", recipe.name + (recipe.version.empty() ? "" : " " + recipe.version));
  line("Licence", recipe.licence);
  line("Fingerprint", provenance.fingerprint);
  out += "  </General>\n  <SK_table>\n";
  line("Code", provenance.program);
  line("Functional", fmt::format("{}", fmt::join(recipe.functionals, " + ")));
  line("Superposition", recipe.superposition == Superposition::density ? "density" : "potential");
  line("Element", element_text(problem.first.recipe()));
  if (&problem.first != &problem.second) line("Element", element_text(problem.second.recipe()));
  out += quality_text(table) + "  </SK_table>\n  <Publications>\n";
  for (const std::string& citation : recipe.citations) line("Recipe", citation);
  for (const std::string& citation : problem.functional.citations()) line("Functional", citation);
  return out + "  </Publications>\n</Documentation>\n";
}

std::optional<double> attribute(std::string_view text, std::string_view name) {
  const std::string key = fmt::format("{}=\"", name);
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  double value = 0.0;
  const char* begin = text.data() + at + key.size();
  if (std::from_chars(begin, text.data() + text.size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

}  // namespace

std::string pair_description(const Recipe& recipe, const ElementRecipe& first,
                             const ElementRecipe& second) {
  const auto key = std::minmax(first.number, second.number);
  const auto end = recipe.ends.find({key.first, key.second});
  return fmt::format(
      "tables 1\n{}\n{}\nmass {:.10g} {:.10g}\n{}\n{}\ngrid {:.10g} {:.10g} {:.10g} {:.10g} "
      "{:.10g} "
      "{:.10g}\n{} {}\n{}\n{}\n",
      element_text(first), element_text(second), first.mass, second.mass,
      fmt::join(recipe.functionals, " "),
      recipe.superposition == Superposition::density ? "density" : "potential", recipe.grid.start,
      recipe.grid.step, recipe.grid.threshold, recipe.grid.max_distance,
      end == recipe.ends.end() ? 0.0 : end->second, recipe.quadrature_tolerance, recipe.name,
      recipe.version, recipe.licence, fmt::join(recipe.citations, "\n"));
}

std::string skf_text(const Recipe& recipe, const PairProblem& problem, const PairTable& table,
                     bool reversed, const Provenance& provenance) {
  const Element& first = reversed ? problem.second : problem.first;
  const Element& second = reversed ? problem.first : problem.second;
  const bool extended = has_f(first.recipe()) || has_f(second.recipe());
  const bool homonuclear = first.recipe().number == second.recipe().number;
  std::string out = extended ? "@\n" : "";
  out += fmt::format("{:.6f} {}\n", table.step, table.hamiltonian.rows());
  if (homonuclear) out += atom_line(first, extended);
  // Mass, and a repulsive polynomial of nothing.
  out += fmt::format("{:.12E} 8*0.0 0.0 10*0.0\n", first.recipe().mass);
  out += rows_text(table, reversed, extended);
  const std::string name = fmt::format("{}-{}.skf", element_symbol(first.recipe().number),
                                       element_symbol(second.recipe().number));
  return out + documentation(recipe, problem, table, name, provenance);
}

std::optional<PairReport> read_report(const std::string& skf, const std::string& fingerprint) {
  if (skf.find(fmt::format("<Fingerprint>{}</Fingerprint>", fingerprint)) == std::string::npos ||
      !skf.ends_with("</Documentation>\n"))
    return std::nullopt;
  const std::size_t start = skf.find("<Quality");
  if (start == std::string::npos) return std::nullopt;
  const std::string_view quality = std::string_view(skf).substr(start);
  PairReport out;
  out.reused = true;
  out.rows = static_cast<int>(attribute(quality, "rows").value_or(0.0));
  constexpr std::string_view tag = "<Check name=\"";
  for (std::size_t at = quality.find(tag); at != std::string_view::npos;
       at = quality.find(tag, at + 1)) {
    const std::string_view line = quality.substr(at, quality.find('\n', at) - at);
    const std::string_view name = line.substr(tag.size(), line.find('"', tag.size()) - tag.size());
    const auto value = attribute(line, "value"), limit = attribute(line, "limit");
    if (!value || !limit) return std::nullopt;
    out.checks.push_back({std::string(name), *value, *limit});
  }
  return out;
}

}  // namespace ionpass::skgen
