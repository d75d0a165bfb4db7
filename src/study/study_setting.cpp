#include "study/study_setting.h"

#include <toml++/toml.h>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

void apply_setting(toml::table& table, const std::string& setting) {
  const size_t equal = setting.find('=');
  if (equal == setting.npos || equal == 0) bad_usage("--set '{}': key.path=value expected", setting);
  const auto path = split_fields(std::string_view(setting).substr(0, equal), '.');
  const std::string text = setting.substr(equal + 1);
  toml::table value;
  try {
    value = toml::parse("value = " + text);
  } catch (const toml::parse_error&) {
    value.insert_or_assign("value", text);
  }
  toml::node* node = &table;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (auto* array = node->as_array()) {
      const auto index = to_integer(path[i]);
      if (!index || *index < 0 || *index >= static_cast<long long>(array->size()))
        bad_usage("--set '{}': '{}' is not one of the {} entries (0, 1, …)", setting, path[i], array->size());
      node = array->get(static_cast<size_t>(*index));
    } else if (auto* inner = node->as_table()) {
      if (!inner->contains(path[i])) inner->insert_or_assign(path[i], toml::table{});
      node = inner->get(path[i]);
    } else {
      bad_usage("--set '{}': '{}' is not a table", setting, path[i - 1]);
    }
  }
  auto* last = node->as_table();
  if (!last) bad_usage("--set '{}': '{}' is not in a table", setting, path.back());
  last->insert_or_assign(path.back(), *value.get("value"));
}

}  // namespace arcuate
