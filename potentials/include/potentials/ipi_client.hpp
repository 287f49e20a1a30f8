// Our engine behind the i-PI protocol: other programs move the atoms and ask for forces.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <potentials/potential.hpp>

namespace ionpass {

/// Where the server listens.
struct IpiAddress {
  bool is_unix = true;
  std::string name;  ///< the name behind /tmp/ipi_, or a host
  int port = 0;      ///< for hosts
};

struct IpiClientSettings {
  double connect_timeout = 60.0;  ///< s; a server that starts beside us may listen late
  double message_timeout = 60.0;  ///< s, until all of a message is there (or ours is taken)
  std::function<void(const Evaluation&)> on_evaluation = {};
};

/// Connects to a server and evaluates the geometries it sends, until it says EXIT or closes the
/// connection between two evaluations. Each evaluation starts from the state of the last one.
/// @param start elements, order and charge of the atoms, which the protocol does not carry; a cell
/// if there is one
/// @returns the number of evaluations
/// @throws InputError for a server that is not there or sends another number of atoms;
/// BackendError for one that breaks the protocol or falls silent in the middle of a message; what
/// Potential::evaluate throws, after which the connection is closed
[[nodiscard]] std::size_t serve_ipi(const Potential& potential, const Structure& start,
                                    const IpiAddress& address,
                                    const IpiClientSettings& settings = {});

}  // namespace ionpass
