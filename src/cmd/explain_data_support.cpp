#include "cmd/explain_data_support.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "cmd/where_support.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

using Conditions = std::map<std::string, std::set<std::string>>;

Conditions conditions_of(const std::vector<std::string>& where) {
  Conditions conditions;
  for (const auto& condition : parse_where(where)) conditions[condition.column].insert(condition.value);
  return conditions;
}

void check_roles(const ExplainColumns& columns) {
  std::set<std::string> seen{columns.response};
  Problems problems("a column can be the response, or a predictor once", Fault::usage);
  for (const auto& name : columns.predictors)
    if (!seen.insert(name).second) problems.add("'{}' is named twice", name);
  problems.raise();
}

void check_columns(const Table& table, const ExplainColumns& columns, const Conditions& conditions) {
  std::vector<std::string> wanted{columns.response};
  const auto add = [&](const std::vector<std::string>& names) {
    wanted.insert(wanted.end(), names.begin(), names.end());
  };
  add(columns.predictors);
  add(columns.cells);
  if (!columns.groups.empty()) add({columns.groups});
  for (const auto& [name, values] : conditions) add({name});
  Problems problems("'" + table.source + "' lacks columns");
  for (const auto& name : wanted)
    if (std::find(table.columns.begin(), table.columns.end(), name) == table.columns.end())
      problems.add("'{}'{}", name, suggestion(name, table.columns));
  problems.raise();
}

// Every value that is asked for must be there: a misspelt one would silently leave rows out.
void check_values(const Table& table, const Conditions& conditions) {
  Problems problems("--where asks for values that no row of '" + table.source + "' has");
  for (const auto& [name, values] : conditions) {
    std::set<std::string> present;
    for (const auto& row : table.rows) present.insert(row[table.column(name)]);
    const std::vector<std::string> known(present.begin(), present.end());
    for (const auto& value : values)
      if (!present.contains(value)) problems.add("{}={}{}", name, value, suggestion(value, known));
  }
  problems.raise();
}

std::vector<size_t> chosen_rows(const Table& table, const Conditions& conditions) {
  std::vector<size_t> rows;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    bool holds = true;
    for (const auto& [name, values] : conditions) holds = holds && values.contains(table.text(row, table.column(name)));
    if (holds) rows.push_back(row);
  }
  if (rows.empty()) bad_input("no row of '{}' is left: no row satisfies all of --where", table.source);
  return rows;
}

// The rows that have a number in every column, which stand in `numbers` in the same order.
std::vector<size_t> complete_rows(const Table& table, const std::vector<size_t>& rows,
                                  const std::vector<std::string>& names, Missing missing,
                                  std::vector<std::vector<double>>& numbers) {
  Problems words("the response and the predictors of '" + table.source + "' must be numbers");
  Problems gaps("rows without a number; give --missing drop to leave them out, or choose rows with --where");
  std::vector<size_t> complete;
  for (const size_t row : rows) {
    std::vector<double> values;
    for (const auto& name : names) {
      const size_t column = table.column(name);
      const auto& text = table.text(row, column);
      const auto value = text.empty() ? NAN : table.number_if(row, column).value_or(INFINITY);
      if (std::isinf(value)) words.add("line {}, column '{}': '{}'", table.lines[row], name, excerpt(text));
      if (std::isnan(value) && missing == Missing::error)
        gaps.add("line {}, column '{}': '{}'", table.lines[row], name, excerpt(text));
      if (!std::isnan(value)) values.push_back(value);
    }
    if (values.size() < names.size()) continue;
    complete.push_back(row);
    numbers.push_back(std::move(values));
  }
  words.raise();
  gaps.raise();
  if (complete.empty()) bad_input("no row of '{}' has a number in all of: {}", table.source, join(names, ", "));
  return complete;
}

std::vector<std::string> labels_of(const Table& table, const std::vector<size_t>& rows, const std::string& name) {
  std::vector<std::string> labels;
  for (const size_t row : rows) labels.push_back(table.text(row, table.column(name)));
  return labels;
}

at::Tensor tensor_of(const std::vector<std::vector<double>>& rows) {
  std::vector<double> flat;
  for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  return to_tensor(flat).view({static_cast<int64_t>(rows.size()), -1});
}

}  // namespace

ExplainRows read_explain_rows(const ExplainColumns& columns) {
  check_roles(columns);
  const auto conditions = conditions_of(columns.where);
  const auto table = read_table(columns.table);
  if (table.rows.empty()) bad_input("'{}' has a header and no rows", table.source);
  check_columns(table, columns, conditions);
  check_values(table, conditions);
  const auto chosen = chosen_rows(table, conditions);
  auto names = columns.predictors;
  names.push_back(columns.response);
  std::vector<std::vector<double>> numbers;
  const auto complete = complete_rows(table, chosen, names, columns.missing, numbers);
  const auto values = tensor_of(numbers);
  std::vector<std::vector<std::string>> labels;
  for (const auto& name : columns.cells) labels.push_back(labels_of(table, complete, name));
  ExplainRows rows{.read = static_cast<int64_t>(table.rows.size()),
                   .chosen = static_cast<int64_t>(chosen.size()),
                   .dropped = static_cast<int64_t>(chosen.size() - complete.size())};
  rows.data = {.predictors = columns.predictors,
               .x = values.slice(1, 0, -1).contiguous(),
               .y = values.select(1, -1).contiguous(),
               .cells = group_cells(columns.cells, labels, static_cast<int64_t>(complete.size()))};
  if (!columns.groups.empty()) rows.data.groups = labels_of(table, complete, columns.groups);
  return rows;
}

}  // namespace arcuate
