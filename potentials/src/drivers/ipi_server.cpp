#include "drivers/ipi_server.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <structures/error.hpp>

namespace ionpass::drivers {
namespace {

/// Not blocking: who connects may have gone again when accept() is called.
Descriptor listening_socket(int family) {
  return Descriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

[[noreturn]] void cannot_listen(const std::string& where) {
  throw IoError(fmt::format("{}: no socket can be opened there ({})", where, std::strerror(errno)));
}

}  // namespace

IpiListener IpiListener::on_unix(const std::string& name) {
  IpiListener out;
  out.name_ = name;
  const std::string path = ipi_socket_prefix + name;
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path)
    throw IoError(fmt::format("{}: too long for the name of a socket", path));
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  out.socket_ = listening_socket(AF_UNIX);
  // Before bind(): no moment in which others could connect.
  if (!out.socket_.is_open() || fchmod(out.socket_.number(), 0600) != 0 ||
      bind(out.socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    cannot_listen(path);
  out.path_ = path;  // from here on it is ours to remove
  if (listen(out.socket_.number(), 1) != 0) cannot_listen(path);
  return out;
}

IpiListener IpiListener::on_inet(const std::string& host) {
  IpiListener out;
  out.name_ = host;
  addrinfo hints{};
  hints.ai_family = AF_INET;  // the clients know no other
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), "0", &hints, &found); code != 0)
    throw InputError(
        fmt::format("potential.driver.host: '{}' is no host ({})", host, gai_strerror(code)));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, &freeaddrinfo);
  out.socket_ = listening_socket(AF_INET);
  if (!out.socket_.is_open() ||
      bind(out.socket_.number(), address->ai_addr, address->ai_addrlen) != 0 ||
      listen(out.socket_.number(), 1) != 0)
    cannot_listen(host);
  sockaddr_in bound{};
  socklen_t size = sizeof bound;
  getsockname(out.socket_.number(), reinterpret_cast<sockaddr*>(&bound), &size);
  out.port_ = ntohs(bound.sin_port);
  return out;
}

IpiListener::~IpiListener() {
  if (socket_.is_open() && is_unix()) ::unlink(path_.c_str());
}

IpiChannel IpiListener::accept(const Deadline& deadline, int watched) {
  while (true) {
    std::array<pollfd, 2> waiting{{{socket_.number(), POLLIN, 0}, {watched, POLLIN, 0}}};
    const int ready = poll(waiting.data(), waiting.size(), deadline.milliseconds());
    if (ready > 0 && waiting[0].revents != 0) {
      Descriptor client(accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (client.is_open()) return IpiChannel(std::move(client), watched);
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        throw IoError(fmt::format("a program cannot be accepted ({})", std::strerror(errno)));
    }
    if (ready > 0 && waiting[1].revents != 0) throw ConnectionLost("the program has ended");
    if (deadline.passed()) throw TimedOut("nothing connected in time");
  }
}

IpiForces ask_forces(IpiChannel& channel, const IpiGeometry& geometry) {
  const auto status = [&channel] {
    channel.send_header("STATUS");
    return channel.receive_header();
  };
  const auto expect = [](const std::string& word, const std::string& expected) {
    if (word != expected)
      throw ProtocolViolation(fmt::format("said '{}' where '{}' was expected", word, expected));
  };
  std::string word = status();
  if (word == "NEEDINIT") {
    channel.send_init(0, std::string_view("\0", 1));
    word = status();
  }
  expect(word, "READY");
  channel.send_geometry(geometry);
  expect(status(), "HAVEDATA");
  channel.send_header("GETFORCE");
  expect(channel.receive_header(), "FORCEREADY");
  return channel.receive_forces(geometry.positions.cols());
}

}  // namespace ionpass::drivers
