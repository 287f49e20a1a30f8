// Whether an answer can be used.
#pragma once

#include <cstddef>
#include <string>

#include <neb/job.hpp>

namespace ionpass::neb {

/// What is wrong with an evaluation of so many atoms: a wrong number of forces, numbers that are
/// not finite. Empty if nothing.
[[nodiscard]] std::string evaluation_defect(const Evaluation& evaluation, std::size_t atoms);

/// The same for an answer; its own error first.
[[nodiscard]] std::string answer_defect(const Answer& answer, std::size_t atoms);

}  // namespace ionpass::neb
