// Optimisers by their settings.
#include <utility>

#include <fmt/format.h>

#include <neb/optimizer.hpp>
#include <structures/error.hpp>

#include "fire.hpp"
#include "lbfgs.hpp"

namespace ionpass::neb {
namespace {

void check_positive(double value, const char* name, const char* unit) {
  if (value > 0.0) return;
  throw InputError(fmt::format("{}: {} {} given, it must be above 0", name, value, unit));
}

struct Maker {
  std::shared_ptr<const Preconditioner> preconditioner;

  std::unique_ptr<Optimizer> operator()(const LbfgsSettings& settings) const {
    if (settings.memory < 1) {
      throw InputError(
          fmt::format("lbfgs memory: {} given, it must be at least 1", settings.memory));
    }
    check_positive(settings.max_step, "lbfgs max_step", "Å");
    check_positive(settings.inverse_curvature, "lbfgs inverse_curvature", "Å²/eV");
    return std::make_unique<Lbfgs>(settings, preconditioner);
  }
  std::unique_ptr<Optimizer> operator()(const FireSettings& settings) const {
    check_positive(settings.max_step, "fire max_step", "Å");
    return std::make_unique<Fire>(settings);
  }
};

}  // namespace

std::unique_ptr<Optimizer> make_optimizer(const OptimizerSettings& settings,
                                          std::shared_ptr<const Preconditioner> preconditioner) {
  return std::visit(Maker{std::move(preconditioner)}, settings);
}

}  // namespace ionpass::neb
