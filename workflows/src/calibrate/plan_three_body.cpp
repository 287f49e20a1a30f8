#include "calibrate/plan_three_body.hpp"

#include <structures/elements.hpp>

#include "calibrate/plan_fit.hpp"
#include "study/section_table.hpp"

namespace ionpass::workflows {
namespace {

using calibrate::ElementTriple;
using calibrate::ThreeBodySettings;

int read_element(const YamlNode& node) {
  const auto number = atomic_number(node.text());
  if (!number) node.fail(fmt::format("'{}' is no element; give a symbol such as C", node.text()));
  return *number;
}

/// "H-C-H": the centre between its neighbours.
ElementTriple read_triple(const YamlNode& node) {
  const std::string text = node.text();
  const std::size_t one = text.find('-');
  const std::size_t two = one == std::string::npos ? one : text.find('-', one + 1);
  if (two != std::string::npos) {
    const auto a = atomic_number(text.substr(0, one));
    const auto centre = atomic_number(text.substr(one + 1, two - one - 1));
    const auto b = atomic_number(text.substr(two + 1));
    if (a && centre && b) return calibrate::element_triple(*centre, *a, *b);
  }
  node.fail(fmt::format("'{}' is no triple of elements, such as H-C-N with C at the centre", text));
}

SectionKey<ThreeBodySettings> integers_row(const std::string& name, const std::string& fallback,
                                           const std::string& meaning,
                                           std::vector<int> ThreeBodySettings::*member,
                                           const Range& range) {
  return {name,
          "integer or list",
          "",
          fallback,
          meaning,
          [member, range](ThreeBodySettings& group, const YamlNode& node) {
            std::vector<int>& out = group.*member;
            out.clear();
            if (node.is_scalar()) {
              out.push_back(static_cast<int>(read_integer(node, range)));
              return;
            }
            for (const YamlNode& item : node.items("a list of integers"))
              out.push_back(static_cast<int>(read_integer(item, range)));
            if (out.empty()) node.fail("the list is empty; give at least one number");
          }};
}

std::span<const SectionKey<ThreeBodySettings>> group_keys() {
  static const std::vector<SectionKey<ThreeBodySettings>> table{
      {"elements", "list of symbols", "", "[H, C, N]",
       "all triples of these that the training structures hold",
       [](ThreeBodySettings& group, const YamlNode& node) {
         group.elements.clear();
         for (const YamlNode& item : node.items("a list of elements"))
           group.elements.push_back(read_element(item));
         if (group.elements.empty()) node.fail("the list is empty; name at least one element");
       }},
      {"triples", "list of triples", "", "those of 'elements'",
       "these alone, such as I-Pb-I, the centre between its neighbours",
       [](ThreeBodySettings& group, const YamlNode& node) {
         for (const YamlNode& item : node.items("a list of triples"))
           group.triples.push_back(read_triple(item));
         if (group.triples.empty()) node.fail("the list is empty; name at least one triple");
       }},
      {"cutoff", "number or list", "Å", "2.8", "of both distances from the centre",
       [](ThreeBodySettings& group, const YamlNode& node) {
         group.cutoffs = read_numbers(node, Dimension::length, between(1.2, 8.0));
       }},
      integers_row("radial", "4", "functions of distance", &ThreeBodySettings::radial,
                   between(1, 12)),
      integers_row("angular", "3", "highest degree of the Legendre polynomials of the angle",
                   &ThreeBodySettings::angular, between(0, 8)),
      {"strength", "number or list", "", "[0.001, 0.01, 0.1]",
       "λ of the penalty λ Σ c² (1 + (l(l+1)/4)²)",
       [](ThreeBodySettings& group, const YamlNode& node) {
         group.strengths = read_numbers(node, Dimension::none, between(1e-12, 1e6));
       }},
  };
  return table;
}

ThreeBodySettings read_group(const YamlNode& node) {
  ThreeBodySettings out;
  read_section<ThreeBodySettings>(node, group_keys(), out);
  return out;
}

}  // namespace

std::vector<ThreeBodySettings> read_three_body(const YamlNode& node) {
  if (node.is_map()) return {read_group(node)};
  std::vector<ThreeBodySettings> out;
  for (const YamlNode& item : node.items("a group of triples, or a list of groups"))
    out.push_back(read_group(item));
  return out;
}

std::string plan_three_body_text() { return section_text("fit.three_body[]", group_keys()); }

}  // namespace ionpass::workflows
