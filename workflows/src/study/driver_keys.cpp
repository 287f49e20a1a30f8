// Rows of the table that say how an external energy program is run.
#include "study/key_kinds.hpp"

namespace ionpass::workflows {
namespace {

DriverSettings& driver(StudyDraft& draft) { return draft.material.potential.driver; }

/// A row that has a meaning for external programs only.
Key for_drivers(Key key) {
  key.read = [path = key.path, read = key.read](StudyDraft& draft, const YamlNode& node) {
    if (!is_driver(draft))
      node.fail("has no meaning here; it belongs to a potential named 'driver/…'");
    read(draft, node);
  };
  key.write = [write = key.write](StudyDraft& draft) -> std::optional<std::string> {
    if (!is_driver(draft)) return std::nullopt;
    return write(draft);
  };
  return key;
}

/// A word of a few, or none.
Key optional_word(const KeyHead& head, Member<std::string> member,
                  const std::vector<std::string>& words) {
  Key key = word_key(head, member, words);
  key.write = [member](StudyDraft& draft) -> std::optional<std::string> {
    if (member(draft).empty()) return std::nullopt;
    return member(draft);
  };
  return key;
}

Key path_key(const KeyHead& head, Member<std::filesystem::path> member) {
  Key key{head.path, "path", "", "relative to this file", head.meaning, head.scope, {}, {}};
  key.read = [member](StudyDraft& draft, const YamlNode& node) { member(draft) = node.text(); };
  key.write = [member](StudyDraft& draft) -> std::optional<std::string> {
    if (member(draft).empty()) return std::nullopt;
    return yaml_text(member(draft).string());
  };
  return key;
}

void append_program_keys(std::vector<Key>& keys) {
  keys.push_back(words_key(
      {"potential.driver.command",
       "program and arguments, without a shell; empty: the driver's own. What begins with ./ or "
       "../ is relative to this file"},
      [](StudyDraft& d) -> std::vector<std::string>& { return driver(d).command; }, {}));
  keys.push_back(optional_word({"potential.driver.exchange",
                                "a process kept alive behind a socket, or a run over files per "
                                "energy; left out: as the driver prefers"},
                               [](StudyDraft& d) -> std::string& { return driver(d).exchange; },
                               {"socket", "files"}));
  keys.push_back(word_key({"potential.driver.transport", "kind of socket: UNIX, or a TCP port"},
                          [](StudyDraft& d) -> std::string& { return driver(d).transport; },
                          {"unix", "inet"}));
  keys.push_back(text_key({"potential.driver.host", "interface an inet socket listens on"},
                          [](StudyDraft& d) -> std::string& { return driver(d).host; }));
  keys.push_back(integer_key<int>(
      {"potential.driver.ranks", "MPI ranks of one process of the program"},
      [](StudyDraft& d) -> int& { return driver(d).ranks; }, between(1, 100000)));
  keys.push_back(
      words_key({"potential.driver.launcher", "put in front of the command for more than one rank"},
                [](StudyDraft& d) -> std::vector<std::string>& { return driver(d).launcher; }, {}));
}

void append_care_keys(std::vector<Key>& keys) {
  keys.push_back(number_key(
      {"potential.driver.timeout", "longest time of one evaluation"},
      [](StudyDraft& d) -> double& { return driver(d).timeout; }, Dimension::time,
      above_up_to(1e8)));
  keys.push_back(number_key(
      {"potential.driver.start_timeout", "longest time until a program connects to its socket"},
      [](StudyDraft& d) -> double& { return driver(d).start_timeout; }, Dimension::time,
      above_up_to(1e8)));
  keys.push_back(integer_key<int>(
      {"potential.driver.retries", "fresh starts after a failure that may pass"},
      [](StudyDraft& d) -> int& { return driver(d).retries; }, between(0, 100)));
  keys.push_back(flag_key({"potential.driver.keep_output",
                           "keep the output of every evaluation, not of failed ones only"},
                          [](StudyDraft& d) -> bool& { return driver(d).keep_output; }));
}

void append_file_keys(std::vector<Key>& keys) {
  keys.push_back(path_key(
      {"potential.driver.scratch",
       "where the programs' folders are made; left out: in the run folder, or a temporary folder"},
      [](StudyDraft& d) -> std::filesystem::path& { return driver(d).scratch; }));
  keys.push_back(path_key(
      {"potential.driver.template", "input file with placeholders, instead of the driver's own"},
      [](StudyDraft& d) -> std::filesystem::path& { return driver(d).template_file; }));
  keys.push_back(
      path_key({"potential.driver.pseudopotentials", "folder searched before the driver's own"},
               [](StudyDraft& d) -> std::filesystem::path& { return driver(d).pseudopotentials; }));
  keys.push_back(
      path_key({"potential.driver.library", "shared library of a plug-in"},
               [](StudyDraft& d) -> std::filesystem::path& { return driver(d).library; }));
  keys.push_back(text_key({"potential.driver.parameters", "text handed to a plug-in"},
                          [](StudyDraft& d) -> std::string& { return driver(d).parameters; }));
}

}  // namespace

void append_driver_keys(std::vector<Key>& keys) {
  std::vector<Key> rows;
  append_program_keys(rows);
  append_care_keys(rows);
  append_file_keys(rows);
  for (Key& row : rows) keys.push_back(for_drivers(std::move(row)));
}

}  // namespace ionpass::workflows
