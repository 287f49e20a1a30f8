// Work items and answers as bytes between ranks of one machine type: every number goes over bit for
// bit.
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include <structures/error.hpp>
#include <workflows/farm_evaluator.hpp>

namespace ionpass::workflows {
namespace {

/// Appends values to bytes.
class Writer {
 public:
  template <typename T>
  void value(const T& item) {
    static_assert(std::is_trivially_copyable_v<T>);
    raw(&item, sizeof(T));
  }
  void text(const std::string& item) {
    value(item.size());
    raw(item.data(), item.size());
  }
  void numbers(const double* data, std::size_t count) {
    value(count);
    raw(data, count * sizeof(double));
  }
  [[nodiscard]] hpc::Bytes take() { return std::move(bytes_); }

 private:
  void raw(const void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), first, first + size);
  }
  hpc::Bytes bytes_;
};

/// Takes them off again, in the same order.
class Reader {
 public:
  explicit Reader(const hpc::Bytes& bytes) : bytes_(bytes) {}

  template <typename T>
  [[nodiscard]] T value() {
    static_assert(std::is_trivially_copyable_v<T>);
    T item{};
    raw(&item, sizeof(T));
    return item;
  }
  [[nodiscard]] std::string text() {
    std::string item(checked_count(1), '\0');
    raw(item.data(), item.size());
    return item;
  }
  [[nodiscard]] std::vector<double> numbers() {
    std::vector<double> items(checked_count(sizeof(double)));
    raw(items.data(), items.size() * sizeof(double));
    return items;
  }
  void expect_end() const {
    if (position_ != bytes_.size()) fail();
  }

  /// A count of things of this size, which must all be there.
  [[nodiscard]] std::size_t checked_count(std::size_t item_size) {
    const auto count = value<std::size_t>();
    if (count > (bytes_.size() - position_) / item_size) fail();
    return count;
  }

 private:
  [[noreturn]] void fail() const {
    throw BackendError("a message between ranks is damaged (" + std::to_string(bytes_.size()) +
                       " bytes); start all ranks with the same program");
  }
  void raw(void* data, std::size_t size) {
    if (size > bytes_.size() - position_) fail();
    if (size > 0) std::memcpy(data, bytes_.data() + position_, size);
    position_ += size;
  }
  const hpc::Bytes& bytes_;
  std::size_t position_ = 0;
};

void write_columns(Writer& out, const Eigen::Matrix3Xd& columns) {
  out.numbers(columns.data(), static_cast<std::size_t>(columns.size()));
}

Eigen::Matrix3Xd read_columns(Reader& in) {
  const std::vector<double> numbers = in.numbers();
  const auto columns = static_cast<Eigen::Index>(numbers.size() / 3);
  return Eigen::Map<const Eigen::Matrix3Xd>(numbers.data(), 3, columns);
}

Eigen::Matrix3d read_matrix(Reader& in) {
  const std::vector<double> numbers = in.numbers();
  if (numbers.size() != 9) throw BackendError("a message between ranks is damaged: no 3x3 matrix");
  return Eigen::Map<const Eigen::Matrix3d>(numbers.data());
}

void write_structure(Writer& out, const Structure& structure) {
  out.value(structure.numbers.size());
  for (const int number : structure.numbers) out.value(number);
  write_columns(out, structure.positions);
  out.value(structure.cell.has_value());
  if (structure.cell) out.numbers(structure.cell->matrix().data(), 9);
  out.value(structure.charge);
  out.value(structure.unpaired.has_value());
  out.value(structure.unpaired.value_or(0));
  out.value(structure.labels.size());
  for (const std::string& label : structure.labels) out.text(label);
}

Structure read_structure(Reader& in) {
  Structure structure;
  structure.numbers.resize(in.checked_count(sizeof(int)));
  for (int& number : structure.numbers) number = in.value<int>();
  structure.positions = read_columns(in);
  if (in.value<bool>()) {
    structure.cell = Cell(read_matrix(in));
  }
  structure.charge = in.value<double>();
  const bool has_unpaired = in.value<bool>();
  const int unpaired = in.value<int>();
  if (has_unpaired) structure.unpaired = unpaired;
  structure.labels.resize(in.checked_count(sizeof(std::size_t)));
  for (std::string& label : structure.labels) label = in.text();
  return structure;
}

void write_optional(Writer& out, const std::optional<double>& number) {
  out.value(number.has_value());
  if (number) out.value(*number);
}

std::optional<double> read_optional(Reader& in) {
  if (!in.value<bool>()) return std::nullopt;
  return in.value<double>();
}

void write_evaluation(Writer& out, const Evaluation& evaluation) {
  out.value(evaluation.energy);
  out.value(evaluation.free_energy);
  write_columns(out, evaluation.forces);
  out.value(evaluation.stress.has_value());
  if (evaluation.stress) out.numbers(evaluation.stress->data(), 9);
  out.value(evaluation.charges.has_value());
  if (evaluation.charges) {
    out.numbers(evaluation.charges->data(), static_cast<std::size_t>(evaluation.charges->size()));
  }
  write_optional(out, evaluation.fermi_level);
  write_optional(out, evaluation.gap);
  out.value(evaluation.scf.converged);
  out.value(evaluation.scf.iterations);
  out.value(evaluation.components.size());
  for (const auto& [name, energy] : evaluation.components) {
    out.text(name);
    out.value(energy);
  }
  out.numbers(evaluation.state.data(), evaluation.state.size());
  out.value(evaluation.seconds);
  out.value(evaluation.incidents.size());
  for (const std::string& incident : evaluation.incidents) out.text(incident);
}

Evaluation read_evaluation(Reader& in) {
  Evaluation evaluation;
  evaluation.energy = in.value<double>();
  evaluation.free_energy = in.value<double>();
  evaluation.forces = read_columns(in);
  if (in.value<bool>()) {
    evaluation.stress = read_matrix(in);
  }
  if (in.value<bool>()) {
    const std::vector<double> numbers = in.numbers();
    evaluation.charges = Eigen::Map<const Eigen::VectorXd>(
        numbers.data(), static_cast<Eigen::Index>(numbers.size()));
  }
  evaluation.fermi_level = read_optional(in);
  evaluation.gap = read_optional(in);
  evaluation.scf.converged = in.value<bool>();
  evaluation.scf.iterations = in.value<int>();
  evaluation.components.resize(in.checked_count(sizeof(std::size_t)));
  for (auto& [name, energy] : evaluation.components) {
    name = in.text();
    energy = in.value<double>();
  }
  evaluation.state = in.numbers();
  evaluation.seconds = in.value<double>();
  evaluation.incidents.resize(in.checked_count(sizeof(std::size_t)));
  for (std::string& incident : evaluation.incidents) incident = in.text();
  return evaluation;
}

}  // namespace

hpc::Bytes pack_item(const WireItem& item) {
  Writer out;
  out.value(item.potential);
  write_structure(out, item.structure);
  out.numbers(item.guess.data(), item.guess.size());
  out.value(item.stress);
  return out.take();
}

WireItem unpack_item(const hpc::Bytes& bytes) {
  Reader in(bytes);
  WireItem item;
  item.potential = in.value<std::size_t>();
  item.structure = read_structure(in);
  item.guess = in.numbers();
  item.stress = in.value<bool>();
  in.expect_end();
  return item;
}

hpc::Bytes pack_answer(const neb::Answer& answer) {
  Writer out;
  out.text(answer.error);
  if (answer.ok()) write_evaluation(out, answer.evaluation);
  return out.take();
}

neb::Answer unpack_answer(const hpc::Bytes& bytes) {
  Reader in(bytes);
  neb::Answer answer;
  answer.error = in.text();
  if (answer.ok()) answer.evaluation = read_evaluation(in);
  in.expect_end();
  return answer;
}

}  // namespace ionpass::workflows
