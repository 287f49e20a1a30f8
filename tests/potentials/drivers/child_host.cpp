// Starts a program and waits for it: to be killed by a test. Usage: child_host PROGRAM ARGUMENTS…
#include <string>
#include <vector>

#include "drivers/child_process.hpp"

int main(int argc, char** argv) {
  using namespace ionpass::drivers;
  ChildProcess child({.arguments = std::vector<std::string>(argv + 1, argv + argc),
                      .folder = "/tmp",
                      .input = {},
                      .output = "/dev/null",
                      .errors = "/dev/null"});
  (void)child.wait(Deadline::in(60.0));
}
