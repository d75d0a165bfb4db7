#include "brain/confounds.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

constexpr std::array motion{"trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"};
constexpr const char* unsteady = "non_steady_state_outlier";

using Names = std::vector<std::string>;

Names with_suffixes(std::initializer_list<const char*> suffixes) {
  Names names;
  for (const char* suffix : suffixes)
    for (const char* parameter : motion) names.push_back(std::string(parameter) + suffix);
  return names;
}

struct Strategy {
  const char* name;
  Names columns{};          // that it stands for …
  const char* prefix = "";  // … or the beginning of their names, which end with a number
};

std::vector<Strategy> strategies() {
  return {{.name = "motion6", .columns = with_suffixes({""})},
          {.name = "motion12", .columns = with_suffixes({"", "_derivative1"})},
          {.name = "motion24", .columns = with_suffixes({"", "_derivative1", "_power2", "_derivative1_power2"})},
          {.name = "wm_csf", .columns = {"white_matter", "csf"}},
          {.name = "global", .columns = {"global_signal"}},
          {.name = "cosine", .prefix = "cosine"},
          {.name = "acompcor", .prefix = "a_comp_cor_"},
          {.name = "ccompcor", .prefix = "c_comp_cor_"},
          {.name = "wcompcor", .prefix = "w_comp_cor_"},
          {.name = "tcompcor", .prefix = "t_comp_cor_"}};
}

Names numbered(const Table& table, const std::string& prefix) {
  Names names;
  for (const auto& column : table.columns)
    if (column.starts_with(prefix) && to_integer(column.substr(prefix.size()))) names.push_back(column);
  std::sort(names.begin(), names.end());
  return names;
}

// The columns of an entry; nothing if it is neither a column nor a strategy.
std::optional<Names> columns_of(const Table& table, const std::string& entry, Problems& problems) {
  const auto fields = split_fields(entry, ':');
  for (const auto& strategy : strategies()) {
    if (fields[0] != strategy.name) continue;
    if (*strategy.prefix == '\0') return fields.size() == 1 ? std::optional(strategy.columns) : std::nullopt;
    auto names = numbered(table, strategy.prefix);
    const auto count = fields.size() == 2 ? to_integer(fields[1]) : std::optional<long long>(std::ssize(names));
    if (!count || fields.size() > 2) return {};
    if (names.empty() || *count < 1 || *count > std::ssize(names))
      problems.add("'{}': the table has {} columns {}NN", entry, names.size(), strategy.prefix);
    names.resize(std::min(names.size(), static_cast<size_t>(std::max(*count, 0LL))));
    return names;
  }
  if (std::find(table.columns.begin(), table.columns.end(), entry) == table.columns.end()) return {};
  return Names{entry};
}

Names known_names(const Table& table) {
  Names names = table.columns;
  for (const auto& strategy : strategies()) names.emplace_back(strategy.name);
  return names;
}

// A cell as a number; the first row's, if it has none, from the second.
double cell(const Table& table, size_t row, size_t column, Problems& problems) {
  const auto value = table.number_if(row, column);
  if (value && std::isfinite(*value)) return *value;
  if (row == 0 && trim(table.text(row, column)) == "n/a" && table.rows.size() > 1)
    return cell(table, 1, column, problems);
  problems.add("line {}: column '{}' holds '{}', a number expected", table.lines[row], table.columns[column],
               excerpt(table.text(row, column)));
  return 0;
}

}  // namespace

std::vector<size_t> confound_columns(const Table& table, const Names& wanted) {
  Problems problems(fmt::format("'{}' has not all confounds that were asked for (clean.confounds)", table.source),
                    Fault::usage);
  std::set<std::string> chosen;
  for (const auto& entry : wanted) {
    const auto columns = columns_of(table, entry, problems);
    if (!columns) problems.add("there is no column or strategy '{}'{}", entry, suggestion(entry, known_names(table)));
    for (const auto& name : columns.value_or(Names{})) {
      chosen.insert(name);
      if (std::find(table.columns.begin(), table.columns.end(), name) == table.columns.end())
        problems.add("'{}' needs the column '{}'", entry, name);
    }
  }
  problems.raise();
  std::vector<size_t> places;
  for (size_t column = 0; column < table.columns.size(); ++column)
    if (chosen.contains(table.columns[column])) places.push_back(column);
  return places;
}

at::Tensor confound_values(const Table& table, const Names& wanted) {
  const auto columns = confound_columns(table, wanted);
  auto values = at::empty({std::ssize(table.rows), std::ssize(columns)}, at::kDouble);
  auto out = values.accessor<double, 2>();
  Problems problems(fmt::format("'{}' cannot be used", table.source));
  for (size_t row = 0; row < table.rows.size(); ++row)
    for (size_t k = 0; k < columns.size(); ++k)
      out[static_cast<int64_t>(row)][static_cast<int64_t>(k)] = cell(table, row, columns[k], problems);
  problems.raise();
  return values;
}

at::Tensor read_confounds(const std::filesystem::path& path, const Names& wanted, int64_t volumes) {
  auto values = confound_values(read_table(path), wanted);
  if (values.size(0) != volumes)
    bad_input("'{}' has {} rows, its recording has {} volumes", path.string(), values.size(0), volumes);
  return values;
}

int64_t unsteady_volumes(const Table& table) {
  int64_t count = 0;
  Problems problems(fmt::format("'{}' cannot be used", table.source));
  for (const auto& name : numbered(table, unsteady)) {
    const size_t column = table.column(name);
    for (size_t row = 0; row < table.rows.size(); ++row) {
      const auto text = trim(table.text(row, column));
      const auto value = to_double(text);
      if (value == 1)
        count = std::max(count, static_cast<int64_t>(row) + 1);
      else if (value != 0)
        problems.add("line {}: column '{}' holds '{}', 0 or 1 expected", table.lines[row], name, excerpt(text));
    }
  }
  problems.raise();
  return count;
}

int64_t unsteady_volumes(const std::filesystem::path& path) { return unsteady_volumes(read_table(path)); }

}  // namespace arcuate
