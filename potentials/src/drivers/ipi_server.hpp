// Our side of the i-PI protocol where we own the geometry: listens, and asks one client for
// forces.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "drivers/ipi_channel.hpp"

namespace ionpass::drivers {

/// A socket that waits for one client.
class IpiListener {
 public:
  /// /tmp/ipi_NAME, which is where every client looks for UNIX sockets. Only this user can connect.
  /// @param name no other listener's on this machine. @throws IoError
  static IpiListener on_unix(const std::string& name);
  /// A free port of an interface: "localhost", or the name or number of one of this host's.
  /// Whoever reaches the port can connect. @throws InputError for a name that is not of this host
  static IpiListener on_inet(const std::string& host);
  ~IpiListener();
  IpiListener(IpiListener&&) noexcept = default;
  IpiListener& operator=(IpiListener&&) = delete;

  [[nodiscard]] bool is_unix() const noexcept { return !path_.empty(); }
  /// What a client is given: the name behind /tmp/ipi_, or the host.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] int port() const noexcept { return port_; }  ///< 0 for UNIX sockets

  /// @param watched becomes readable when the client's process has ended
  /// @throws TimedOut, ConnectionLost
  [[nodiscard]] IpiChannel accept(const Deadline& deadline, int watched);

 private:
  IpiListener() = default;
  Descriptor socket_;
  std::string name_;
  std::filesystem::path path_;
  int port_ = 0;
};

/// Folder and beginning of the names of UNIX sockets, which clients put in front by themselves.
inline constexpr const char* ipi_socket_prefix = "/tmp/ipi_";

/// One evaluation: geometry out, forces back. The deadline of the channel covers all of it.
/// @throws TimedOut, ConnectionLost, ProtocolViolation, WrongAtomCount
[[nodiscard]] IpiForces ask_forces(IpiChannel& channel, const IpiGeometry& geometry);

}  // namespace ionpass::drivers
