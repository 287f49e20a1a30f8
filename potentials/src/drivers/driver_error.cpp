#include <potentials/driver_error.hpp>

namespace ionpass {

std::string_view to_string(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::not_found:
      return "not_found";
    case FailureKind::wrong_version:
      return "wrong_version";
    case FailureKind::crashed:
      return "crashed";
    case FailureKind::hung:
      return "hung";
    case FailureKind::scf_not_converged:
      return "scf_not_converged";
    case FailureKind::absurd_numbers:
      return "absurd_numbers";
    case FailureKind::wrong_atom_count:
      return "wrong_atom_count";
    case FailureKind::truncated_output:
      return "truncated_output";
    case FailureKind::protocol_violation:
      return "protocol_violation";
    case FailureKind::disk_full:
      return "disk_full";
  }
  return "unknown";
}

bool retry_may_help(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::crashed:
    case FailureKind::hung:
    case FailureKind::scf_not_converged:
    case FailureKind::absurd_numbers:
    case FailureKind::truncated_output:
    case FailureKind::protocol_violation:
      return true;
    case FailureKind::not_found:
    case FailureKind::wrong_version:
    case FailureKind::wrong_atom_count:
    case FailureKind::disk_full:
      return false;
  }
  return false;
}

}  // namespace ionpass
