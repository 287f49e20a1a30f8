// Published values and where they come from.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "content.hpp"
#include "text.hpp"

namespace ionpass::workflows::report {

namespace {

std::string source_text(const LiteratureEntry& entry) {
  std::string out = entry.citation;
  if (!entry.doi.empty()) {
    out += "; doi " + entry.doi + (entry.doi_checked ? "" : " (not checked)");
  }
  if (!entry.arxiv.empty()) out += "; arXiv " + entry.arxiv;
  return out;
}

std::string conditions(const LiteratureEntry& entry) {
  std::string out = entry.method;
  if (!entry.functional.empty()) out += ", " + entry.functional;
  if (!entry.supercell.empty()) out += ", " + entry.supercell;
  // The charge of the defect is a condition of computed values only.
  const bool computed = entry.method.find("experiment") == std::string::npos;
  if (entry.value && computed) {
    out += entry.charge.empty() ? ", charge not stated" : ", charge " + entry.charge;
  }
  return out;
}

std::string trust(const LiteratureEntry& entry) {
  switch (entry.verification) {
    case Verification::source:
      return "read in the source";
    case Verification::quoted:
      return "‡ quoted by " + entry.read_in;
    case Verification::secondary:
      break;
  }
  return "† not verified";
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "in general" : out;
}

Table entry_table(const Context& context, const std::vector<LiteratureEntry>& entries) {
  Table table;
  table.columns = {{"", "", false},       {"material", "", false}, {"value", "", false},
                   {"method", "", false}, {"source", "", false},   {"verified", "", false}};
  for (const LiteratureEntry& entry : entries) {
    const Tone tone = entry.verification == Verification::source ? Tone::good : Tone::warning;
    table.rows.push_back({{fmt::format("[{}]", context.reference.at(entry.id))},
                          {joined(entry.materials), entry.subject},
                          {entry.value ? published_value(entry) : "–", "", Tone::neutral, true},
                          {conditions(entry)},
                          {source_text(entry), entry.note},
                          {trust(entry), "", tone}});
  }
  return table;
}

}  // namespace

std::vector<LiteratureEntry> cited(const StudyResult& study, const Literature& literature) {
  std::vector<LiteratureEntry> out;
  if (!study.literature) return out;
  std::set<std::pair<std::string, std::string>> studied;  // material and mobile species
  for (const MaterialResult& material : study.materials) {
    if (const auto name = literature_name(literature, material))
      studied.emplace(*name, material.species);
  }
  for (const LiteratureEntry& entry : literature.entries) {
    const bool about = std::any_of(studied.begin(), studied.end(), [&](const auto& one) {
      return is_about(entry, one.first, one.second);
    });
    if (about) out.push_back(entry);
  }
  return out;
}

std::vector<LiteratureEntry> published(const Context& context, const MaterialResult& material) {
  if (!context.study.literature) return {};
  return entries_for(context.literature, material);
}

std::string verification_mark(Verification verification) {
  if (verification == Verification::source) return "";
  return verification == Verification::quoted ? "‡" : "†";
}

Blocks literature_section(const Context& context) {
  Blocks blocks;
  if (!context.study.literature) return blocks;
  blocks.push_back(Heading{2, "Literature", "literature"});
  const std::vector<LiteratureEntry> entries = cited(context.study, context.literature);
  if (entries.empty()) {
    blocks.push_back(
        Paragraph{"The collection of published barriers holds nothing on these materials."});
    return blocks;
  }
  blocks.push_back(
      Paragraph{"† marks a number that was not verified: it was read neither in its paper nor in a "
                "document that quotes it, "
                "and must be confirmed before it is relied on. ‡ marks a number read in a document "
                "that quotes the paper."});
  blocks.push_back(entry_table(context, entries));
  std::vector<std::string> remarks;
  for (const LiteratureSpread& spread : context.literature.spreads) {
    remarks.push_back(fmt::format("{}, {}: published values from {} to {} eV; {}.", spread.material,
                                  spread.subject, plain(spread.range.low), plain(spread.range.high),
                                  spread.comment));
  }
  for (const LiteratureStatement& statement : context.literature.statements) {
    remarks.push_back(fmt::format("{}{} ({}).", statement.text,
                                  verification_mark(statement.verification), statement.source));
  }
  blocks.push_back(Bullets{remarks});
  return blocks;
}

}  // namespace ionpass::workflows::report
