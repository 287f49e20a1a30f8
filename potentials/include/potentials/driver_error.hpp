// How an external energy program can fail, told apart so that each failure is met with what helps.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <structures/error.hpp>

namespace ionpass {

/// The ways in which a program outside of ours fails to give an energy.
enum class FailureKind {
  not_found,           ///< the program, its library or its data are not there
  wrong_version,       ///< the program is older than its driver needs, or of another interface
  crashed,             ///< ended by a signal, or with an exit status that says failure
  hung,                ///< no answer within the time it was given
  scf_not_converged,   ///< the self-consistent cycle did not converge, or did not prove that it did
  absurd_numbers,      ///< not finite, or beyond what any real system has
  wrong_atom_count,    ///< forces for another number of atoms than it was given
  truncated_output,    ///< ended well, but the result is cut short or not there
  protocol_violation,  ///< said something that its protocol does not allow
  disk_full,           ///< no space left for its files
};

inline constexpr std::array all_failure_kinds = {FailureKind::not_found,
                                                 FailureKind::wrong_version,
                                                 FailureKind::crashed,
                                                 FailureKind::hung,
                                                 FailureKind::scf_not_converged,
                                                 FailureKind::absurd_numbers,
                                                 FailureKind::wrong_atom_count,
                                                 FailureKind::truncated_output,
                                                 FailureKind::protocol_violation,
                                                 FailureKind::disk_full};

/// "scf_not_converged"
[[nodiscard]] std::string_view to_string(FailureKind kind) noexcept;

/// Whether the same evaluation may succeed in a fresh process without the old wave function.
[[nodiscard]] bool retry_may_help(FailureKind kind) noexcept;

/// An external program that failed. The message names the program and quotes the end of what it
/// said (exit code 3).
class DriverError : public BackendError {
 public:
  DriverError(FailureKind kind, const std::string& message)
      : BackendError(std::string(to_string(kind)) + ": " + message), kind_(kind) {}
  [[nodiscard]] FailureKind kind() const noexcept { return kind_; }

 private:
  FailureKind kind_;
};

}  // namespace ionpass
