#include "drivers/ipi_channel.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace ionpass::drivers {
namespace {

constexpr std::size_t header_length = 12;
constexpr int largest_extra = 64 * 1024 * 1024;  // bytes; more is a length that was misread
constexpr int largest_atoms = 10'000'000;

void set_option(int socket, int option, int value) {
  // Speed only: without it the connection still works.
  (void)setsockopt(socket, IPPROTO_TCP, option, &value, sizeof value);
}

void append(std::vector<std::byte>& bytes, const void* data, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), first, first + size);
}

std::string shown(const std::array<char, header_length>& header) {
  std::string out;
  for (const char c : header) out += (c >= 0x20 && c < 0x7f) ? c : '?';
  return out;
}

}  // namespace

IpiChannel::IpiChannel(Descriptor socket, int watched)
    : socket_(std::move(socket)), watched_(watched) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  is_inet_ = getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
             address.ss_family != AF_UNIX;
  if (is_inet_) set_option(socket_.number(), TCP_NODELAY, 1);
  // Else nobody would ever tell us of a host that lost its power.
  const int yes = 1;
  if (is_inet_) (void)setsockopt(socket_.number(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  fcntl(socket_.number(), F_SETFL, O_NONBLOCK);
}

void IpiChannel::await(short events) {
  while (true) {
    std::array<pollfd, 2> watched{{{socket_.number(), events, 0}, {watched_, POLLIN, 0}}};
    const int ready = poll(watched.data(), watched.size(), deadline_.milliseconds());
    if (ready < 0 && errno != EINTR)
      throw ConnectionLost(fmt::format("poll failed ({})", std::strerror(errno)));
    if (ready > 0 && watched[0].revents != 0) return;
    // What it sent before it ended is read first.
    if (ready > 0 && watched[1].revents != 0) throw ConnectionLost("the program has ended");
    if (deadline_.passed()) throw TimedOut("no answer in time");
  }
}

void IpiChannel::send(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(POLLOUT);
    } else if (errno != EINTR) {
      throw ConnectionLost("the connection was closed");
    }
  }
}

void IpiChannel::receive(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    // Clients write in small pieces; an acknowledgement held back costs 40 ms each.
    if (is_inet_) set_option(socket_.number(), TCP_QUICKACK, 1);
    const ssize_t got = recv(socket_.number(), bytes.data(), bytes.size(), 0);
    if (got > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    } else if (got == 0) {
      throw ConnectionLost("the connection was closed");
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(POLLIN);
    } else if (errno != EINTR) {
      throw ConnectionLost(fmt::format("the connection broke ({})", std::strerror(errno)));
    }
  }
}

template <class T>
void IpiChannel::send_value(const T& value) {
  send(std::as_bytes(std::span(&value, 1)));
}

template <class T>
T IpiChannel::receive_value() {
  T value{};
  receive(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

int IpiChannel::receive_count(int largest, std::string_view what) {
  const auto count = receive_value<std::int32_t>();
  if (count < 0 || count > largest)
    throw ProtocolViolation(fmt::format("said that {} is {}", what, count));
  return count;
}

void IpiChannel::send_header(std::string_view word) {
  std::array<char, header_length> header{};
  header.fill(' ');
  std::memcpy(header.data(), word.data(), std::min(word.size(), header_length));
  send(std::as_bytes(std::span(header)));
}

std::string IpiChannel::receive_header() {
  std::array<char, header_length> header{};
  receive(std::as_writable_bytes(std::span(header)));
  std::string word = shown(header);
  word.erase(word.find_last_not_of(' ') + 1);
  return word;
}

void IpiChannel::send_init(int bead, std::string_view text) {
  send_header("INIT");
  send_value(static_cast<std::int32_t>(bead));
  send_value(static_cast<std::int32_t>(text.size()));
  send(std::as_bytes(std::span(text)));
}

std::string IpiChannel::receive_init() {
  (void)receive_value<std::int32_t>();
  std::string text(static_cast<std::size_t>(receive_count(largest_extra, "the length of INIT")),
                   '\0');
  receive(std::as_writable_bytes(std::span(text)));
  return text;
}

void IpiChannel::send_geometry(const IpiGeometry& geometry) {
  // Vectors as columns, written row by row: the transpose of Eigen's own order.
  const Eigen::Matrix3d cell = geometry.cell.transpose();
  const Eigen::Matrix3d inverse = geometry.cell.inverse().transpose();
  const auto atoms = static_cast<std::int32_t>(geometry.positions.cols());
  std::vector<std::byte> bytes;
  append(bytes, cell.data(), 9 * sizeof(double));
  append(bytes, inverse.data(), 9 * sizeof(double));
  append(bytes, &atoms, sizeof atoms);
  append(bytes, geometry.positions.data(),
         static_cast<std::size_t>(geometry.positions.size()) * sizeof(double));
  send_header("POSDATA");
  send(bytes);
}

IpiGeometry IpiChannel::receive_geometry() {
  IpiGeometry geometry;
  Eigen::Matrix3d transposed;
  receive(std::as_writable_bytes(std::span(transposed.data(), 9)));
  geometry.cell = transposed.transpose();
  receive(std::as_writable_bytes(std::span(transposed.data(), 9)));  // the inverse, which we know
  geometry.positions.resize(3, receive_count(largest_atoms, "the number of atoms"));
  receive(std::as_writable_bytes(
      std::span(geometry.positions.data(), static_cast<std::size_t>(geometry.positions.size()))));
  return geometry;
}

void IpiChannel::send_forces(const IpiForces& forces) {
  const auto atoms = static_cast<std::int32_t>(forces.forces.cols());
  const auto extra = static_cast<std::int32_t>(forces.extra.size());
  const Eigen::Matrix3d virial = forces.virial.transpose();
  std::vector<std::byte> bytes;
  append(bytes, &forces.energy, sizeof forces.energy);
  append(bytes, &atoms, sizeof atoms);
  append(bytes, forces.forces.data(),
         static_cast<std::size_t>(forces.forces.size()) * sizeof(double));
  append(bytes, virial.data(), 9 * sizeof(double));
  append(bytes, &extra, sizeof extra);
  append(bytes, forces.extra.data(), forces.extra.size());
  send_header("FORCEREADY");
  send(bytes);
}

IpiForces IpiChannel::receive_forces(Eigen::Index atoms) {
  IpiForces out;
  out.energy = receive_value<double>();
  const int count = receive_count(largest_atoms, "the number of atoms");
  if (count != atoms)
    throw WrongAtomCount(fmt::format("forces on {} atoms for a structure of {}", count, atoms));
  out.forces.resize(3, atoms);
  receive(std::as_writable_bytes(
      std::span(out.forces.data(), static_cast<std::size_t>(out.forces.size()))));
  Eigen::Matrix3d transposed;
  receive(std::as_writable_bytes(std::span(transposed.data(), 9)));
  out.virial = transposed.transpose();
  out.extra.resize(
      static_cast<std::size_t>(receive_count(largest_extra, "the length of the extra text")));
  receive(std::as_writable_bytes(std::span(out.extra)));
  return out;
}

}  // namespace ionpass::drivers
