// Messages of the i-PI protocol over a connected socket (Kapil et al., Comput. Phys. Commun. 236,
// 214 (2019); the wire format is that of i-PI's drivers).
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <Eigen/Dense>

#include "drivers/deadline.hpp"
#include "drivers/descriptor.hpp"

namespace ionpass::drivers {

/// The other side closed the connection.
class ConnectionLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The other side said what the protocol does not allow.
class ProtocolViolation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The other side sent forces on another number of atoms.
class WrongAtomCount : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The deadline passed.
class TimedOut : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A geometry as it goes over the wire, in bohr. Cell vectors are columns.
struct IpiGeometry {
  Eigen::Matrix3d cell = Eigen::Matrix3d::Zero();
  Eigen::Matrix3Xd positions;
};

/// An answer as it goes over the wire: hartree, hartree/bohr, hartree.
struct IpiForces {
  double energy = 0.0;
  Eigen::Matrix3Xd forces;
  Eigen::Matrix3d virial = Eigen::Matrix3d::Zero();  ///< stress = -virial / volume
  std::string extra;
};

/// Blocks no longer than its deadline, and not at all once the watched descriptor is readable
/// (which tells that the program behind the socket has ended).
class IpiChannel {
 public:
  explicit IpiChannel(Descriptor socket, int watched = -1);

  /// For all that follows.
  void set_deadline(Deadline deadline) { deadline_ = std::move(deadline); }

  void send_header(std::string_view word);
  [[nodiscard]] std::string receive_header();  ///< without the blanks that fill it up

  void send_init(int bead, std::string_view text);
  [[nodiscard]] std::string receive_init();  ///< the text; without its header
  void send_geometry(const IpiGeometry& geometry);
  [[nodiscard]] IpiGeometry receive_geometry();  ///< without its header
  void send_forces(const IpiForces& forces);
  /// Without its header. @throws WrongAtomCount before anything else is read
  [[nodiscard]] IpiForces receive_forces(Eigen::Index atoms);

 private:
  void send(std::span<const std::byte> bytes);
  void receive(std::span<std::byte> bytes);
  void await(short events);
  template <class T>
  void send_value(const T& value);
  template <class T>
  [[nodiscard]] T receive_value();
  [[nodiscard]] int receive_count(int largest, std::string_view what);

  Descriptor socket_;
  int watched_;
  bool is_inet_ = false;
  Deadline deadline_ = Deadline::in(0.0);
};

}  // namespace ionpass::drivers
