// MPI ranks as values: a session, communicators, and the few collectives the project needs.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace ionpass::hpc {

using Bytes = std::vector<std::byte>;

/// A failed MPI call: which one, and what the library says of it.
class MpiError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Initialises MPI for the lifetime of the object if a launcher (mpirun, srun) started the program.
/// Alone, the program is one rank and needs no MPI: it starts sooner, and leaves no daemon when it
/// is killed. Make one, in main.
class Session {
 public:
  Session(int& argc, char**& argv);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  int exceptions_ =
      0;  ///< under way when it was made: an error passing by must not wait for other ranks
};

/// A group of ranks. Copies share the handle; the last copy frees it. Without MPI, one rank.
class Communicator {
 public:
  /// All ranks of the program; this rank alone if no launcher started it.
  /// @throws MpiError if there is a launcher and no Session
  static Communicator world();
  /// This rank alone; needs no Session.
  static Communicator self();

  [[nodiscard]] int rank() const noexcept;
  [[nodiscard]] int size() const noexcept;
  [[nodiscard]] bool is_root() const noexcept { return rank() == 0; }

  /// Ranks of equal colour, ordered as here.
  [[nodiscard]] Communicator split(int color) const;
  void barrier() const;
  /// The root's bytes, on every rank.
  [[nodiscard]] Bytes broadcast(Bytes bytes, int root = 0) const;
  /// True on every rank if it is true on every rank: asked before a step that all must take
  /// together.
  [[nodiscard]] bool all_of(bool value) const;
  /// The smallest of the ranks' values, on every rank.
  [[nodiscard]] int min(int value) const;
  /// Sums over the ranks, in place: the same bits on every rank.
  void sum(std::span<double> values) const;

  /// Point to point; send may return before the message is received, or wait until it is.
  /// @throws MpiError for more than 2147483647 bytes, or a rank that does not exist
  void send(const Bytes& bytes, int destination, int tag) const;
  [[nodiscard]] Bytes receive(int source, int tag) const;
  /// A message that is waiting, if any, without blocking.
  struct Envelope {
    int source = 0;
    int tag = 0;
  };
  [[nodiscard]] bool probe(Envelope& envelope, int tag) const;

  /// This communicator as MPI's Fortran interface numbers it, for libraries; 0 without MPI.
  [[nodiscard]] int fortran_handle() const;

  /// Ends the whole job, all ranks of the program, with this exit code.
  [[noreturn]] void abort(int exit_code) const;

 private:
  struct Handle;
  explicit Communicator(std::shared_ptr<const Handle> handle);
  std::shared_ptr<const Handle> handle_;
};

}  // namespace ionpass::hpc
