// Rows of the table that say how: relaxations and bands.
#include "study/key_kinds.hpp"

namespace ionpass::workflows {
namespace {

using neb::ConstantSprings;
using neb::EnergyWeightedSprings;
using neb::FireSettings;
using neb::LbfgsSettings;
using neb::OptimizerSettings;
using neb::Springs;

constexpr double longest_step = 1.0;  // Å; atoms that move further in one step jump over barriers

OptimizerSettings& relax_optimizer(StudyDraft& draft) { return draft.material.relax.optimizer; }
OptimizerSettings& neb_optimizer(StudyDraft& draft) { return draft.material.neb.optimizer; }
Springs& springs(StudyDraft& draft) { return draft.material.neb.springs; }

void append_optimizer_keys(std::vector<Key>& keys, const std::string& section,
                           Member<OptimizerSettings> optimizer) {
  keys.push_back(choice_key<LbfgsSettings, FireSettings>({section + ".optimizer", "how atoms move"},
                                                         optimizer, "lbfgs", "fire"));
  keys.push_back(
      {section + ".max_step", "number", "Å", above_up_to(longest_step).text,
       "longest move of an atom in one step", Scope::both,
       [optimizer](StudyDraft& draft, const YamlNode& node) {
         const double step = read_number(node, Dimension::length, above_up_to(longest_step));
         std::visit([step](auto& settings) { settings.max_step = step; }, optimizer(draft));
       },
       [optimizer](StudyDraft& draft) {
         return yaml_number(
             std::visit([](const auto& settings) { return settings.max_step; }, optimizer(draft)));
       }});
  keys.push_back(variant_key({section + ".memory", "steps the optimiser remembers"}, optimizer,
                             &LbfgsSettings::memory, {Dimension::none, between(1, 1000)},
                             "optimizer: lbfgs"));
  keys.push_back(
      variant_key({section + ".inverse_curvature", "first guess of the inverse curvature"},
                  optimizer, &LbfgsSettings::inverse_curvature,
                  {Dimension::inverse_stiffness, above_up_to(10.0)}, "optimizer: lbfgs"));
}

void append_spring_keys(std::vector<Key>& keys) {
  keys.push_back(choice_key<ConstantSprings, EnergyWeightedSprings>(
      {"neb.springs", "springs between images"}, springs, "constant", "energy_weighted"));
  keys.push_back(variant_key({"neb.stiffness", "of all springs"}, springs,
                             &ConstantSprings::stiffness, {Dimension::stiffness, positive()},
                             "springs: constant"));
  keys.push_back(variant_key({"neb.stiffness_lower", "of springs where the energy is low"}, springs,
                             &EnergyWeightedSprings::lower, {Dimension::stiffness, positive()},
                             "springs: energy_weighted"));
  keys.push_back(variant_key({"neb.stiffness_upper", "of springs where the energy is high"},
                             springs, &EnergyWeightedSprings::upper,
                             {Dimension::stiffness, positive()}, "springs: energy_weighted"));
}

void append_relax_keys(std::vector<Key>& keys) {
  Key fmax = number_key(
      {"relax.fmax", "largest force on an atom of an end point at the end"},
      [](StudyDraft& d) -> double& { return d.material.relax.fmax; }, Dimension::force, positive());
  fmax.range = "above 0, at most half of neb.fmax";
  keys.push_back(fmax);
  keys.push_back(integer_key<int>(
      {"relax.max_iterations", "steps before giving up"},
      [](StudyDraft& d) -> int& { return d.material.relax.max_iterations; }, at_least(1)));
  append_optimizer_keys(keys, "relax", relax_optimizer);
  keys.push_back(flag_key({"relax.precondition", "start lbfgs from a model of the bonds"},
                          [](StudyDraft& d) -> bool& { return d.material.relax.precondition; }));
}

}  // namespace

void append_path_keys(std::vector<Key>& keys) {
  append_relax_keys(keys);
  keys.push_back(integer_key<int>(
      {"neb.images", "images between the end points"},
      [](StudyDraft& d) -> int& { return d.material.path.images; }, between(1, 100)));
  keys.push_back(word_key({"neb.method", "first guess of the path"},
                          [](StudyDraft& d) -> std::string& { return d.material.path.method; },
                          {"idpp", "linear"}));
  keys.push_back(
      flag_key({"neb.move_ends", "let the ends move to deeper minima found along the path"},
               [](StudyDraft& d) -> bool& { return d.material.path.move_ends; }));
  keys.push_back(flag_key({"neb.climb", "let the highest image climb to the saddle"},
                          [](StudyDraft& d) -> bool& { return d.material.neb.climb; }));
  keys.push_back(number_key(
      {"neb.climb_below", "band force below which it starts to climb"},
      [](StudyDraft& d) -> double& { return d.material.neb.climb_below; }, Dimension::force,
      positive()));
  keys.push_back(number_key(
      {"neb.fmax", "largest force on the band at the end"},
      [](StudyDraft& d) -> double& { return d.material.neb.fmax; }, Dimension::force,
      above_up_to(loosest_force)));
  keys.push_back(integer_key<int>(
      {"neb.max_iterations", "steps of each band of a search before it gives up"},
      [](StudyDraft& d) -> int& { return d.material.neb.max_iterations; }, at_least(1)));
  append_spring_keys(keys);
  append_optimizer_keys(keys, "neb", neb_optimizer);
  keys.push_back(flag_key({"neb.precondition", "start lbfgs from a model of the bonds"},
                          [](StudyDraft& d) -> bool& { return d.material.neb.precondition; }));
  keys.push_back(flag_key(
      {"neb.use_symmetry", "compute one half of a path whose ends a symmetry operation exchanges"},
      [](StudyDraft& d) -> bool& { return d.material.neb.use_symmetry; }));
}

}  // namespace ionpass::workflows
