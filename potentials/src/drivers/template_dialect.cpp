#include "drivers/template_dialect.hpp"

#include <fmt/format.h>

#include <structures/error.hpp>
#include <structures/io.hpp>

#include "fingerprint.hpp"

namespace ionpass::drivers {

TemplateDialect::TemplateDialect(const Recipe& recipe, const PotentialSettings& settings,
                                 TemplateWords words)
    : recipe_(recipe),
      settings_(settings),
      file_(settings.driver.template_file.empty() ? recipe.template_file
                                                  : settings.driver.template_file),
      text_(read_text_file(file_)),
      words_(std::move(words)),
      template_(InputTemplate::parse(text_, file_.string(), words_.placeholders,
                                     {"gamma", "retry", "socket", "warm"})) {
  for (const std::string& needed : words_.needed)
    if (!uses(needed)) refuse(0, fmt::format("the template has no {{{}}}; add it", needed));
}

void TemplateDialect::check(const Structure& structure) const {
  require_cell(structure, name());
  if (const int charge = whole_charge(structure, name()); charge != 0 && !uses("charge"))
    refuse(0,
           fmt::format("the structure has a charge of {:+d} e, but the template has no {{charge}}; "
                       "add it to a copy of the template (driver: {{template: FILE}}), or give "
                       "--charge 0",
                       charge));
  if (!is_gamma(kpoints_of(structure)) && !uses("kpoints"))
    refuse(0,
           fmt::format("k-points ({}) are asked for, but the template has no {{kpoints}}; add it "
                       "to a copy of the template (driver: {{template: FILE}}), use a larger cell "
                       "at Γ, or another driver",
                       describe(settings_.kpoints)));
}

std::vector<std::pair<std::string, std::string>> TemplateDialect::settings() const {
  std::vector<std::pair<std::string, std::string>> out = {{"template", text_fingerprint(text_)}};
  if (takes(Setting::kpoints)) out.emplace_back("kpoints", describe(settings_.kpoints));
  if (takes(Setting::electronic_temperature))
    out.emplace_back("electronic_temperature", fmt::format("{} K", electronic_temperature()));
  return out;
}

bool TemplateDialect::takes(Setting setting) const {
  return uses(setting == Setting::kpoints ? "kpoints" : words_.electronic_temperature);
}

std::vector<Kpoint> TemplateDialect::kpoints_of(const Structure& structure) const {
  return kpoints(settings_.kpoints, *structure.cell);
}

double TemplateDialect::electronic_temperature() const {
  return settings_.electronic_temperature.value_or(default_electronic_temperature);
}

std::string TemplateDialect::charge_text(const Structure& structure) const {
  return fmt::format("{}", whole_charge(structure, name()));
}

std::string TemplateDialect::render(const std::map<std::string, std::string>& values,
                                    const Job& job, bool is_warm) const {
  std::set<std::string> flags;
  if (is_gamma(kpoints_of(*job.structure))) flags.insert("gamma");
  if (job.retry) flags.insert("retry");
  if (job.socket) flags.insert("socket");
  if (is_warm) flags.insert("warm");
  return template_.render(values, flags);
}

void TemplateDialect::refuse(std::size_t offset, const std::string& message) const {
  throw InputError(location_in(text_, offset, file_.string()), message);
}

bool is_gamma(const std::vector<Kpoint>& points) {
  return points.size() == 1 && points.front().fractional.isZero();
}

}  // namespace ionpass::drivers
