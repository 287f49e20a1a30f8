// Communicators over MPI.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <limits>
#include <utility>

#include <mpi.h>

#include <hpc/communicator.hpp>

namespace ionpass::hpc {
namespace {

// MPI counts are ints; broadcasts of more go in pieces of this many bytes.
constexpr std::size_t chunk_bytes = std::size_t{1} << 30;

void check_mpi(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw MpiError(std::string(call) +
                 " failed: " + std::string(text, static_cast<std::size_t>(length)));
}

bool is_initialized() {
  int flag = 0;
  check_mpi(MPI_Initialized(&flag), "MPI_Initialized");
  return flag != 0;
}

// Launchers tell a process its rank: Open MPI, PMIx (Open MPI 5, srun), PMI (MPICH, Intel MPI,
// srun), Cray PALS and ALPS.
bool has_launcher() {
  constexpr std::array names{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "PALS_RANKID",
                             "ALPS_APP_PE"};
  return std::ranges::any_of(names, [](const char* name) { return std::getenv(name) != nullptr; });
}

bool is_finalized() noexcept {
  int flag = 0;
  MPI_Finalized(&flag);
  return flag != 0;
}

int message_count(std::size_t bytes, int destination) {
  if (bytes <= static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return static_cast<int>(bytes);
  throw MpiError(
      "message of " + std::to_string(bytes) + " bytes to rank " + std::to_string(destination) +
      " is longer than the 2147483647 bytes one MPI message can carry; send it in parts");
}

}  // namespace

struct Communicator::Handle {
  Handle(MPI_Comm c, bool own) : comm(c), owned(own) {
    if (comm == MPI_COMM_NULL) return;
    // Without this MPI ends the program before check_mpi can say what happened.
    check_mpi(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check_mpi(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  }
  ~Handle() {
    if (owned && comm != MPI_COMM_NULL && !is_finalized()) MPI_Comm_free(&comm);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void need_peers(const char* call) const {
    if (comm == MPI_COMM_NULL) {
      throw MpiError(std::string(call) +
                     " on a single process without MPI; make an hpc::Session first");
    }
  }

  MPI_Comm comm;  ///< MPI_COMM_NULL: this process alone, outside of any session
  bool owned;
  int rank = 0;
  int size = 1;
};

Session::Session(int& argc, char**& argv) : exceptions_(std::uncaught_exceptions()) {
  if (is_initialized())
    throw MpiError("MPI is already initialised; make one hpc::Session per program");
  if (!has_launcher()) return;
  int provided = MPI_THREAD_SINGLE;
  check_mpi(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
}

Session::~Session() {
  // While an exception passes, the other ranks may be waiting for this one: MPI_Finalize would wait
  // for them in turn. Leaving without it makes the launcher end them all.
  if (std::uncaught_exceptions() > exceptions_ || is_finalized()) return;
  int flag = 0;
  if (MPI_Initialized(&flag) == MPI_SUCCESS && flag != 0) MPI_Finalize();
}

Communicator::Communicator(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}

Communicator Communicator::world() {
  if (!is_initialized()) {
    if (!has_launcher()) return self();
    throw MpiError("MPI is not initialised; make an hpc::Session first");
  }
  return Communicator(std::make_shared<const Handle>(MPI_COMM_WORLD, false));
}

Communicator Communicator::self() {
  const bool usable = is_initialized() && !is_finalized();
  return Communicator(
      std::make_shared<const Handle>(usable ? MPI_COMM_SELF : MPI_COMM_NULL, false));
}

int Communicator::rank() const noexcept { return handle_->rank; }
int Communicator::size() const noexcept { return handle_->size; }

Communicator Communicator::split(int color) const {
  if (handle_->comm == MPI_COMM_NULL) return *this;
  MPI_Comm part = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split(handle_->comm, color, handle_->rank, &part), "MPI_Comm_split");
  return Communicator(std::make_shared<const Handle>(part, true));
}

void Communicator::barrier() const {
  if (handle_->comm == MPI_COMM_NULL) return;
  check_mpi(MPI_Barrier(handle_->comm), "MPI_Barrier");
}

Bytes Communicator::broadcast(Bytes bytes, int root) const {
  if (handle_->comm == MPI_COMM_NULL) return bytes;
  std::uint64_t count = bytes.size();
  check_mpi(MPI_Bcast(&count, 1, MPI_UINT64_T, root, handle_->comm), "MPI_Bcast");
  bytes.resize(count);
  for (std::size_t start = 0; start < bytes.size(); start += chunk_bytes) {
    const int length = static_cast<int>(std::min(chunk_bytes, bytes.size() - start));
    check_mpi(MPI_Bcast(bytes.data() + start, length, MPI_BYTE, root, handle_->comm), "MPI_Bcast");
  }
  return bytes;
}

bool Communicator::all_of(bool value) const {
  if (handle_->comm == MPI_COMM_NULL) return value;
  int mine = value ? 1 : 0;
  int all = 0;
  check_mpi(MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_LAND, handle_->comm), "MPI_Allreduce");
  return all != 0;
}

int Communicator::min(int value) const {
  if (handle_->comm == MPI_COMM_NULL) return value;
  int smallest = value;
  check_mpi(MPI_Allreduce(&value, &smallest, 1, MPI_INT, MPI_MIN, handle_->comm), "MPI_Allreduce");
  return smallest;
}

void Communicator::sum(std::span<double> values) const {
  if (handle_->comm == MPI_COMM_NULL) return;
  constexpr std::size_t chunk = chunk_bytes / sizeof(double);
  for (std::size_t start = 0; start < values.size(); start += chunk) {
    double* part = values.data() + start;
    const int length = static_cast<int>(std::min(chunk, values.size() - start));
    // MPI_Allreduce may round differently on different ranks.
    check_mpi(MPI_Reduce(is_root() ? MPI_IN_PLACE : part, part, length, MPI_DOUBLE, MPI_SUM, 0,
                         handle_->comm),
              "MPI_Reduce");
    check_mpi(MPI_Bcast(part, length, MPI_DOUBLE, 0, handle_->comm), "MPI_Bcast");
  }
}

void Communicator::send(const Bytes& bytes, int destination, int tag) const {
  handle_->need_peers("send");
  const int count = message_count(bytes.size(), destination);
  check_mpi(MPI_Send(bytes.data(), count, MPI_BYTE, destination, tag, handle_->comm), "MPI_Send");
}

Bytes Communicator::receive(int source, int tag) const {
  handle_->need_peers("receive");
  MPI_Message message = MPI_MESSAGE_NULL;
  MPI_Status status;
  // The matched probe ties the size to this very message, whatever else arrives in between.
  check_mpi(MPI_Mprobe(source, tag, handle_->comm, &message, &status), "MPI_Mprobe");
  int count = 0;
  check_mpi(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
  Bytes bytes(static_cast<std::size_t>(count));
  check_mpi(MPI_Mrecv(bytes.data(), count, MPI_BYTE, &message, MPI_STATUS_IGNORE), "MPI_Mrecv");
  return bytes;
}

bool Communicator::probe(Envelope& envelope, int tag) const {
  if (handle_->comm == MPI_COMM_NULL) return false;
  int flag = 0;
  MPI_Status status;
  check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, tag, handle_->comm, &flag, &status), "MPI_Iprobe");
  if (flag == 0) return false;
  envelope.source = status.MPI_SOURCE;
  envelope.tag = status.MPI_TAG;
  return true;
}

int Communicator::fortran_handle() const {
  return handle_->comm == MPI_COMM_NULL ? 0 : static_cast<int>(MPI_Comm_c2f(handle_->comm));
}

void Communicator::abort(int exit_code) const {
  if (handle_->comm != MPI_COMM_NULL) MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

}  // namespace ionpass::hpc
