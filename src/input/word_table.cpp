#include "input/word_table.h"

#include <cmath>
#include <initializer_list>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "input/timed_words.h"
#include "io/table.h"

namespace arcuate {
namespace {

bool has_header(std::string_view bytes, char separator) {
  const auto fields = first_record(bytes, separator);
  return fields.empty() || !to_double(trim(fields.front()));
}

// The first of `names` that a column has, in any case.
std::optional<size_t> find_column(const Table& table, std::initializer_list<const char*> names, Problems& problems) {
  for (const std::string_view name : names) {
    std::optional<size_t> found;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if (lower_ascii(table.columns[i]) != name) continue;
      if (found) problems.add("columns {} and {} are both called '{}'", *found + 1, i + 1, name);
      found = i;
    }
    if (found) return found;
  }
  return std::nullopt;
}

struct Columns {
  size_t onset = 0, offset = 0, word = 0;
  bool offset_is_duration = false;
  std::optional<size_t> tag{}, head{};
};

Columns find_columns(const Table& table) {
  Problems problems(table.source);
  const auto onset = find_column(table, {"onset"}, problems);
  const auto offset = find_column(table, {"offset"}, problems);
  const auto duration = find_column(table, {"duration"}, problems);
  const auto word = find_column(table, {"word", "text", "label", "value", "trial_type"}, problems);
  const auto tag = find_column(table, {"tag"}, problems);
  const auto head = find_column(table, {"head"}, problems);
  if (!onset) problems.add("no column 'onset'{}", suggestion("onset", table.columns));
  if (!offset && !duration) problems.add("no column 'offset' or 'duration'{}", suggestion("offset", table.columns));
  if (!word)
    problems.add("no column 'word', 'text', 'label', 'value' or 'trial_type'{}", suggestion("word", table.columns));
  problems.raise();
  return {onset.value_or(0), offset ? *offset : duration.value_or(0), word.value_or(0), !offset, tag, head};
}

// A time, NaN for "n/a"; nothing (and a problem) otherwise.
std::optional<double> read_time(const Table& table, size_t row, size_t column, Problems& problems) {
  const auto value = table.number_if(row, column);
  if (value && !(std::abs(*value) > longest_seconds)) return value;
  problems.add("line {}: column '{}': expected seconds or n/a, found '{}'", table.lines[row], table.columns[column],
               excerpt(table.text(row, column)));
  return std::nullopt;
}

std::string read_tag(const Table& table, size_t row, std::optional<size_t> column) {
  const auto tag = column ? trim(table.text(row, *column)) : std::string_view();
  return std::string(tag == "n/a" ? "" : tag);
}

// A row of the table, from 1; 0 for a root and for "n/a".
int64_t read_head(const Table& table, size_t row, std::optional<size_t> column, Problems& problems) {
  const auto field = column ? trim(table.text(row, *column)) : std::string_view("0");
  const auto head = field == "n/a" ? 0 : to_integer(field);
  if (head && *head >= 0 && static_cast<size_t>(*head) <= table.rows.size()) return *head;
  problems.add("line {}: column 'head': expected a row from 1 to {}, 0 for a root, or n/a; found '{}'",
               table.lines[row], table.rows.size(), excerpt(field));
  return 0;
}

std::vector<TimedWord> read_rows(const Table& table, const StoryOptions& options, Problems& problems) {
  const auto columns = find_columns(table);
  std::vector<TimedWord> rows;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const auto onset = read_time(table, i, columns.onset, problems);
    const auto second = read_time(table, i, columns.offset, problems);
    const auto label = trim(table.text(i, columns.word));
    auto text = spoken_text(label == "n/a" ? "" : label, options);
    if (!onset || !second || !text) continue;
    const double offset = columns.offset_is_duration ? *onset + *second : *second;
    rows.push_back({{*onset, offset, std::move(*text), read_tag(table, i, columns.tag),
                     read_head(table, i, columns.head, problems)},
                    fmt::format("line {}", table.lines[i]),
                    static_cast<int64_t>(i) + 1});
  }
  return rows;
}

}  // namespace

std::vector<Word> parse_word_table(std::string_view bytes, char separator, const std::string& source,
                                   const StoryOptions& options) {
  const bool header = has_header(bytes, separator);
  const auto table =
      parse_table(bytes, separator, source,
                  header ? std::vector<std::string>{} : std::vector<std::string>{"onset", "offset", "word"});
  Problems problems(source);
  auto rows = read_rows(table, options, problems);
  return settle_words(std::move(rows), options.untimed, problems);
}

void write_words(const fs::path& path, const std::vector<Word>& words) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& word : words) rows.push_back({shortest(word.onset), shortest(word.offset), word.text});
  write_tsv(path, {"onset", "offset", "word"}, rows);
}

}  // namespace arcuate
