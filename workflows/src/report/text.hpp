// Numbers and names as a reader wants to see them, and escaping.
#pragma once

#include <string>
#include <string_view>

#include <workflows/kinetics.hpp>
#include <workflows/literature.hpp>

namespace ionpass::workflows::report {

/// "0.412", with a true minus sign and never "-0.000"; "?" if it is not finite.
[[nodiscard]] std::string fixed(double value, int decimals);
/// Two significant digits: "6.9", "48", "3.2×10⁵".
[[nodiscard]] std::string short_number(double value);
/// As few digits as name the value exactly enough to recognise it: "1200", "0.05".
[[nodiscard]] std::string plain(double value);
/// A time in the unit that suits it: "5.5 ms", "17 h", "4.6 years".
[[nodiscard]] std::string duration(double seconds);
/// "0.41 – 2.9" around a value; empty if there is no width to speak of.
[[nodiscard]] std::string number_range(const Interval& interval);
[[nodiscard]] std::string duration_range(const Interval& interval);
/// "0.29 ± 0.06 eV", "0.32–0.45 eV".
[[nodiscard]] std::string published_value(const LiteratureEntry& entry);
/// "Futscher et al. 2019".
[[nodiscard]] std::string short_citation(const std::string& citation);
/// "along_chain" as "along chain".
[[nodiscard]] std::string words(std::string text);
/// One line without comment signs and doubled spaces.
[[nodiscard]] std::string one_line(std::string_view text);

/// Text for HTML content and quoted attributes; control characters and bytes that are not UTF-8 are
/// replaced.
[[nodiscard]] std::string escape_html(std::string_view text);
/// Text for Markdown prose and table cells: neither markup nor HTML of its own survives.
[[nodiscard]] std::string escape_markdown(std::string_view text);

}  // namespace ionpass::workflows::report
