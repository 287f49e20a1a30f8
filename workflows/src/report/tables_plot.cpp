// The plot of two sets of Slater–Koster tables: the integrals above, their differences below.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "document.hpp"
#include "plots.hpp"

namespace ionpass::workflows::report {
namespace {

constexpr std::size_t most_points = 250;
constexpr double smallest_shown = 1e-12;  // on the logarithmic axis

}  // namespace

std::string tables_script(const skgen::PairComparison& pair) {
  const std::size_t stride = std::max<std::size_t>(1, pair.distances.size() / most_points);
  std::string script = plot_preamble(560, 520);
  for (std::size_t c = 0; c < pair.columns.size(); ++c) {
    const skgen::ColumnComparison& column = pair.columns[c];
    script += fmt::format("$c{} << EOD\n", c);
    for (std::size_t i = 0; i < pair.distances.size(); i += stride) {
      const auto difference = [&](const auto& one, const auto& two) {
        return std::max(smallest_shown, std::abs(one[i] - two[i]));
      };
      script += fmt::format("{:.4f} {:.8e} {:.8e} {:.3e} {:.3e}\n", pair.distances[i],
                            column.hamiltonian[i], column.other_hamiltonian[i],
                            difference(column.hamiltonian, column.other_hamiltonian),
                            difference(column.overlap, column.other_overlap));
    }
    script += "EOD\n";
  }
  script +=
      "set multiplot layout 2,1\nset minussign\nset key top right\n"
      "set ylabel 'H (Ha)'\nset xrange [" +
      fmt::format("{:.3f}:{:.3f}]\n", pair.distances.front(), pair.distances.back());
  const auto curves = [&](auto curve) {
    std::string out = "plot ";
    for (std::size_t c = 0; c < pair.columns.size(); ++c) out += (c == 0 ? "" : ", ") + curve(c);
    return out + "\n";
  };
  script += curves([&](std::size_t c) {
    return fmt::format(
        "$c{0} using 1:2 with lines lw 2 lc rgb '{1}' title '{2}', "
        "$c{0} using 1:3 with lines lw 2 dt 2 lc rgb '#303030' notitle",
        c, series_colour(static_cast<int>(c)), pair.columns[c].name);
  });
  script +=
      "set key off\nset logscale y\nset format y '10^{%T}'\nset ytics 100\nset xlabel 'distance "
      "(bohr)'\n"
      "set ylabel 'difference, H (Ha) and S (dashed)'\n";
  script += curves([&](std::size_t c) {
    return fmt::format(
        "$c{0} using 1:4 with lines lw 2 lc rgb '{1}', "
        "$c{0} using 1:5 with lines lw 2 dt 3 lc rgb '{1}'",
        c, series_colour(static_cast<int>(c)));
  });
  return script + "unset multiplot\n";
}

}  // namespace ionpass::workflows::report
