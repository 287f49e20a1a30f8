// Communicators of a build without MPI: one rank, which has nobody to talk to.
#include <cstdlib>
#include <utility>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {
namespace {

[[noreturn]] void refuse(const char* call, int peer) {
  throw MpiError(std::string(call) + " with rank " + std::to_string(peer) +
                 ": this build has no MPI and only rank 0; configure with -DIONPASS_MPI=ON");
}

}  // namespace

struct Communicator::Handle {};

Session::Session(int& /*argc*/, char**& /*argv*/) {}
Session::~Session() = default;

Communicator::Communicator(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}
Communicator Communicator::world() { return self(); }
Communicator Communicator::self() { return Communicator(std::make_shared<const Handle>()); }

int Communicator::rank() const noexcept { return 0; }
int Communicator::size() const noexcept { return 1; }
Communicator Communicator::split(int /*color*/) const { return *this; }
void Communicator::barrier() const {}
Bytes Communicator::broadcast(Bytes bytes, int root) const {
  if (root != 0) refuse("broadcast", root);
  return bytes;
}
bool Communicator::all_of(bool value) const { return value; }
int Communicator::min(int value) const { return value; }
void Communicator::sum(std::span<double> /*values*/) const {}
void Communicator::send(const Bytes& /*bytes*/, int destination, int /*tag*/) const {
  refuse("send", destination);
}
Bytes Communicator::receive(int source, int /*tag*/) const { refuse("receive", source); }
bool Communicator::probe(Envelope& /*envelope*/, int /*tag*/) const { return false; }
int Communicator::fortran_handle() const { return 0; }
void Communicator::abort(int exit_code) const { std::_Exit(exit_code); }

}  // namespace ionpass::hpc
