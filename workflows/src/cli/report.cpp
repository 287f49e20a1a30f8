// ionpass report: the report of a run folder, made again from what is stored in it.
#include <fmt/format.h>

#include <structures/error.hpp>
#include <workflows/data_paths.hpp>
#include <workflows/report.hpp>
#include <workflows/results_json.hpp>
#include <workflows/store.hpp>

#include "cli/output.hpp"

namespace ionpass::workflows {
namespace {

struct ReportCommandOptions {
  std::string run_dir, format, output;
};

/// As asked, else as the name of the output file says, else what reads well on a terminal.
std::string chosen_format(const ReportCommandOptions& options) {
  if (!options.format.empty()) return options.format;
  const std::string extension = std::filesystem::path(options.output).extension().string();
  if (extension == ".html" || extension == ".json" || extension == ".md")
    return extension.substr(1);
  if (options.output.empty() || options.output == "-") return "md";
  throw InputError(
      fmt::format("{}: the ending names no format of a report; give --format html, md or json",
                  options.output));
}

StudyResult stored_result(const std::string& run_dir) {
  const Store store(run_dir, Store::Access::read_only);
  const std::optional<std::string> document = store.document("result");
  if (!document)
    throw InputError(fmt::format("{}: holds no results yet; run the study first", run_dir));
  return from_document(*document);
}

std::string report(const ReportCommandOptions& options) {
  const std::string format = chosen_format(options);
  const StudyResult result = stored_result(options.run_dir);
  const Literature literature = read_literature(data_paths().literature);
  if (format == "html") return report_html(result, literature);
  if (format == "json") return report_json(result, literature);
  return report_markdown(result, literature);
}

}  // namespace

void add_report(CLI::App& app, Invocation& invocation) {
  CLI::App& command =
      add_command(app, "report", "report of a run folder", "ionpass report results -o report.html");
  const auto options = std::make_shared<ReportCommandOptions>();
  command.add_option("RUN_DIR", options->run_dir, "run folder of a study")->required();
  command
      .add_option("--format", options->format,
                  "html, md or json (default: from the output's name, else md)")
      ->check(CLI::IsMember({"html", "md", "json"}));
  command.add_option("-o,--output", options->output, "file to write (default: standard output)");
  invocation.on(command, [options](const Invocation&) {
    write_result(options->output, report(*options));
    return ExitCode::done;
  });
}

}  // namespace ionpass::workflows
