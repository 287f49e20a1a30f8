#include "gemmi_adapter.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <gemmi/cif.hpp>
#include <gemmi/symmetry.hpp>

#include "text.hpp"

namespace ionpass {

namespace {

std::string plain_tag(const std::string& tag) {
  std::string result = text::lower(tag);
  std::replace(result.begin(), result.end(), '.', '_');
  return result;
}

std::string plain_value(const std::string& raw) {
  if (gemmi::cif::is_null(raw)) return raw;
  return std::string(text::trim(gemmi::cif::as_string(raw)));
}

std::size_t line_of(const gemmi::cif::Item& item) {
  return item.line_number > 0 ? static_cast<std::size_t>(item.line_number) : 0;
}

void add_loop(const gemmi::cif::Item& item, CifBlock& block) {
  const std::size_t width = item.loop.tags.size();
  for (std::size_t tag = 0; tag < width; ++tag) {
    CifColumn column{{}, line_of(item)};
    for (std::size_t i = tag; i < item.loop.values.size(); i += width) {
      column.values.push_back(plain_value(item.loop.values[i]));
    }
    block.columns.try_emplace(plain_tag(item.loop.tags[tag]), std::move(column));
  }
}

CifBlock convert(const gemmi::cif::Block& source) {
  CifBlock block;
  block.name = source.name;
  for (const gemmi::cif::Item& item : source.items) {
    if (item.type == gemmi::cif::ItemType::Loop) {
      add_loop(item, block);
    } else if (item.type == gemmi::cif::ItemType::Pair) {
      block.columns.try_emplace(plain_tag(item.pair[0]),
                                CifColumn{{plain_value(item.pair[1])}, line_of(item)});
    }
  }
  return block;
}

/// Words of a CIF, with quoted ones in one piece and comments left out; enough to count the values
/// of a loop.
std::vector<std::string_view> cif_words(std::string_view line) {
  std::vector<std::string_view> result;
  for (line = text::trim(line); !line.empty() && line.front() != '#'; line = text::trim(line)) {
    std::size_t end = line.find_first_of(" \t");
    if (line.front() == '\'' || line.front() == '"') {
      end = line.find(line.front(), 1);
      while (end != std::string_view::npos && end + 1 < line.size() && line[end + 1] != ' ') {
        end = line.find(line.front(), end + 1);
      }
      if (end != std::string_view::npos) ++end;
    }
    end = std::min(end, line.size());
    result.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return result;
}

/// What is wrong with a loop whose values fill no whole number of rows.
InputError loop_error(std::string_view text, const std::string& name, std::size_t loop_line) {
  const std::vector<std::string_view> lines = text::lines(text);
  std::size_t tags = 0, values = 0, line = loop_line, last = loop_line;
  bool is_atom_table = false;
  for (; line < lines.size(); ++line) {
    const auto words = cif_words(lines[line]);
    if (words.empty()) continue;
    const std::string first = text::lower(words.front());
    const bool is_tag = first.front() == '_';
    if (first == "loop_" || first.starts_with("data_") || (is_tag && values > 0)) break;
    (is_tag ? tags : values) += words.size();
    is_atom_table = is_atom_table || first.starts_with("_atom_site_fract");
    last = line + 1;
  }
  const char* what = is_atom_table ? "atom table" : "loop";
  if (line == lines.size() && tags > 0) {
    return InputError({name, last},
                      fmt::format("{} cut short at the last line ({} of {} values): the file looks "
                                  "incomplete",
                                  what, values % tags, tags));
  }
  return InputError(
      {name, loop_line},
      fmt::format("{} with {} tags holds {} values, not a whole number of rows: a value "
                  "is missing or one too many",
                  what, tags, values));
}

GroupOperation convert(const gemmi::Op& op) {
  GroupOperation result;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      result.rotation[3 * i + j] = op.rot[i][j] / gemmi::Op::DEN;
    }
    const int t = op.tran[i] * GroupOperation::denominator / gemmi::Op::DEN;
    result.translation[i] = (t % GroupOperation::denominator + GroupOperation::denominator) %
                            GroupOperation::denominator;
  }
  return result;
}

TabulatedGroup convert(const gemmi::SpaceGroup& group) {
  TabulatedGroup result{group.number, group.xhm(), {}};
  for (const gemmi::Op& op : group.operations()) result.operations.push_back(convert(op));
  return result;
}

/// One blank between words, no underscores.
std::string plain_hall(std::string_view symbol) {
  std::string spaced(symbol);
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  std::string result;
  for (const std::string_view word : text::words(spaced)) {
    if (!result.empty()) result += ' ';
    result += word;
  }
  return text::lower(result);
}

/// Spellings in use beside the tables' own: "P 2(1)/m", "P2_1/m", "F d -3 m Z", "R -3 m H".
std::string plain_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '(' && c != ')' && c != '_') result += c;
  }
  const auto words = text::words(result);
  if (words.size() < 2) return result;
  const std::string last = text::lower(words.back());
  const std::string rest = result.substr(0, result.rfind(words.back()));
  if (last == "s") return rest + ":1";
  if (last == "z") return rest + ":2";
  if ((last == "h" || last == "r") && std::toupper(result[0]) == 'R') {
    return rest + (last == "h" ? ":H" : ":R");
  }
  return result;
}

/// Origin choice 2 and the cell that fits come first among settings that a name or number leaves
/// open.
int unlikelihood(const gemmi::SpaceGroup& group, bool is_hexagonal) {
  switch (group.ext) {
    case '1':
      return 1;
    case 'H':
      return is_hexagonal ? 0 : 1;
    case 'R':
      return is_hexagonal ? 1 : 0;
    default:
      return 0;
  }
}

std::vector<TabulatedGroup> sorted_groups(std::vector<const gemmi::SpaceGroup*> found,
                                          bool is_hexagonal) {
  std::stable_sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
    return unlikelihood(*a, is_hexagonal) < unlikelihood(*b, is_hexagonal);
  });
  std::vector<TabulatedGroup> groups;
  for (const gemmi::SpaceGroup* group : found) groups.push_back(convert(*group));
  return groups;
}

}  // namespace

const CifColumn* CifBlock::find(std::initializer_list<const char*> tags) const {
  for (const char* tag : tags) {
    const auto found = columns.find(tag);
    if (found != columns.end() && !found->second.values.empty()) return &found->second;
  }
  return nullptr;
}

const std::string* CifBlock::value(std::initializer_list<const char*> tags) const {
  for (const char* tag : tags) {
    const CifColumn* column = find({tag});
    if (column == nullptr) continue;
    const std::string& value = column->values.front();
    if (!value.empty() && value != "?" && value != ".") return &value;
  }
  return nullptr;
}

std::vector<CifBlock> parse_cif_blocks(std::string_view text, const std::string& name) {
  // Author names and the like may be in any encoding; nothing that matters here is beyond ASCII.
  std::string ascii(text);
  for (char& c : ascii) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  try {
    const auto document = gemmi::cif::read_memory(ascii.data(), ascii.size(), "");
    std::vector<CifBlock> blocks;
    for (const gemmi::cif::Block& block : document.blocks) blocks.push_back(convert(block));
    return blocks;
  } catch (const tao::pegtl::parse_error& error) {
    const auto& place = error.positions().front();
    const std::string message(error.message());
    if (message == "Wrong number of values in the loop") throw loop_error(text, name, place.line);
    throw InputError({name, place.line, place.column},
                     fmt::format("not a valid CIF here ({}): check the file", message));
  } catch (const std::exception& error) {
    throw InputError({name}, fmt::format("not a valid CIF ({}): check the file", error.what()));
  }
}

std::vector<GroupOperation> operations_of_hall(const std::string& symbol) {
  const std::string wanted = plain_hall(symbol);
  for (const gemmi::SpaceGroup& group : gemmi::spacegroup_tables::main) {
    if (plain_hall(group.hall) == wanted) return convert(group).operations;
  }
  return {};
}

std::vector<TabulatedGroup> groups_of_name(const std::string& name, bool is_hexagonal) {
  const std::string plain = plain_name(name);
  if (plain.empty() || std::isalpha(static_cast<unsigned char>(plain.front())) == 0) return {};
  const gemmi::SpaceGroup* named = gemmi::find_spacegroup_by_name(plain);
  if (named == nullptr) return {};
  if (plain.find(':') != std::string::npos) return {convert(*named)};
  std::vector<const gemmi::SpaceGroup*> found;
  for (const gemmi::SpaceGroup& group : gemmi::spacegroup_tables::main) {
    if (group.number == named->number && std::string_view(group.hm) == named->hm) {
      found.push_back(&group);
    }
  }
  return sorted_groups(std::move(found), is_hexagonal);
}

std::vector<TabulatedGroup> groups_of_number(int number, bool is_hexagonal) {
  std::vector<const gemmi::SpaceGroup*> found;
  for (const gemmi::SpaceGroup& group : gemmi::spacegroup_tables::main) {
    if (group.number == number) found.push_back(&group);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
    return a->is_reference_setting() > b->is_reference_setting();
  });
  return sorted_groups(std::move(found), is_hexagonal);
}

}  // namespace ionpass
