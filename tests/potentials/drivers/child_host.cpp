// Starts a program and waits for it: to be killed by a test. Usage: child_host [--old-kernel]
// PROGRAM ARGUMENTS…, with --old-kernel under a kernel that lacks close_range() and pidfd_open().
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "drivers/child_process.hpp"

namespace {

bool be_an_old_kernel() {
  constexpr auto number = static_cast<unsigned>(offsetof(seccomp_data, nr));
  std::array<sock_filter, 5> filter = {{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 1, 0),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ionpass::drivers;
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.at(0) == "--old-kernel") {
    if (!be_an_old_kernel()) return 77;
    words.erase(words.begin());
  }
  ChildProcess child({.arguments = words,
                      .folder = "/tmp",
                      .input = {},
                      .output = "/dev/null",
                      .errors = "/dev/null"});
  (void)child.wait(Deadline::in(60.0));
}
