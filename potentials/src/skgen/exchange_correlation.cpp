#include "skgen/exchange_correlation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <xc.h>

#include <structures/error.hpp>

namespace ionpass::skgen {
namespace {

/// Densities below this add nothing that could be seen, and their potentials are noise.
constexpr double density_threshold = 1e-20;  // electrons/bohr³

std::string family_name(int family) {
  switch (family) {
    case XC_FAMILY_MGGA:
      return "a meta-GGA";
    case XC_FAMILY_HYB_LDA:
    case XC_FAMILY_HYB_GGA:
    case XC_FAMILY_HYB_MGGA:
      return "a hybrid";
    default:
      return "of another family";
  }
}

void check_usable(const std::string& name, const xc_func_info_type& info) {
  const int family = xc_func_info_get_family(&info);
  if (family != XC_FAMILY_LDA && family != XC_FAMILY_GGA)
    throw InputError(fmt::format(
        "functional '{}' is {}; the tables need LDA or GGA, such as gga_x_pbe with gga_c_pbe", name,
        family_name(family)));
  if (xc_func_info_get_kind(&info) == XC_KINETIC)
    throw InputError(
        fmt::format("functional '{}' is one of the kinetic energy; name exchange and correlation, "
                    "such as gga_x_pbe with gga_c_pbe",
                    name));
  constexpr int needed = XC_FLAGS_HAVE_EXC | XC_FLAGS_HAVE_VXC;
  if ((xc_func_info_get_flags(&info) & needed) != needed)
    throw InputError(
        fmt::format("functional '{}' has no energy or no potential in libxc {}; choose another",
                    name, xc_version_string()));
}

}  // namespace

class ExchangeCorrelation::Functional {
 public:
  explicit Functional(const std::string& name) {
    const int number = xc_functional_get_number(name.c_str());
    if (number <= 0)
      throw InputError(
          fmt::format("functional '{}' is not known to libxc {}; its names look like lda_x, "
                      "lda_c_vwn, gga_x_pbe, gga_c_pbe",
                      name, xc_version_string()));
    if (xc_func_init(&type_, number, XC_UNPOLARIZED) != 0)
      throw InputError(fmt::format("functional '{}' cannot be set up by libxc {}; choose another",
                                   name, xc_version_string()));
    xc_func_set_dens_threshold(&type_, density_threshold);
    try {
      check_usable(name, *type_.info);
    } catch (...) {
      xc_func_end(&type_);
      throw;
    }
  }
  ~Functional() { xc_func_end(&type_); }
  Functional(const Functional&) = delete;
  Functional& operator=(const Functional&) = delete;

  [[nodiscard]] bool is_gga() const { return xc_func_info_get_family(type_.info) == XC_FAMILY_GGA; }

  void add(const Eigen::ArrayXd& density, const Eigen::ArrayXd& sigma, Values& out) const {
    const auto n = static_cast<std::size_t>(density.size());
    Eigen::ArrayXd energy(density.size()), vrho(density.size()), vsigma;
    if (is_gga()) {
      vsigma.resize(density.size());
      xc_gga_exc_vxc(&type_, n, density.data(), sigma.data(), energy.data(), vrho.data(),
                     vsigma.data());
      out.vsigma += vsigma;
    } else {
      xc_lda_exc_vxc(&type_, n, density.data(), energy.data(), vrho.data());
    }
    out.energy += energy;
    out.vrho += vrho;
  }

  void append_citations(std::vector<std::string>& out) const {
    for (int i = 0; i < XC_MAX_REFERENCES; ++i) {
      const func_reference_type* reference = xc_func_info_get_references(type_.info, i);
      if (reference == nullptr) break;
      const std::string doi = xc_func_reference_get_doi(reference);
      out.push_back(xc_func_reference_get_ref(reference) +
                    (doi.empty() ? "" : fmt::format(" (doi: {})", doi)));
    }
  }

 private:
  xc_func_type type_{};
};

ExchangeCorrelation::ExchangeCorrelation(std::span<const std::string> names)
    : names_(names.begin(), names.end()) {
  for (const std::string& name : names) {
    functionals_.push_back(std::make_shared<const Functional>(name));
    needs_gradient_ = needs_gradient_ || functionals_.back()->is_gga();
  }
}

void ExchangeCorrelation::evaluate(const Eigen::ArrayXd& density, const Eigen::ArrayXd& sigma,
                                   Values& out) const {
  for (Eigen::ArrayXd* array : {&out.energy, &out.vrho, &out.vsigma})
    array->setZero(density.size());
  for (const auto& functional : functionals_) functional->add(density, sigma, out);
}

std::vector<std::string> ExchangeCorrelation::citations() const {
  std::vector<std::string> out;
  for (const auto& functional : functionals_) functional->append_citations(out);
  out.push_back(fmt::format("{} (doi: {}) (libxc {})", xc_reference(), xc_reference_doi(),
                            xc_version_string()));
  std::vector<std::string> unique;
  for (const std::string& citation : out)
    if (std::ranges::find(unique, citation) == unique.end()) unique.push_back(citation);
  return unique;
}

}  // namespace ionpass::skgen
