// Programs of which we know nothing but an argument vector: they read extxyz and answer with extxyz
// or JSON, or connect to our socket.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "drivers/answer_json.hpp"
#include "drivers/dialect.hpp"
#include "drivers/input_template.hpp"
#include "drivers/scratch_folder.hpp"

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

constexpr const char* input_file = "structure.extxyz";
constexpr const char* output_file = "answer";

bool is_json(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

Evaluation answer_from_extxyz(std::string_view text, const Structure& structure,
                              const ProgramOutput& output) {
  const std::vector<Frame> frames = parse_frames(text, output_file);
  if (frames.empty()) throw InputError("the answer is empty");
  const Frame& frame = frames.back();
  // Programs that sort atoms by element would give each the force of another.
  if (frame.structure.size() == structure.size() && frame.structure.numbers != structure.numbers)
    throw failure(FailureKind::protocol_violation,
                  "the answer has other elements than it was given, or another order of them",
                  output);
  if (!frame.data.energy || !frame.data.forces)
    throw InputError("the answer has no energy=... in its comment or no forces:R:3 in its columns");
  Evaluation out;
  out.energy = out.free_energy = *frame.data.energy;
  out.forces = *frame.data.forces;
  out.stress = frame.data.stress;
  return out;
}

class Generic final : public Dialect {
 public:
  Generic(const Recipe& recipe, const PotentialSettings& settings)
      : is_ipi_(recipe.program == Program::ipi), name_(recipe.potential.name) {
    const std::set<std::string> names =
        is_ipi_ ? std::set<std::string>{"input", "socket", "host", "port"}
                : std::set<std::string>{"input", "output"};
    for (const std::string& argument : command_of(recipe, settings.driver)) {
      arguments_.push_back(InputTemplate::parse(argument, "potential.driver.command", names, {}));
      command_ += (command_.empty() ? "" : " ") + argument;
    }
  }

  void check(const Structure& structure) const override {
    if (is_ipi_) require_cell(structure, name_);
    if (is_ipi_ && structure.charge != 0.0)
      throw InputError(fmt::format(
          "{}: a charge of {} e cannot be told over the i-PI protocol; write it into the input of "
          "the program and give --charge 0 here",
          name_, structure.charge));
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override {
    return {{"command", command_}};
  }

  void write_input(const fs::path& folder, const Job& job) const override {
    Frame frame;
    frame.structure = *job.structure;
    if (frame.structure.charge != 0.0)
      frame.data.info["charge"] = fmt::format("{}", frame.structure.charge);
    std::ostringstream text;
    write_extxyz(text, std::span(&frame, 1));
    write_input_file(folder / input_file, text.str());
    std::error_code ignored;
    fs::remove(folder / output_file, ignored);
  }

  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>&,
                                                   const Job& job) const override {
    std::map<std::string, std::string> values = {{"input", input_file}, {"output", output_file}};
    if (job.socket) {
      values["socket"] = values["host"] = job.socket->name;
      values["port"] = fmt::format("{}", job.socket->port);
    }
    std::vector<std::string> out;
    for (const InputTemplate& argument : arguments_) out.push_back(argument.render(values, {}));
    return out;
  }

  [[nodiscard]] std::string standard_input() const override {
    return uses("input") || is_ipi_ ? "" : input_file;
  }

  int require_convergence(std::string_view, const ProgramOutput&) const override { return 0; }

  [[nodiscard]] Evaluation read_result(const fs::path& folder, const Job& job,
                                       const ProgramOutput& output) const override {
    const std::string text = answer_text(folder, output);
    Evaluation out;
    try {
      out =
          is_json(text) ? answer_from_json(text) : answer_from_extxyz(text, *job.structure, output);
    } catch (const DriverError&) {
      throw;
    } catch (const Error& error) {
      throw failure(FailureKind::truncated_output, error.what(), output);
    }
    if (!out.scf.converged)
      throw failure(FailureKind::scf_not_converged, "the answer says that it did not converge",
                    output);
    if (out.forces.cols() != static_cast<Eigen::Index>(job.structure->size()))
      throw failure(FailureKind::wrong_atom_count,
                    fmt::format("the answer has forces on {} atoms for a structure of {}",
                                out.forces.cols(), job.structure->size()),
                    output);
    if (out.charges && out.charges->size() != out.forces.cols())
      throw failure(FailureKind::wrong_atom_count,
                    fmt::format("the answer has charges of {} atoms for a structure of {}",
                                out.charges->size(), out.forces.cols()),
                    output);
    return out;
  }

 private:
  [[nodiscard]] bool uses(const std::string& name) const {
    return std::ranges::any_of(arguments_, [&](const InputTemplate& a) { return a.uses(name); });
  }

  /// The file that the program was told to write, or what it said.
  [[nodiscard]] std::string answer_text(const fs::path& folder, const ProgramOutput& output) const {
    if (!uses("output")) return output.fresh();
    if (!fs::exists(folder / output_file))
      throw failure(FailureKind::truncated_output, "the program wrote no answer", output);
    output.require_bounded(folder / output_file);
    return read_text_file(folder / output_file);
  }

  bool is_ipi_;
  std::string name_;
  std::string command_;
  std::vector<InputTemplate> arguments_;
};

}  // namespace

std::unique_ptr<Dialect> make_generic(const Recipe& recipe, const PotentialSettings& settings) {
  return std::make_unique<Generic>(recipe, settings);
}

}  // namespace ionpass::drivers
