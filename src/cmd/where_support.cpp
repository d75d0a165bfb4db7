#include "cmd/where_support.h"

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

std::vector<RowCondition> parse_where(const std::vector<std::string>& texts, ConditionSigns signs) {
  const bool both = signs == ConditionSigns::both;
  const auto form = both ? "COLUMN=VALUE or COLUMN!=VALUE" : "COLUMN=VALUE";
  std::vector<RowCondition> conditions;
  Problems problems("conditions choose rows by the values of columns", Fault::usage);
  for (const auto& text : texts) {
    const auto sign = text.find('=');
    if (sign == text.npos || sign == 0) {
      problems.add("--where expects {}, found '{}'", form, text);
      continue;
    }
    const bool equal = !both || text[sign - 1] != '!';
    conditions.push_back(
        {std::string(trim(text.substr(0, equal ? sign : sign - 1))), std::string(trim(text.substr(sign + 1))), equal});
  }
  problems.raise();
  return conditions;
}

}  // namespace arcuate
