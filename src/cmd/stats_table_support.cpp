#include "cmd/stats_table_support.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "cmd/labels_support.h"
#include "cmd/where_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/json.h"
#include "io/table.h"

namespace arcuate {

void describe_stats_columns(cli::Spec<StatsColumns>& s) {
  s.section("Tables");
  s.option("value", &StatsColumns::value, "the column of scores").metavar("COLUMN");
  s.option("by", &StatsColumns::by,
           "columns whose values make the cells, each with a test of its own: region,hemisphere; without it all rows "
           "are one cell")
      .metavar("COLUMN");
  s.option("subject", &StatsColumns::subject, "the column of subjects; subject if not given").metavar("COLUMN");
  s.option("compare", &StatsColumns::compare,
           "paired tests of the subjects' scores in rows with A less those with B: space=gpt2,bert or hemisphere=L,R")
      .metavar("COLUMN=A,B");
  s.option("where", &StatsColumns::where,
           "only rows with this value in this column; given again, values of one column are alternatives and several "
           "columns must all agree")
      .metavar("COLUMN=VALUE")
      .whole_values();
  s.option("within", &StatsColumns::within,
           "the column of stories: a subject's score is the mean over its stories, and --bootstrap draws both")
      .metavar("COLUMN");
  s.option("stories", &StatsColumns::stories,
           "how --within draws stories: anew for each drawn subject, or the same for all of them")
      .choices({{"nested", StoryDraws::nested}, {"crossed", StoryDraws::crossed}});
  s.option("missing", &StatsColumns::missing, "what a row without a number, or without a partner in --compare, does")
      .choices({{"error", RowGaps::error}, {"drop", RowGaps::drop}});
  s.option("repeated", &StatsColumns::repeated,
           "what several rows of one subject in one cell do: an error, or their mean counts")
      .choices({{"error", RepeatedRows::error}, {"mean", RepeatedRows::mean}});
}

namespace {

struct Comparison {
  std::string column{}, a{}, b{};
};

std::optional<Comparison> comparison_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto equals = text.find('='), comma = text.find(',', equals + 1);
  if (equals == text.npos || equals == 0 || comma == text.npos || text.find(',', comma + 1) != text.npos)
    bad_usage("--compare expects COLUMN=A,B, found '{}'", text);
  Comparison found{text.substr(0, equals), text.substr(equals + 1, comma - equals - 1), text.substr(comma + 1)};
  if (found.a.empty() || found.b.empty() || found.a == found.b)
    bad_usage("--compare expects two different values, found '{}' and '{}'", found.a, found.b);
  return found;
}

using Wanted = std::map<std::string, std::set<std::string>>;

Wanted wanted_values(const StatsColumns& columns, const std::optional<Comparison>& comparison) {
  Wanted wanted;
  for (const auto& condition : parse_where(columns.where)) wanted[condition.column].insert(condition.value);
  if (comparison && wanted.contains(comparison->column))
    bad_usage("--compare chooses the rows of '{}': leave it out of --where", comparison->column);
  if (comparison) wanted[comparison->column] = {comparison->a, comparison->b};
  return wanted;
}

std::vector<std::string> needed_columns(const StatsColumns& columns, const Wanted& wanted) {
  std::vector<std::string> needed{columns.value, columns.subject.empty() ? "subject" : columns.subject};
  needed.insert(needed.end(), columns.by.begin(), columns.by.end());
  if (!columns.within.empty()) needed.push_back(columns.within);
  for (const auto& [name, values] : wanted) needed.push_back(name);
  return needed;
}

// One row that is left.
struct Score {
  std::string cell{}, subject{}, side{}, story{};
  double value = 0;
  std::string where{};  // file and line, for messages
};

struct Reading {
  std::vector<Score> scores{};
  std::map<std::string, std::vector<std::string>> cells{};  // labels of each cell's key
  std::map<std::string, std::set<std::string>> present{};   // values of the wanted columns
  StatsCells result{};
};

std::string key_of(const std::vector<std::string>& labels) { return join(labels, "\x1f"); }

void read_rows(const Table& table, const StatsColumns& columns, const std::optional<Comparison>& comparison,
               const Wanted& wanted, Reading& reading, Problems& words) {
  const auto text = [&](size_t row, const std::string& name) { return table.text(row, table.column(name)); };
  const auto value_column = table.column(columns.value);
  for (size_t row = 0; row < table.rows.size(); ++row) {
    bool chosen = true;
    for (const auto& [name, values] : wanted) {
      reading.present[name].insert(text(row, name));
      chosen = chosen && values.contains(text(row, name));
    }
    if (!chosen) continue;
    ++reading.result.chosen;
    const auto& field = table.text(row, value_column);
    const auto value = field.empty() ? NAN : table.number_if(row, value_column).value_or(INFINITY);
    if (std::isinf(value)) words.add("'{}' line {}: '{}'", table.source, table.lines[row], excerpt(field));
    std::vector<std::string> labels;
    for (const auto& name : columns.by) labels.push_back(text(row, name));
    reading.cells.try_emplace(key_of(labels), labels);
    reading.scores.push_back(
        {.cell = key_of(labels),
         .subject = text(row, columns.subject.empty() ? "subject" : columns.subject),
         .side = comparison ? text(row, comparison->column) : "",
         .story = columns.within.empty() ? "" : text(row, columns.within),
         .value = value,
         .where = fmt::format("{} line {}", fs::path(table.source).filename().string(), table.lines[row])});
  }
  reading.result.rows += std::ssize(table.rows);
}

void check_present(const Wanted& wanted, const Reading& reading) {
  Problems problems("no row has what --where and --compare ask for");
  for (const auto& [name, values] : wanted) {
    const auto found = reading.present.find(name);
    const auto known = found == reading.present.end()
                           ? std::vector<std::string>{}
                           : std::vector<std::string>(found->second.begin(), found->second.end());
    for (const auto& value : values)
      if (std::find(known.begin(), known.end(), value) == known.end())
        problems.add("{}={}{}", name, value, suggestion(value, known));
  }
  problems.raise();
}

Reading read_tables(const std::vector<fs::path>& files, const StatsColumns& columns,
                    const std::optional<Comparison>& comparison, const Wanted& wanted) {
  Reading reading;
  Problems lacking("tables lack columns"), words("scores must be numbers");
  for (const auto& file : files) {
    const auto table = read_table(file);
    bool whole = true;
    for (const auto& name : needed_columns(columns, wanted)) {
      if (std::find(table.columns.begin(), table.columns.end(), name) != table.columns.end()) continue;
      lacking.add("'{}': '{}'{}", table.source, name, suggestion(name, table.columns));
      whole = false;
    }
    if (whole) read_rows(table, columns, comparison, wanted, reading, words);
    reading.result.simulated = reading.result.simulated || is_marked_simulated(file);
  }
  lacking.raise();
  words.raise();
  check_present(wanted, reading);
  if (reading.scores.empty()) bad_input("no row is left of {}", reading.result.rows);
  return reading;
}

// A study's mean over subjects is no subject.
void leave_out_mean(Reading& reading) {
  const auto is_mean = [](const Score& score) { return score.subject == "mean"; };
  const auto means = std::count_if(reading.scores.begin(), reading.scores.end(), is_mean);
  if (means == 0 || means == std::ssize(reading.scores)) return;
  std::erase_if(reading.scores, is_mean);
  reading.result.mean_subject = true;
}

void handle_gaps(Reading& reading, RowGaps missing) {
  Problems gaps("rows without a number; give --missing drop to leave them out, or choose rows with --where");
  for (const auto& score : reading.scores)
    if (std::isnan(score.value) && missing == RowGaps::error) gaps.add("{}", score.where);
  gaps.raise();
  reading.result.left_out +=
      static_cast<int64_t>(std::erase_if(reading.scores, [](const Score& score) { return std::isnan(score.value); }));
  if (reading.scores.empty()) bad_input("no row has a number");
}

std::string cell_text(const std::vector<std::string>& by, const std::vector<std::string>& labels) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < by.size(); ++i) parts.push_back(by[i] + "=" + labels[i]);
  return parts.empty() ? "all rows" : join(parts, ", ");
}

// Means of repeated rows, or an error that says how to tell them apart.
struct Mean {
  double sum = 0;
  int64_t rows = 0;
  std::string first{}, second{};
  double value() const { return sum / static_cast<double>(rows); }
};
using Place = std::vector<std::string>;  // cell, subject, story
std::map<Place, std::map<std::string, Mean>> collected(const Reading& reading, const StatsColumns& columns) {
  std::map<Place, std::map<std::string, Mean>> means;
  for (const auto& score : reading.scores) {
    auto& mean = means[{score.cell, score.subject, score.story}][score.side];
    if (mean.rows == 0) mean.first = score.where;
    if (mean.rows == 1) mean.second = score.where;
    mean.sum += score.value;
    ++mean.rows;
  }
  Problems problems(
      "several rows of one subject in one cell; name what tells them apart in --by (or --within), choose some with "
      "--where, or give --repeated mean");
  if (columns.repeated == RepeatedRows::error)
    for (const auto& [place, sides] : means)
      for (const auto& [side, mean] : sides)
        if (mean.rows > 1)
          problems.add("subject {}, {}: {} rows ({}, {}{})", place[1],
                       cell_text(columns.by, reading.cells.at(place[0])), mean.rows, mean.first, mean.second,
                       mean.rows > 2 ? ", …" : "");
  problems.raise();
  return means;
}

// A less B, or the value itself. Places without a partner are left out, or told all at once.
std::map<Place, double> compared(const Reading& reading, const StatsColumns& columns,
                                 const std::optional<Comparison>& comparison, int64_t& left_out) {
  std::map<Place, double> values;
  Problems problems("scores without a partner; give --missing drop to leave them out");
  for (const auto& [place, sides] : collected(reading, columns)) {
    if (!comparison || sides.size() == 2) {
      values[place] = comparison ? sides.at(comparison->a).value() - sides.at(comparison->b).value()
                                 : sides.begin()->second.value();
      continue;
    }
    ++left_out;
    const bool has_a = sides.contains(comparison->a);
    if (columns.missing == RowGaps::error)
      problems.add("subject {}, {}{} has {}={} and not {}", place[1], cell_text(columns.by, reading.cells.at(place[0])),
                   place[2].empty() ? "" : ", " + columns.within + "=" + place[2], comparison->column,
                   has_a ? comparison->a : comparison->b, has_a ? comparison->b : comparison->a);
  }
  problems.raise();
  if (values.empty()) bad_input("no subject has both {} and {}", comparison->a, comparison->b);
  return values;
}

// In the order in which they first appear.
std::map<std::string, int64_t> numbered(const std::vector<Score>& scores, std::string Score::* field,
                                        std::vector<std::string>& names) {
  std::vector<std::string> labels;
  for (const auto& score : scores) labels.push_back(score.*field);
  names = number_labels(labels).names;
  std::map<std::string, int64_t> numbers;
  for (size_t i = 0; i < names.size(); ++i) numbers[names[i]] = static_cast<int64_t>(i);
  return numbers;
}

void arrange(const std::map<Place, double>& values, Reading& reading, bool with_stories) {
  std::vector<std::string> cell_names, story_names;
  const auto cells = numbered(reading.scores, &Score::cell, cell_names);
  const auto subjects = numbered(reading.scores, &Score::subject, reading.result.subjects);
  const auto stories = numbered(reading.scores, &Score::story, story_names);
  auto table = at::full({std::ssize(reading.result.subjects), std::ssize(cell_names), std::ssize(story_names)}, NAN,
                        at::kDouble);
  for (const auto& [place, value] : values)
    table[subjects.at(place[1])][cells.at(place[0])][stories.at(place[2])] = value;
  reading.result.values = at::nanmean(table, 2);
  if (with_stories) reading.result.by_story = table;
  for (const auto& name : cell_names) reading.result.labels.push_back(reading.cells.at(name));
}

}  // namespace

bool is_marked_simulated(const fs::path& file) {
  auto sidecar = fs::path(file).replace_extension();
  if (sidecar.extension() == ".func" || sidecar.extension() == ".shape") sidecar.replace_extension();
  sidecar += ".json";
  if (!fs::is_regular_file(sidecar)) return false;
  const auto json = read_json(sidecar);
  return json.is_object() && json.value("Simulated", Json(false)) == Json(true);
}

StatsCells read_stats_cells(const std::vector<fs::path>& files, const StatsColumns& columns) {
  const auto comparison = comparison_of(columns.compare);
  if (comparison && std::find(columns.by.begin(), columns.by.end(), comparison->column) != columns.by.end())
    bad_usage("'{}' is compared and cannot be in --by", comparison->column);
  const auto wanted = wanted_values(columns, comparison);
  auto reading = read_tables(files, columns, comparison, wanted);
  leave_out_mean(reading);
  handle_gaps(reading, columns.missing);
  const auto values = compared(reading, columns, comparison, reading.result.left_out);
  arrange(values, reading, !columns.within.empty());
  return reading.result;
}

}  // namespace arcuate
