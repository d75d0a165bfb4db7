// Published protocols as study files with holes: what a recipe says holds wherever the user's file says nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace toml {
inline namespace v3 {
class table;
}  // namespace v3
}  // namespace toml

namespace arcuate {

struct Recipe {
  const char* name;   ///< "caucheteux2023"
  const char* paper;  ///< What it follows.
  const char* text;   ///< TOML, with the keys of a study file.
};

std::vector<Recipe> recipes();

/// If the study names a recipe, its keys are put where the study has none. Tables are merged key by key; an
/// [[analysis]] of the recipe is merged into the study's first one of the same kind, or added.
void apply_recipe(toml::table& study, Problems& problems);

}  // namespace arcuate
