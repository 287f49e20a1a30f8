// Potentials with known answers, and evaluators that record, replay and fail.
#include "test_potentials.hpp"

#include <array>
#include <cmath>

#include <structures/neighbors.hpp>

namespace ionpass::neb::test {

FunctionPotential one_atom(Field field) {
  return FunctionPotential([field](const Structure& structure, const EvaluationRequest&) {
    const auto [energy, force] = field(structure.positions.col(0));
    Evaluation out;
    out.energy = out.free_energy = energy;
    out.forces = force;
    return out;
  });
}

Structure atom_at(double x, double y, double z) {
  Structure out;
  out.numbers = {1};
  out.positions = Eigen::Vector3d(x, y, z);
  return out;
}

FunctionPotential mueller_brown() {
  return one_atom([](const Eigen::Vector3d& r) {
    constexpr double scale = 0.01;      // eV per unit of the paper
    constexpr double stiffness = 10.0;  // eV/Å², third direction
    constexpr std::array<double, 4> height = {-200.0, -100.0, -170.0, 15.0};
    constexpr std::array<double, 4> a = {-1.0, -1.0, -6.5, 0.7};
    constexpr std::array<double, 4> b = {0.0, 0.0, 11.0, 0.6};
    constexpr std::array<double, 4> c = {-10.0, -10.0, -6.5, 0.7};
    constexpr std::array<double, 4> x0 = {1.0, 0.0, -0.5, -1.0};
    constexpr std::array<double, 4> y0 = {0.0, 0.5, 1.5, 1.0};
    double energy = 0.5 * stiffness * r.z() * r.z();
    Eigen::Vector3d force(0.0, 0.0, -stiffness * r.z());
    for (std::size_t k = 0; k < height.size(); ++k) {
      const double x = r.x() - x0[k];
      const double y = r.y() - y0[k];
      const double term = scale * height[k] * std::exp(a[k] * x * x + b[k] * x * y + c[k] * y * y);
      energy += term;
      force.x() -= term * (2.0 * a[k] * x + b[k] * y);
      force.y() -= term * (b[k] * x + 2.0 * c[k] * y);
    }
    return std::pair{energy, force};
  });
}

FunctionPotential pair_potential(PairFunction pair, double cutoff) {
  return FunctionPotential([pair, cutoff](const Structure& structure, const EvaluationRequest&) {
    const auto [edge_energy, edge_slope] = pair(cutoff);
    Evaluation out;
    out.forces = Eigen::Matrix3Xd::Zero(3, structure.positions.cols());
    for (const NeighborPair& p : neighbor_pairs(structure, cutoff)) {
      const auto [energy, slope] = pair(p.distance);
      out.energy += energy - edge_energy - (p.distance - cutoff) * edge_slope;
      const Eigen::Vector3d pull = (slope - edge_slope) / p.distance * p.vector;
      out.forces.col(static_cast<Eigen::Index>(p.first)) += pull;
      out.forces.col(static_cast<Eigen::Index>(p.second)) -= pull;
    }
    out.free_energy = out.energy;
    return out;
  });
}

FunctionPotential morse_crystal() {
  // Girifalco & Weizer, Phys. Rev. 114, 687 (1959), copper: depth, exponent and distance.
  constexpr double depth = 0.3429;
  constexpr double alpha = 1.3588;
  constexpr double distance = 2.866;
  return pair_potential(
      [](double r) {
        const double e = std::exp(-alpha * (r - distance));
        return std::pair{depth * (e * e - 2.0 * e), -2.0 * depth * alpha * (e * e - e)};
      },
      5.5);
}

VacancyHop fcc_vacancy_hop(double lattice_constant, int repeats) {
  const double a = lattice_constant;
  std::vector<Eigen::Vector3d> sites;
  for (int i = 0; i < repeats; ++i) {
    for (int j = 0; j < repeats; ++j) {
      for (int k = 0; k < repeats; ++k) {
        const Eigen::Vector3d corner(i, j, k);
        for (const Eigen::Vector3d& basis :
             {Eigen::Vector3d(0, 0, 0), Eigen::Vector3d(0, 0.5, 0.5), Eigen::Vector3d(0.5, 0, 0.5),
              Eigen::Vector3d(0.5, 0.5, 0)}) {
          sites.push_back(a * (corner + basis));
        }
      }
    }
  }
  // Site 0 is the ion, site 3, half a face diagonal away, is empty at first.
  VacancyHop hop;
  std::vector<Eigen::Vector3d> host;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (i != 0 && i != 3) host.push_back(sites[i]);
  }
  hop.ion = host.size();
  hop.initial.numbers.assign(host.size() + 1, 29);
  hop.initial.positions.resize(3, static_cast<Eigen::Index>(host.size()) + 1);
  for (std::size_t i = 0; i < host.size(); ++i) {
    hop.initial.positions.col(static_cast<Eigen::Index>(i)) = host[i];
  }
  hop.initial.cell = Cell(a * static_cast<double>(repeats) * Eigen::Matrix3d::Identity());
  hop.final_ = hop.initial;
  hop.initial.positions.col(static_cast<Eigen::Index>(hop.ion)) = sites[0];
  hop.final_.positions.col(static_cast<Eigen::Index>(hop.ion)) = sites[3];
  return hop;
}

FunctionPotential spring_network(std::vector<Spring> springs) {
  return FunctionPotential([springs](const Structure& structure, const EvaluationRequest&) {
    Evaluation out;
    out.forces = Eigen::Matrix3Xd::Zero(3, structure.positions.cols());
    for (const Spring& spring : springs) {
      const auto a = static_cast<Eigen::Index>(spring.first);
      const auto b = static_cast<Eigen::Index>(spring.second);
      const Eigen::Vector3d vector = structure.positions.col(b) - structure.positions.col(a);
      const double stretch = vector.norm() - spring.length;
      out.energy += 0.5 * spring.stiffness * stretch * stretch;
      const Eigen::Vector3d pull = spring.stiffness * stretch * vector.normalized();
      out.forces.col(a) += pull;
      out.forces.col(b) -= pull;
    }
    out.free_energy = out.energy;
    return out;
  });
}

std::vector<Answer> RecordingEvaluator::evaluate(std::span<const WorkItem> items) {
  asked.emplace_back(items.begin(), items.end());
  answered.push_back(serial_.evaluate(items));
  return answered.back();
}

std::vector<Answer> FailingEvaluator::evaluate(std::span<const WorkItem> items) {
  std::vector<Answer> answers = serial_.evaluate(items);
  for (Answer& answer : answers) {
    if (bad_.count(calls_++) > 0) answer = {{}, "the charges did not converge"};
  }
  return answers;
}

void solve(Job& job, const Potential& potential) {
  SerialEvaluator evaluator;
  const std::vector<RunningJob> jobs = {{&job, &potential, "job"}};
  (void)run(jobs, evaluator);
}

}  // namespace ionpass::neb::test
