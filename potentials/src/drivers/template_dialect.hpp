// What programs with an input template have in common.
#pragma once

#include "drivers/dialect.hpp"
#include "drivers/input_template.hpp"

namespace ionpass::drivers {

/// The words of one program's templates.
struct TemplateWords {
  std::set<std::string> placeholders;
  std::vector<std::string> needed;     ///< those that every template must have
  std::string electronic_temperature;  ///< the one that stands for it
};

/// A program whose input is a template with placeholders: the driver's own or one of the user's.
class TemplateDialect : public Dialect {
 public:
  /// A charge needs its placeholder, k-points beside Γ theirs.
  void check(const Structure& structure) const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> settings() const override;
  [[nodiscard]] bool takes(Setting setting) const override;

 protected:
  /// @throws InputError for a template that is no such or lacks what is needed; IoError
  TemplateDialect(const Recipe& recipe, const PotentialSettings& settings, TemplateWords words);

  [[nodiscard]] const std::string& name() const { return recipe_.potential.name; }
  [[nodiscard]] bool uses(const std::string& placeholder) const {
    return template_.uses(placeholder);
  }
  [[nodiscard]] std::vector<Kpoint> kpoints_of(const Structure& structure) const;
  [[nodiscard]] double electronic_temperature() const;  ///< K
  /// The charge as {charge} takes it.
  [[nodiscard]] std::string charge_text(const Structure& structure) const;
  /// The input for a job. @param is_warm files of an earlier wave function are there and of use
  [[nodiscard]] std::string render(const std::map<std::string, std::string>& values, const Job& job,
                                   bool is_warm) const;
  /// Refuses a template, pointing at a place in it.
  [[noreturn]] void refuse(std::size_t offset, const std::string& message) const;

  Recipe recipe_;
  PotentialSettings settings_;
  std::filesystem::path file_;
  std::string text_;  ///< of the template

 private:
  TemplateWords words_;
  InputTemplate template_;
};

/// Whether a set of points is Γ alone.
[[nodiscard]] bool is_gamma(const std::vector<Kpoint>& points);

}  // namespace ionpass::drivers
