#include "study/recipes.h"

#include <toml++/toml.h>

#include <algorithm>

#include "core/text.h"

namespace arcuate {

#define ARCUATE_RECIPE(name) extern const Recipe name##_recipe;
#include "generated/recipes.inc"
#undef ARCUATE_RECIPE

std::vector<Recipe> recipes() {
  return {
#define ARCUATE_RECIPE(name) name##_recipe,
#include "generated/recipes.inc"
#undef ARCUATE_RECIPE
  };
}

namespace {

void merge_under(toml::table& study, const toml::table& recipe);

// Lists of tables are lists of different things; only analyses of one kind are the same thing.
void merge_analyses(toml::array& study, const toml::array& recipe) {
  for (const auto& item : recipe) {
    const auto& wanted = *item.as_table();
    const auto same = std::find_if(study.begin(), study.end(), [&](const toml::node& node) {
      const auto* table = node.as_table();
      return table && table->get("kind") && (*table)["kind"] == wanted["kind"];
    });
    if (same == study.end())
      study.push_back(wanted);
    else
      merge_under(*same->as_table(), wanted);
  }
}

void merge_under(toml::table& study, const toml::table& recipe) {
  for (const auto& [key, value] : recipe) {
    auto* own = study.get(key);
    if (!own)
      study.insert(key, value);
    else if (own->is_table() && value.is_table())
      merge_under(*own->as_table(), *value.as_table());
    else if (key == "analysis" && own->is_array_of_tables())
      merge_analyses(*own->as_array(), *value.as_array());
  }
}

}  // namespace

void apply_recipe(toml::table& study, Problems& problems) {
  const auto* node = study.get("recipe");
  if (!node) return;
  const auto wanted = node->value_or(std::string());
  std::vector<std::string> names;
  for (const auto& recipe : recipes()) {
    if (wanted == recipe.name) return merge_under(study, toml::parse(recipe.text));
    names.emplace_back(recipe.name);
  }
  problems.add("there is no recipe '{}'{}", wanted, suggestion(wanted, names));
}

}  // namespace arcuate
