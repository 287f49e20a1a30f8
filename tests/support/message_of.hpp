// What a refusal says.
#pragma once

#include <string>

#include <structures/error.hpp>

namespace ionpass::test {

/// Message of the InputError that a call throws.
template <typename Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace ionpass::test
