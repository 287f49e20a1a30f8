// Extended XYZ as ASE writes and reads it: https://github.com/libAtoms/extxyz
#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

#include <fmt/format.h>

#include <structures/elements.hpp>
#include <structures/error.hpp>
#include <structures/io.hpp>

#include "extxyz_comment.hpp"
#include "formats.hpp"
#include "sanity.hpp"
#include "text.hpp"

namespace ionpass {

namespace {

/// One per-atom quantity of the Properties key.
struct Column {
  std::string name;
  std::size_t width = 0;
};

/// Where the quantities that matter stand in an atom's line; npos: not there.
struct Layout {
  std::size_t species = 0;
  bool species_is_number = false;
  std::size_t position = 1;
  std::size_t forces = std::string::npos;
  std::size_t label = std::string::npos;
  std::size_t width = 4;  // least number of words
};

std::vector<Column> columns_of(const std::string& properties, const SourceLocation& where) {
  std::vector<std::string> parts(1);
  for (const char c : properties) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() % 3 != 0) {
    throw InputError(where, fmt::format("Properties is {}: triples name:type:count are expected",
                                        text::quoted(properties)));
  }
  std::vector<Column> columns;
  for (std::size_t i = 0; i < parts.size(); i += 3) {
    const auto width = text::integer(parts[i + 2]);
    if (!width || *width < 1 || *width > 10000) {
      throw InputError(
          where, fmt::format("Properties gives {} columns to {}: a number from 1 up is expected",
                             text::quoted(parts[i + 2]), text::quoted(parts[i])));
    }
    columns.push_back({parts[i], static_cast<std::size_t>(*width)});
  }
  return columns;
}

Layout layout_of(const std::string& properties, const SourceLocation& where) {
  Layout layout;
  layout.species = layout.position = std::string::npos;
  layout.width = 0;
  for (const Column& column : columns_of(properties, where)) {
    const auto require_width = [&](std::size_t width) {
      if (column.width == width) return;
      throw InputError(where, fmt::format("Properties gives {} columns to {}, {} are needed",
                                          column.width, text::quoted(column.name), width));
    };
    if (column.name == "species" || column.name == "Z" || column.name == "numbers") {
      require_width(1);
      if (layout.species == std::string::npos || column.name == "species") {
        layout.species = layout.width;
        layout.species_is_number = column.name != "species";
      }
    } else if (column.name == "pos") {
      require_width(3);
      layout.position = layout.width;
    } else if (column.name == "forces" || column.name == "force") {
      require_width(3);
      layout.forces = layout.width;
    } else if (column.name == "labels") {
      require_width(1);
      layout.label = layout.width;
    }
    layout.width += column.width;
  }
  if (layout.species == std::string::npos || layout.position == std::string::npos) {
    throw InputError(where, "Properties lacks species:S:1 or pos:R:3");
  }
  return layout;
}

int element_of(std::string_view word, bool is_number, const SourceLocation& where) {
  if (is_number) {
    const auto number = text::integer(word);
    if (number && *number >= 1 && *number <= max_atomic_number) return static_cast<int>(*number);
  } else if (const auto number = atomic_number(word)) {
    return *number;
  }
  throw InputError(where, fmt::format("unknown element {}", text::quoted(word)));
}

Eigen::Vector3d vector_at(const std::vector<std::string_view>& words, std::size_t begin,
                          std::string_view meaning, const SourceLocation& where) {
  return {text::require_number(words[begin], meaning, where),
          text::require_number(words[begin + 1], meaning, where),
          text::require_number(words[begin + 2], meaning, where)};
}

void read_atom(std::string_view line, const Layout& layout, const SourceLocation& where,
               Frame& frame) {
  const auto words = text::words(line);
  if (words.size() < layout.width) {
    throw InputError(
        where, fmt::format("{} values in an atom's line, {} are needed: the file looks incomplete",
                           words.size(), layout.width));
  }
  Structure& structure = frame.structure;
  const auto column = static_cast<Eigen::Index>(structure.size());
  structure.numbers.push_back(element_of(words[layout.species], layout.species_is_number, where));
  structure.positions.col(column) = vector_at(words, layout.position, "coordinate", where);
  if (frame.data.forces) {
    frame.data.forces->col(column) = vector_at(words, layout.forces, "force", where);
  }
  if (layout.label != std::string::npos) structure.labels.emplace_back(words[layout.label]);
}

Frame read_one(const std::vector<std::string_view>& lines, std::size_t& position,
               const std::string& name) {
  const SourceLocation where{name, position + 1};
  const auto count = text::integer(text::trim(lines[position]));
  if (!count || *count < 1) {
    throw InputError(where, fmt::format("{} where the number of atoms is expected",
                                        text::quoted(text::trim(lines[position]))));
  }
  // Counted before anything is allocated: the number may be anything.
  const std::size_t left = lines.size() - position - 1;
  if (left == 0 || static_cast<unsigned long long>(*count) > left - 1) {
    throw InputError(
        where,
        fmt::format("{} atoms are announced, but only {} lines follow: the file looks incomplete",
                    *count, left));
  }
  const auto size = static_cast<std::size_t>(*count);
  const SourceLocation comment_place{name, position + 2};
  Frame frame;
  std::map<std::string, std::string> entries = parse_comment(lines[position + 1], comment_place);
  const auto properties = entries.find("Properties");
  const Layout layout =
      properties == entries.end() ? Layout{} : layout_of(properties->second, comment_place);
  entries.erase("Properties");
  apply_comment(std::move(entries), comment_place, frame);

  frame.structure.positions.resize(3, static_cast<Eigen::Index>(size));
  if (layout.forces != std::string::npos) {
    frame.data.forces.emplace(3, static_cast<Eigen::Index>(size));
  }
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t line = position + 2 + i;
    read_atom(lines[line], layout, {name, line + 1}, frame);
  }
  position += size + 2;
  require_sane(frame.structure, Closeness::coincidence, where);
  return frame;
}

std::string label_word(const std::string& label) {
  std::string word = label.empty() ? "-" : label;
  std::replace_if(
      word.begin(), word.end(), [](unsigned char c) { return c <= ' '; }, '_');
  return word;
}

void write_one(std::ostream& out, const Frame& frame) {
  const Structure& structure = frame.structure;
  const bool has_labels = !structure.labels.empty();
  out << structure.size() << '\n' << comment_line(frame) << '\n';
  for (std::size_t i = 0; i < structure.size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    const Eigen::Vector3d r = structure.positions.col(column);
    out << fmt::format("{:<2} {:18.12f} {:18.12f} {:18.12f}", element_symbol(structure.numbers[i]),
                       r(0), r(1), r(2));
    if (has_labels) out << ' ' << label_word(structure.labels[i]);
    if (frame.data.forces) {
      const Eigen::Vector3d f = frame.data.forces->col(column);
      out << fmt::format(" {:18.12f} {:18.12f} {:18.12f}", f(0), f(1), f(2));
    }
    out << '\n';
  }
}

}  // namespace

std::vector<Frame> parse_extxyz(std::string_view text, const std::string& name) {
  const std::vector<std::string_view> lines = text::lines(text);
  std::vector<Frame> frames;
  std::size_t position = 0;
  const auto skip_blank_lines = [&] {
    while (position < lines.size() && text::trim(lines[position]).empty()) ++position;
  };
  for (skip_blank_lines(); position < lines.size(); skip_blank_lines()) {
    frames.push_back(read_one(lines, position, name));
  }
  if (frames.empty()) throw InputError({name}, "the file holds no structure");
  return frames;
}

void write_extxyz(std::ostream& out, std::span<const Frame> frames) {
  for (const Frame& frame : frames) write_one(out, frame);
}

}  // namespace ionpass
