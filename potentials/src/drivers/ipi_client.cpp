#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <potentials/ipi_client.hpp>
#include <structures/error.hpp>
#include <structures/units.hpp>

#include "drivers/ipi_channel.hpp"
#include "drivers/ipi_server.hpp"

namespace ionpass {

using namespace drivers;

namespace {

/// Closed, with errno, if nobody listens there. A host that does not answer at all would keep a
/// blocking connect() for minutes.
Descriptor connect_to(const sockaddr* address, socklen_t size, const Deadline& deadline) {
  Descriptor out(socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out.is_open()) return {};
  if (connect(out.number(), address, size) == 0) return out;
  int error = errno;
  if (error == EINPROGRESS) {
    pollfd watched{out.number(), POLLOUT, 0};
    while (poll(&watched, 1, deadline.milliseconds()) <= 0)
      if (deadline.passed()) break;
    socklen_t length = sizeof error;
    error = ETIMEDOUT;
    if (watched.revents != 0) getsockopt(out.number(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0) return out;
  }
  errno = error;
  return {};
}

Descriptor connect_unix(const std::string& name, const Deadline& deadline) {
  const std::string path = ipi_socket_prefix + name;
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path)
    throw InputError(fmt::format("{}: too long for the name of a socket", path));
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
}

Descriptor connect_inet(const IpiAddress& address, const Deadline& deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = fmt::format("{}", address.port);
  if (const int code = getaddrinfo(address.name.c_str(), port.c_str(), &hints, &found); code != 0)
    throw InputError(fmt::format("'{}' is no host ({})", address.name, gai_strerror(code)));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next)
    if (Descriptor out = connect_to(entry->ai_addr, entry->ai_addrlen, deadline); out.is_open())
      return out;
  return {};
}

IpiChannel connect_server(const IpiAddress& address, double patience) {
  constexpr std::chrono::milliseconds pause(50);
  const Deadline deadline = Deadline::in(patience);
  while (true) {
    Descriptor socket =
        address.is_unix ? connect_unix(address.name, deadline) : connect_inet(address, deadline);
    if (socket.is_open()) return IpiChannel(std::move(socket));
    const int reason = errno;
    if (deadline.passed())
      throw InputError(fmt::format("no i-PI server listens at {} ({}); start it first",
                                   address.is_unix
                                       ? ipi_socket_prefix + address.name
                                       : fmt::format("{}:{}", address.name, address.port),
                                   std::strerror(reason)));
    std::this_thread::sleep_for(pause);
  }
}

/// Answers one server.
class Client {
 public:
  Client(const Potential& potential, Structure structure, const IpiClientSettings& settings)
      : potential_(potential), structure_(std::move(structure)), settings_(settings) {}

  std::size_t run(IpiChannel& channel) {
    constexpr double for_ever = 1e9;  // s; the server may do anything between two messages
    while (true) {
      std::string word;
      channel.set_deadline(Deadline::in(for_ever));
      try {
        word = channel.receive_header();
      } catch (const ConnectionLost&) {
        return evaluations_;
      }
      if (word == "EXIT") return evaluations_;
      channel.set_deadline(Deadline::in(settings_.message_timeout));
      answer(word, channel);
    }
  }

 private:
  void answer(const std::string& word, IpiChannel& channel) {
    if (word == "STATUS") {
      channel.send_header(has_data_ ? "HAVEDATA" : is_initialised_ ? "READY" : "NEEDINIT");
    } else if (word == "INIT") {
      (void)channel.receive_init();
      is_initialised_ = true;
    } else if (word == "POSDATA") {
      evaluate(channel.receive_geometry());
    } else if (word == "GETFORCE" && has_data_) {
      channel.send_forces(forces_);
      has_data_ = false;
    } else {
      throw BackendError(fmt::format(
          "the i-PI server said '{}' {}", word,
          word == "GETFORCE" ? "before it sent a geometry" : "which is no word of the protocol"));
    }
  }

  void evaluate(const IpiGeometry& geometry) {
    if (geometry.positions.cols() != structure_.positions.cols())
      throw InputError(fmt::format("the i-PI server sent {} atoms, the structure file has {}",
                                   geometry.positions.cols(), structure_.size()));
    structure_.positions = geometry.positions * units::bohr;
    if (structure_.cell) structure_.cell.emplace(Eigen::Matrix3d(geometry.cell * units::bohr));
    const Evaluation evaluation = potential_.evaluate(
        structure_, {.stress = structure_.is_periodic(), .guess = std::move(state_)});
    state_ = evaluation.state;
    forces_.energy = evaluation.free_energy / units::hartree;
    forces_.forces = evaluation.forces / units::hartree_per_bohr;
    if (evaluation.stress)
      forces_.virial = -*evaluation.stress * structure_.cell->volume() / units::hartree;
    has_data_ = true;
    ++evaluations_;
    if (settings_.on_evaluation) settings_.on_evaluation(evaluation);
  }

  const Potential& potential_;
  Structure structure_;
  const IpiClientSettings& settings_;
  std::vector<double> state_;
  IpiForces forces_;
  bool is_initialised_ = false;
  bool has_data_ = false;
  std::size_t evaluations_ = 0;
};

}  // namespace

std::size_t serve_ipi(const Potential& potential, const Structure& start, const IpiAddress& address,
                      const IpiClientSettings& settings) {
  potential.check(start);
  IpiChannel channel = connect_server(address, settings.connect_timeout);
  try {
    return Client(potential, start, settings).run(channel);
  } catch (const ConnectionLost& error) {
    throw BackendError(
        fmt::format("the i-PI server went away in the middle of a message ({})", error.what()));
  } catch (const TimedOut&) {
    throw BackendError(
        fmt::format("the i-PI server fell silent for {:g} s in the middle of a message",
                    settings.message_timeout));
  } catch (const ProtocolViolation& error) {
    throw BackendError(fmt::format("the i-PI server {}", error.what()));
  }
}

}  // namespace ionpass
