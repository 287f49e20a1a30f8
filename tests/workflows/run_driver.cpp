// Runs a study with Lennard-Jones energies: what the tests start, stop, kill and start again.
//   run_driver STUDY.yaml RUN_DIR DELAY_IN_MICROSECONDS REFUSED_ATOMIC_NUMBER
#include <chrono>
#include <exception>
#include <iostream>
#include <string>

#include <lennard_jones.hpp>

#include <hpc/communicator.hpp>
#include <workflows/runner.hpp>

namespace {

int run(int argc, char** argv, const ionpass::hpc::Communicator& communicator) {
  using namespace ionpass;
  if (argc != 5) {
    std::cerr << "run_driver: 4 arguments expected\n";
    return 2;
  }
  test::LennardJonesSettings settings;
  settings.delay = std::chrono::microseconds(std::stol(argv[3]));
  settings.refused = std::stoi(argv[4]);
  workflows::RunOptions options;
  options.run_dir = argv[2];
  options.potential = [settings](const PotentialSettings&) {
    return std::make_unique<test::LennardJones>(settings);
  };
  const workflows::Study study =
      communicator.is_root() ? workflows::read_study(argv[1]) : workflows::Study{};
  return workflows::run_study(study, options, communicator).exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const ionpass::hpc::Session session(argc, argv);
  const auto communicator = ionpass::hpc::Communicator::world();
  try {
    return run(argc, argv, communicator);
  } catch (const std::exception& error) {
    std::cerr << "run_driver: " << error.what() << "\n";
    if (communicator.size() > 1) communicator.abort(2);
    return 2;
  }
}
