#include "drivers/plugin.hpp"

#include <array>
#include <cstring>
#include <vector>

#include <dlfcn.h>
#include <fmt/format.h>

#include <potentials/driver_error.hpp>
#include <potentials/ionpass_potential.h>

namespace ionpass::drivers {

namespace fs = std::filesystem;

class Plugin {
 public:
  explicit Plugin(const fs::path& library) : library_(library) {
    // By its absolute path: the system's search for libraries must not find another one.
    handle_ = dlopen(fs::absolute(library).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) throw DriverError(FailureKind::not_found, dlerror());
    try {
      find("ionpass_potential_abi_version", abi_version_);
      find("ionpass_potential_create", create);
      find("ionpass_potential_evaluate", evaluate);
      find("ionpass_potential_destroy", destroy);
      if (const int version = abi_version_(); version != IONPASS_POTENTIAL_ABI_VERSION)
        throw DriverError(
            FailureKind::wrong_version,
            fmt::format("{}: is of version {} of the plug-in interface, {} is needed; compile it "
                        "again with ionpass_potential.h of this program",
                        library_.string(), version, IONPASS_POTENTIAL_ABI_VERSION));
    } catch (...) {
      dlclose(handle_);
      throw;
    }
  }
  ~Plugin() { dlclose(handle_); }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  [[nodiscard]] const fs::path& library() const noexcept { return library_; }

  decltype(&ionpass_potential_create) create = nullptr;
  decltype(&ionpass_potential_evaluate) evaluate = nullptr;
  decltype(&ionpass_potential_destroy) destroy = nullptr;

 private:
  template <class Function>
  void find(const char* name, Function& function) {
    void* symbol = dlsym(handle_, name);
    if (symbol == nullptr)
      throw DriverError(FailureKind::wrong_version,
                        fmt::format("{}: has no function {}; it is no plug-in, or one of another "
                                    "version",
                                    library_.string(), name));
    std::memcpy(&function, &symbol, sizeof function);
  }

  fs::path library_;
  void* handle_ = nullptr;
  decltype(&ionpass_potential_abi_version) abi_version_ = nullptr;
};

namespace {

using Message = std::array<char, 512>;

std::string text_of(Message& message) {
  message.back() = '\0';
  return message[0] != '\0' ? message.data() : "it does not say why";
}

class PluginWorker final : public Worker {
 public:
  PluginWorker(std::shared_ptr<const Plugin> plugin, const std::string& parameters)
      : plugin_(std::move(plugin)) {
    Message message{};
    if (plugin_->create(parameters.c_str(), &state_, message.data(),
                        static_cast<int>(message.size())) != 0)
      throw InputError(fmt::format("potential.driver.parameters: {} refuses '{}': {}",
                                   plugin_->library().string(), parameters, text_of(message)));
  }
  ~PluginWorker() override { plugin_->destroy(state_); }
  PluginWorker(const PluginWorker&) = delete;
  PluginWorker& operator=(const PluginWorker&) = delete;

  Evaluation evaluate(const Structure& structure, const EvaluationRequest& request, bool) override {
    // Rows of the C side are columns here.
    const ionpass_system system{.atoms = static_cast<int>(structure.size()),
                                .numbers = structure.numbers.data(),
                                .positions = structure.positions.data(),
                                .cell = structure.cell ? structure.cell->matrix().data() : nullptr,
                                .charge = structure.charge};
    Evaluation out;
    out.forces = Eigen::Matrix3Xd::Zero(3, structure.positions.cols());
    Eigen::Matrix3d tension = Eigen::Matrix3d::Zero();
    ionpass_result result{.energy = 0.0,
                          .forces = out.forces.data(),
                          .stress = request.stress && structure.cell ? tension.data() : nullptr,
                          .has_stress = 0};
    Message message{};
    if (plugin_->evaluate(state_, &system, &result, message.data(),
                          static_cast<int>(message.size())) != 0)
      throw DriverError(FailureKind::crashed,
                        fmt::format("{}: {}", plugin_->library().string(), text_of(message)));
    out.energy = out.free_energy = result.energy;
    if (result.stress != nullptr && result.has_stress == 1)
      out.stress = 0.5 * (tension + tension.transpose());
    return out;
  }

  void reset() noexcept override {}

 private:
  std::shared_ptr<const Plugin> plugin_;
  void* state_ = nullptr;
};

}  // namespace

std::shared_ptr<const Plugin> load_plugin(const fs::path& library) {
  return std::make_shared<const Plugin>(library);
}

std::unique_ptr<Worker> make_plugin_worker(std::shared_ptr<const Plugin> plugin,
                                           const std::string& parameters) {
  return std::make_unique<PluginWorker>(std::move(plugin), parameters);
}

}  // namespace ionpass::drivers
