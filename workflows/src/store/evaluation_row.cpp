#include "store/evaluation_row.hpp"

#include <cstring>
#include <vector>

#include <structures/error.hpp>

namespace ionpass::workflows {
namespace {

enum Column : int {
  energy,
  free_energy,
  forces,
  stress,
  charges,
  fermi,
  gap,
  converged,
  iterations,
  component_names,
  component_values,
  state,
  seconds,
};
static_assert(seconds + 1 == evaluation_column_count);

std::span<const std::byte> bytes_of(const double* data, Eigen::Index size) {
  return std::as_bytes(std::span<const double>(data, static_cast<std::size_t>(size)));
}

std::vector<double> doubles(std::span<const std::byte> bytes) {
  if (bytes.size() % sizeof(double) != 0)
    throw InputError("a stored array is cut short: start again with --fresh");
  std::vector<double> out(bytes.size() / sizeof(double));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

std::vector<double> doubles(std::span<const std::byte> bytes, std::size_t expected) {
  std::vector<double> out = doubles(bytes);
  if (out.size() != expected)
    throw InputError("a stored array has the wrong length: start again with --fresh");
  return out;
}

/// Names hold no line breaks: they are the words of a potential's energy terms.
std::string join_names(const Evaluation& evaluation) {
  std::string out;
  for (const auto& [name, value] : evaluation.components) out += name + "\n";
  return out;
}

std::vector<std::pair<std::string, double>> read_components(const Statement& statement) {
  std::vector<std::pair<std::string, double>> out;
  const std::string names = statement.text(component_names);
  for (std::size_t begin = 0, end = 0; (end = names.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    out.emplace_back(names.substr(begin, end - begin), 0.0);
  const std::vector<double> values = doubles(statement.blob(component_values), out.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i].second = values[i];
  return out;
}

}  // namespace

void bind_evaluation(Statement& statement, const Evaluation& evaluation) {
  statement.bind(evaluation.energy)
      .bind(evaluation.free_energy)
      .bind_blob(bytes_of(evaluation.forces.data(), evaluation.forces.size()));
  if (evaluation.stress)
    statement.bind_blob(bytes_of(evaluation.stress->data(), 9));
  else
    statement.bind_null();
  if (evaluation.charges)
    statement.bind_blob(bytes_of(evaluation.charges->data(), evaluation.charges->size()));
  else
    statement.bind_null();
  std::vector<double> values;
  for (const auto& [name, value] : evaluation.components) values.push_back(value);
  statement.bind(evaluation.fermi_level)
      .bind(evaluation.gap)
      .bind(std::int64_t{evaluation.scf.converged})
      .bind(std::int64_t{evaluation.scf.iterations})
      .bind(join_names(evaluation))
      .bind_blob(std::as_bytes(std::span(values)))
      .bind_blob(std::as_bytes(std::span(evaluation.state)))
      .bind(evaluation.seconds);
}

Evaluation read_evaluation(const Statement& statement) {
  Evaluation out;
  out.energy = statement.real(energy);
  out.free_energy = statement.real(free_energy);
  const std::vector<double> raw_forces = doubles(statement.blob(forces));
  if (raw_forces.size() % 3 != 0)
    throw InputError("stored forces have the wrong length: start again with --fresh");
  out.forces = Eigen::Map<const Eigen::Matrix3Xd>(raw_forces.data(), 3,
                                                  static_cast<Eigen::Index>(raw_forces.size() / 3));
  if (!statement.is_null(stress))
    out.stress = Eigen::Map<const Eigen::Matrix3d>(doubles(statement.blob(stress), 9).data());
  if (!statement.is_null(charges)) {
    const std::vector<double> raw = doubles(statement.blob(charges), raw_forces.size() / 3);
    out.charges =
        Eigen::Map<const Eigen::VectorXd>(raw.data(), static_cast<Eigen::Index>(raw.size()));
  }
  out.fermi_level = statement.optional_real(fermi);
  out.gap = statement.optional_real(gap);
  out.scf.converged = statement.integer(converged) != 0;
  out.scf.iterations = static_cast<int>(statement.integer(iterations));
  out.components = read_components(statement);
  out.state = doubles(statement.blob(state));
  out.seconds = statement.real(seconds);
  return out;
}

}  // namespace ionpass::workflows
