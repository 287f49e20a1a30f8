#include "drivers/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <potentials/driver_error.hpp>

#include "drivers/warden.hpp"

extern char** environ;

namespace ionpass::drivers {

namespace fs = std::filesystem;

namespace {

/// Variables by which MPI launchers and batch systems tell a process which job it is part of.
constexpr std::array<std::string_view, 17> job_prefixes = {
    "OMPI_",           "PMIX_",  "PMI_",   "ORTE_",           "PRTE_",   "OPAL_",
    "HYDRA_",          "I_MPI_", "SLURM_", "MPIR_",           "SLURMD_", "MPI_LOCALRANKID",
    "MPI_LOCALNRANKS", "PALS_",  "ALPS_",  "MV2_COMM_WORLD_", "FLUX_"};

/// Programs are to print numbers with a dot and complaints in English, whatever the user's
/// language.
constexpr std::array<std::string_view, 2> language_prefixes = {"LC_ALL=", "LANGUAGE="};
constexpr const char* language = "LC_ALL=C.UTF-8";

/// What a user sets for Open MPI, as far as a launcher does not set it itself.
constexpr std::array<std::string_view, 4> user_settings = {
    "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_MCA_rmaps_base_oversubscribe", "OMPI_MCA_btl", "OMPI_MCA_pml"};

bool has_prefix(std::string_view variable, const auto& prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](std::string_view prefix) { return variable.starts_with(prefix); });
}

std::array<Descriptor, 2> make_pipe(const std::string& name) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw DriverError(FailureKind::not_found, fmt::format("{}: no pipe to it can be made ({})",
                                                          name, std::strerror(errno)));
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

std::string Ending::text() const {
  return by_signal ? fmt::format("signal {} ({})", code, strsignal(code))
                   : fmt::format("exit status {}", code);
}

fs::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  const std::string folders = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  if (name.find('/') != std::string::npos) {
    if (access(name.c_str(), X_OK) == 0 && !fs::is_directory(name)) return fs::absolute(name);
    throw DriverError(FailureKind::not_found,
                      fmt::format("{}: no program that can be run; check the path", name));
  }
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const fs::path file = fs::path(folders.substr(begin, end - begin)) / name;
    if (end > begin && access(file.c_str(), X_OK) == 0 && !fs::is_directory(file))
      return fs::absolute(file);
    begin = end + 1;
  }
  throw DriverError(FailureKind::not_found,
                    fmt::format("program '{}' is in no folder of PATH ({}); install it, or give "
                                "its path in potential.driver.command",
                                name, folders));
}

std::vector<std::string> clean_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const bool is_of_job =
        has_prefix(variable, job_prefixes) && !has_prefix(variable, user_settings);
    if (!is_of_job && !has_prefix(variable, language_prefixes)) out.emplace_back(variable);
  }
  out.emplace_back(language);
  return out;
}

ChildProcess::ChildProcess(const LaunchPlan& plan) : name_(plan.arguments.at(0)) {
  const std::string program = find_program(name_).string();
  std::vector<std::string> arguments = plan.arguments;
  std::vector<std::string> environment = clean_environment();
  const std::vector<char*> argument_pointers = pointers(arguments);
  const std::vector<char*> environment_pointers = pointers(environment);
  const std::string folder = plan.folder.string();
  const std::string input = plan.input.empty() ? "/dev/null" : plan.input.string();
  const std::string output = plan.output.string();
  const std::string errors = plan.errors.string();
  std::array<Descriptor, 2> life = make_pipe(name_);
  std::array<Descriptor, 2> status = make_pipe(name_);
  const WardenPlan warden{.program = program.c_str(),
                          .arguments = argument_pointers.data(),
                          .environment = environment_pointers.data(),
                          .folder = folder.c_str(),
                          .input = input.c_str(),
                          .output = output.c_str(),
                          .errors = errors.c_str(),
                          .life = life[0].number(),
                          .status = status[1].number()};
  // _Fork and not fork: handlers of other libraries would stop their threads, here and for good.
  warden_ = _Fork();
  if (warden_ == 0) run_warden(warden);
  if (warden_ < 0)
    throw DriverError(FailureKind::not_found, fmt::format("{}: no process can be made for it ({})",
                                                          name_, std::strerror(errno)));
  life_ = std::move(life[1]);
  status_ = std::move(status[0]);
}

ChildProcess::~ChildProcess() { kill(); }

std::optional<Ending> ChildProcess::ending() { return wait(Deadline::in(0.0)); }

std::optional<Ending> ChildProcess::wait(const Deadline& deadline) {
  while (!ending_) {
    pollfd watched{status_.number(), POLLIN, 0};
    const int ready = poll(&watched, 1, deadline.milliseconds());
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      if (deadline.passed()) return std::nullopt;
      continue;
    }
    WardenMessage message;
    const ssize_t size = read(status_.number(), &message, sizeof message);
    reap();
    // A warden that was killed itself takes the program with it.
    if (size != sizeof message) message = {WardenMessage::signalled, SIGKILL};
    ending_ = Ending{message.kind != WardenMessage::exited, message.value};
    if (message.kind == WardenMessage::not_started) {
      ending_ = Ending{false, 127};
      const bool is_full = message.value == ENOSPC || message.value == EDQUOT;
      throw DriverError(
          is_full ? FailureKind::disk_full : FailureKind::not_found,
          fmt::format("{} could not be started ({})", name_, std::strerror(message.value)));
    }
  }
  return ending_;
}

void ChildProcess::reap() noexcept {
  life_.close();
  while (waitpid(warden_, nullptr, 0) < 0 && errno == EINTR) {
  }
  warden_ = -1;
}

void ChildProcess::kill() noexcept {
  if (warden_ < 0) return;
  reap();
  if (!ending_) ending_ = Ending{true, SIGKILL};
}

}  // namespace ionpass::drivers
