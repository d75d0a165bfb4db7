// The option --where of commands that read tables.
#pragma once
#include <string>
#include <vector>

namespace arcuate {

/// What the field of a row in a column is, or is not.
struct RowCondition {
  std::string column{}, value{};
  bool equal = true;
};

/// What may stand between a column and a value: "=", or "!=" too.
enum class ConditionSigns { equal, both };

/// "COLUMN=VALUE" each, without blanks around either. Errors: usage, all at once.
std::vector<RowCondition> parse_where(const std::vector<std::string>& texts,
                                      ConditionSigns signs = ConditionSigns::equal);

}  // namespace arcuate
