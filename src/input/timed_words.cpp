#include "input/timed_words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

bool timed(const TimedWord& row) { return !std::isnan(row.word.onset) && !std::isnan(row.word.offset); }

void check_order(const std::vector<TimedWord>& rows, Problems& problems) {
  const TimedWord* last = nullptr;
  for (const auto& row : rows) {
    const auto& [onset, offset, text, tag, head] = row.word;
    if (offset < onset)
      problems.add("{}: '{}' ends at {}, before its onset {}", row.where, excerpt(text), shortest(offset),
                   shortest(onset));
    if (std::isnan(onset)) continue;
    if (last && onset < last->word.onset)
      problems.add("{}: '{}' begins at {}, before the onset {} of '{}' ({})", row.where, excerpt(text), shortest(onset),
                   shortest(last->word.onset), excerpt(last->word.text), last->where);
    last = &row;
  }
}

void report_untimed(const std::vector<TimedWord>& rows, Problems& problems) {
  constexpr size_t shown = 20;
  std::vector<std::string> lines;
  for (const auto& row : rows)
    if (!timed(row)) lines.push_back(row.where);
  if (lines.empty()) return;
  const size_t count = lines.size();
  lines.resize(std::min(count, shown));
  problems.add(
      "{} {} no time (n/a): {}{}; leave such words out with untimed = \"drop\" or place them between "
      "their neighbours with untimed = \"interpolate\"",
      count, count == 1 ? "word has" : "words have", join(lines, ", "), count > shown ? ", ..." : "");
}

// Shares the time from `begin` to `end` evenly among the words of rows[first, last).
void share_out(std::vector<TimedWord>& rows, size_t first, size_t last, double begin, double end) {
  const double step = (end - begin) / static_cast<double>(last - first);
  for (size_t i = first; i < last; ++i) {
    rows[i].word.onset = begin + step * static_cast<double>(i - first);
    rows[i].word.offset = i + 1 == last ? end : begin + step * static_cast<double>(i + 1 - first);
  }
}

// One past the run of words without complete times that begins at `first`. A known onset or offset ends a run.
size_t run_end(const std::vector<TimedWord>& rows, size_t first) {
  size_t last = first;
  do ++last;
  while (last < rows.size() && std::isnan(rows[last].word.onset) && std::isnan(rows[last - 1].word.offset));
  return last;
}

void interpolate(std::vector<TimedWord>& rows, Problems& problems) {
  for (size_t first = 0; first < rows.size(); ++first) {
    if (timed(rows[first])) continue;
    const size_t last = run_end(rows, first);
    const bool own_onset = !std::isnan(rows[first].word.onset), own_offset = !std::isnan(rows[last - 1].word.offset);
    if ((first == 0 && !own_onset) || (last == rows.size() && !own_offset)) {
      problems.add("{}: '{}' has no time (n/a) and no timed word {} it to interpolate from", rows[first].where,
                   excerpt(rows[first].word.text), first == 0 && !own_onset ? "before" : "after");
      return;
    }
    const double end = own_offset ? rows[last - 1].word.offset : rows[last].word.onset;
    const double begin = own_onset ? rows[first].word.onset : rows[first - 1].word.offset;
    share_out(rows, first, last, std::min(begin, end), end);
    first = last - 1;
  }
}

void settle_untimed(std::vector<TimedWord>& rows, Untimed untimed, Problems& problems) {
  if (untimed == Untimed::error) report_untimed(rows, problems);
  if (untimed == Untimed::drop) std::erase_if(rows, [](const TimedWord& row) { return !timed(row); });
}

// From rows of the table to words of the story: some rows are none.
void renumber_heads(std::vector<TimedWord>& rows, Problems& problems) {
  std::map<int64_t, int64_t> places{{0, 0}};
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].number > 0) places[rows[i].number] = static_cast<int64_t>(i) + 1;
  for (auto& row : rows) {
    const auto place = places.find(row.word.head);
    if (place == places.end())
      problems.add("{}: the head of '{}' is row {}, which is left out: it holds no word, or no time", row.where,
                   excerpt(row.word.text), row.word.head);
    row.word.head = place == places.end() ? 0 : place->second;
  }
}

// Every word must come to a root. Words are marked with the walk that met them first: meeting one's own mark is a
// circle.
void check_circles(const std::vector<TimedWord>& rows, Problems& problems) {
  std::vector<size_t> met(rows.size() + 1);
  for (size_t start = 1; start <= rows.size(); ++start) {
    size_t at = start;
    while (at != 0 && met[at] == 0) {
      met[at] = start;
      at = static_cast<size_t>(rows[at - 1].word.head);
    }
    if (at != 0 && met[at] == start)
      problems.add("{}: the heads of '{}' lead back to it and never to a root", rows[at - 1].where,
                   excerpt(rows[at - 1].word.text));
  }
}

}  // namespace

void check_sound_times(const std::vector<TimedWord>& rows, Problems& problems) {
  for (const auto& row : rows)
    if (const double first = std::fmin(row.word.onset, row.word.offset); first < 0)
      problems.add("{}: '{}' has the time {}; the times of a sound begin at 0", row.where, excerpt(row.word.text),
                   shortest(first));
}

std::vector<Word> settle_words(std::vector<TimedWord> rows, Untimed untimed, Problems& problems) {
  check_order(rows, problems);
  settle_untimed(rows, untimed, problems);
  problems.raise();
  if (untimed == Untimed::interpolate) {
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

}  // namespace arcuate
