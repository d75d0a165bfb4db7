#include "input/gentle.h"

#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "input/alignment_json.h"
#include "input/timed_words.h"
#include "io/table.h"

namespace arcuate {
namespace {

const std::vector<std::string> csv_columns{"word", "aligned word", "onset", "offset"};

double read_seconds(const Table& table, size_t row, size_t column, Problems& problems) {
  const auto field = trim(table.text(row, column));
  if (field.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto value = to_double(field);
  if (value && std::abs(*value) <= longest_seconds) return *value;
  problems.add("line {}: column {} ({}): expected seconds or nothing, found '{}'", table.lines[row], column + 1,
               csv_columns[column], excerpt(field));
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<Word> settled(std::vector<TimedWord> rows, const StoryOptions& options, Problems& problems) {
  check_sound_times(rows, problems);
  return settle_words(std::move(rows), options.untimed, problems);
}

bool is_seconds(std::string_view field) { return to_double(trim(field)).has_value(); }

}  // namespace

bool is_gentle_csv(std::string_view bytes) {
  const auto fields = first_record(bytes, ',');
  if (fields.size() != csv_columns.size()) return false;
  return is_seconds(fields[2]) || is_seconds(fields[3]) || (trim(fields[2]).empty() && trim(fields[3]).empty());
}

std::vector<Word> parse_gentle_csv(std::string_view bytes, const std::string& source, const StoryOptions& options) {
  const auto table = parse_table(bytes, ',', source, csv_columns);
  Problems problems(source);
  std::vector<TimedWord> rows;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const double onset = read_seconds(table, i, 2, problems), offset = read_seconds(table, i, 3, problems);
    if (auto text = spoken_text(table.text(i, 0), options))
      rows.push_back({{onset, offset, std::move(*text)}, fmt::format("line {}", table.lines[i])});
  }
  return settled(std::move(rows), options, problems);
}

std::vector<Word> parse_gentle_json(const SortedJson& json, const std::string& source, const StoryOptions& options) {
  Problems problems(source);
  std::vector<TimedWord> rows;
  read_each(alignment_list(json, "words", source), problems, [&](const Node& item) {
    const auto kind = item.at("case").text();
    if (kind == "not-found-in-transcript") return;
    if (kind != "success" && kind != "not-found-in-audio")
      bad_input("{}.case: expected success or not-found-in-audio, found '{}'", item.where(), excerpt(kind));
    const bool found = kind == "success";
    if (found && (!item.has("start") || !item.has("end")))
      bad_input("{}: 'start' and 'end' are expected of a word that was found", item.where());
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    const double onset = found ? alignment_seconds(item, "start") : none;
    const double offset = found ? alignment_seconds(item, "end") : none;
    if (auto text = spoken_text(item.at("word").text(), options))
      rows.push_back({{onset, offset, std::move(*text)}, item.where()});
  });
  return settled(std::move(rows), options, problems);
}

}  // namespace arcuate
