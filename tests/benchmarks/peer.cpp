#include "peer.hpp"

#include <filesystem>

#include <sys/resource.h>

#include <structures/error.hpp>

#include "cases.hpp"

namespace ionpass::bench {

namespace {

/// Processor time of all child processes that have ended.
double children_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

std::optional<double> cp2k_seconds(const Structure& structure) {
  PotentialSettings settings;
  settings.name = "driver/cp2k-xtb";
  settings.driver.exchange = "files";
  settings.driver.scratch = std::filesystem::temp_directory_path();
  settings.driver.timeout = 3600.0;
  settings.driver.retries = 0;
  const double before = children_seconds();
  try {
    (void)make_potential(settings, parameter_data())->evaluate(structure);
  } catch (const Error&) {
    return std::nullopt;
  }
  return children_seconds() - before;
}

}  // namespace ionpass::bench
