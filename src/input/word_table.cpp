#include "input/word_table.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

struct Row {
  Word word{};
  int line = 0;
  int64_t number = 0;  // in the table, from 1
};

bool timed(const Row& row) { return !std::isnan(row.word.onset) && !std::isnan(row.word.offset); }

bool has_header(std::string_view bytes, char separator) {
  auto text = without_bom(bytes);
  text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
  const char ends[] = {separator, '\r', '\n'};
  auto field = trim(text.substr(0, text.find_first_of(std::string_view(ends, 3))));
  if (field.size() > 1 && field.starts_with('"') && field.ends_with('"')) field = field.substr(1, field.size() - 2);
  return !to_double(field);
}

std::optional<size_t> find_column(const Table& table, std::initializer_list<const char*> names) {
  for (const std::string_view name : names)
    for (size_t i = 0; i < table.columns.size(); ++i)
      if (lower_ascii(table.columns[i]) == name) return i;
  return std::nullopt;
}

struct Columns {
  size_t onset = 0, offset = 0, word = 0;
  bool offset_is_duration = false;
  std::optional<size_t> tag{}, head{};
};

Columns find_columns(const Table& table) {
  Problems problems(table.source);
  const auto onset = find_column(table, {"onset"});
  const auto offset = find_column(table, {"offset"});
  const auto duration = find_column(table, {"duration"});
  const auto word = find_column(table, {"word", "text", "label", "value", "trial_type"});
  if (!onset) problems.add("no column 'onset'{}", suggestion("onset", table.columns));
  if (!offset && !duration) problems.add("no column 'offset' or 'duration'{}", suggestion("offset", table.columns));
  if (!word)
    problems.add("no column 'word', 'text', 'label', 'value' or 'trial_type'{}", suggestion("word", table.columns));
  problems.raise();
  return {onset.value_or(0),
          offset ? *offset : duration.value_or(0),
          word.value_or(0),
          !offset,
          find_column(table, {"tag"}),
          find_column(table, {"head"})};
}

// No recording is longer than this; sums and differences of such times stay finite.
constexpr double longest_seconds = 1e12;

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

std::vector<Row> read_rows(const Table& table, const StoryOptions& options, Problems& problems) {
  const auto columns = find_columns(table);
  std::vector<Row> rows;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const auto onset = read_time(table, i, columns.onset, problems);
    const auto second = read_time(table, i, columns.offset, problems);
    const auto label = trim(table.text(i, columns.word));
    auto text = spoken_text(label == "n/a" ? "" : label, options);
    if (!onset || !second || !text) continue;
    const double offset = columns.offset_is_duration ? *onset + *second : *second;
    rows.push_back({{*onset, offset, std::move(*text), read_tag(table, i, columns.tag),
                     read_head(table, i, columns.head, problems)},
                    table.lines[i],
                    static_cast<int64_t>(i) + 1});
  }
  return rows;
}

void check_order(const std::vector<Row>& rows, Problems& problems) {
  const Row* last = nullptr;
  for (const auto& row : rows) {
    const auto& [onset, offset, text, tag, head] = row.word;
    if (offset < onset)
      problems.add("line {}: '{}' ends at {}, before its onset {}", row.line, excerpt(text), shortest(offset),
                   shortest(onset));
    if (std::isnan(onset)) continue;
    if (last && onset < last->word.onset)
      problems.add("line {}: '{}' begins at {}, before the onset {} of '{}' (line {})", row.line, excerpt(text),
                   shortest(onset), shortest(last->word.onset), excerpt(last->word.text), last->line);
    last = &row;
  }
}

void report_untimed(const std::vector<Row>& rows, Problems& problems) {
  constexpr size_t shown = 20;
  std::vector<std::string> lines;
  for (const auto& row : rows)
    if (!timed(row)) lines.push_back(std::to_string(row.line));
  if (lines.empty()) return;
  const size_t count = lines.size();
  lines.resize(std::min(count, shown));
  problems.add(
      "{} {} no time (n/a): line {}{}; leave such words out with untimed = \"drop\" or place them between "
      "their neighbours with untimed = \"interpolate\"",
      count, count == 1 ? "word has" : "words have", join(lines, ", "), count > shown ? ", ..." : "");
}

// Shares the time from `begin` to `end` evenly among the words of rows[first, last).
void share_out(std::vector<Row>& rows, size_t first, size_t last, double begin, double end) {
  const double step = (end - begin) / static_cast<double>(last - first);
  for (size_t i = first; i < last; ++i) {
    rows[i].word.onset = begin + step * static_cast<double>(i - first);
    rows[i].word.offset = i + 1 == last ? end : begin + step * static_cast<double>(i + 1 - first);
  }
}

// One past the run of words without complete times that begins at `first`. A known onset or offset ends a run.
size_t run_end(const std::vector<Row>& rows, size_t first) {
  size_t last = first;
  do ++last;
  while (last < rows.size() && std::isnan(rows[last].word.onset) && std::isnan(rows[last - 1].word.offset));
  return last;
}

void interpolate(std::vector<Row>& rows, Problems& problems) {
  for (size_t first = 0; first < rows.size(); ++first) {
    if (timed(rows[first])) continue;
    const size_t last = run_end(rows, first);
    const bool own_onset = !std::isnan(rows[first].word.onset), own_offset = !std::isnan(rows[last - 1].word.offset);
    if ((first == 0 && !own_onset) || (last == rows.size() && !own_offset)) {
      problems.add("line {}: '{}' has no time (n/a) and no timed word {} it to interpolate from", rows[first].line,
                   excerpt(rows[first].word.text), first == 0 && !own_onset ? "before" : "after");
      return;
    }
    const double end = own_offset ? rows[last - 1].word.offset : rows[last].word.onset;
    const double begin = own_onset ? rows[first].word.onset : rows[first - 1].word.offset;
    share_out(rows, first, last, std::min(begin, end), end);
    first = last - 1;
  }
}

void settle_untimed(std::vector<Row>& rows, Untimed untimed, Problems& problems) {
  if (untimed == Untimed::error) report_untimed(rows, problems);
  if (untimed == Untimed::drop) std::erase_if(rows, [](const Row& row) { return !timed(row); });
}

// From rows of the table to words of the story: some rows are none.
void renumber_heads(std::vector<Row>& rows, Problems& problems) {
  std::map<int64_t, int64_t> places{{0, 0}};
  for (size_t i = 0; i < rows.size(); ++i) places[rows[i].number] = static_cast<int64_t>(i) + 1;
  for (auto& row : rows) {
    const auto place = places.find(row.word.head);
    if (place == places.end())
      problems.add("line {}: the head of '{}' is row {}, which is left out: it holds no word, or no time", row.line,
                   excerpt(row.word.text), row.word.head);
    row.word.head = place == places.end() ? 0 : place->second;
  }
}

// Every word must come to a root. Words are marked with the walk that met them first: meeting one's own mark is a
// circle.
void check_circles(const std::vector<Row>& rows, Problems& problems) {
  std::vector<size_t> met(rows.size() + 1);
  for (size_t start = 1; start <= rows.size(); ++start) {
    size_t at = start;
    while (at != 0 && met[at] == 0) {
      met[at] = start;
      at = static_cast<size_t>(rows[at - 1].word.head);
    }
    if (at != 0 && met[at] == start)
      problems.add("line {}: the heads of '{}' lead back to it and never to a root", rows[at - 1].line,
                   excerpt(rows[at - 1].word.text));
  }
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
  check_order(rows, problems);
  settle_untimed(rows, options.untimed, problems);
  problems.raise();
  if (options.untimed == Untimed::interpolate) {
    interpolate(rows, problems);
    if (problems.empty()) check_order(rows, problems);  // a lone offset may contradict the neighbours
    problems.raise();
  }
  renumber_heads(rows, problems);
  check_circles(rows, problems);
  problems.raise();
  std::vector<Word> words;
  words.reserve(rows.size());
  for (auto& row : rows) words.push_back(std::move(row.word));
  return words;
}

void write_words(const fs::path& path, const std::vector<Word>& words) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& word : words) rows.push_back({shortest(word.onset), shortest(word.offset), word.text});
  write_tsv(path, {"onset", "offset", "word"}, rows);
}

}  // namespace arcuate
