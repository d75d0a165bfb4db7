#include "brain/bids_heard.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr std::array word_extensions{".TextGrid", ".tsv", ".csv"};

std::optional<size_t> optional_column(const Table& table, std::string_view name) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), name);
  if (found == table.columns.end()) return {};
  return static_cast<size_t>(found - table.columns.begin());
}

// "" where the column or its cell is not there.
std::string cell(const Table& table, size_t row, std::string_view column) {
  const auto place = optional_column(table, column);
  const auto text = place ? std::string(trim(table.text(row, *place))) : "";
  return text == "n/a" ? "" : text;
}

std::optional<double> seconds(const Table& table, size_t row, std::string_view column) {
  if (cell(table, row, column).empty()) return {};
  const double value = table.number(row, *optional_column(table, column));
  if (!std::isfinite(value))
    bad_input("{}:{}: column '{}' needs seconds, found '{}'", table.source, table.lines[row], column,
              cell(table, row, column));
  return value;
}

double onset_of(const Table& events, size_t row) {
  const auto onset = seconds(events, row, "onset");
  if (!onset) bad_input("{}:{}: column 'onset' needs seconds, found none", events.source, events.lines[row]);
  return *onset;
}

Table read_events(const fs::path& path) {
  auto events = read_table(path);
  events.column("onset");  // or an error
  return events;
}

// The onset of the first row with a text in this column (with this text, if one is given).
std::optional<double> first_onset(const Table& events, std::string_view column, const std::string& text = "") {
  for (size_t row = 0; row < events.rows.size(); ++row) {
    const auto found = cell(events, row, column);
    if (!found.empty() && (text.empty() || found == text)) return onset_of(events, row);
  }
  return {};
}

// Words with their onsets.
std::vector<std::pair<std::string, double>> spoken(const Table& events) {
  std::vector<std::pair<std::string, double>> words;
  for (size_t row = 0; row < events.rows.size(); ++row)
    if (auto word = cell(events, row, "word"); !word.empty())
      words.emplace_back(std::move(word), onset_of(events, row));
  return words;
}

std::vector<std::string> distinct(const Table& table, std::string_view column) {
  std::vector<std::string> texts;
  for (size_t row = 0; row < table.rows.size(); ++row)
    if (auto text = cell(table, row, column);
        !text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end())
      texts.push_back(text);
  return texts;
}

bool is_words(const fs::path& path) {
  return std::any_of(word_extensions.begin(), word_extensions.end(),
                     [&](const char* extension) { return path.extension() == extension; });
}

std::string without_audio(std::string stem) {
  constexpr std::string_view tail = "_audio";
  if (stem.ends_with(tail)) stem.resize(stem.size() - tail.size());
  return stem;
}

// The words of a stimulus file, or "".
fs::path words_of(const fs::path& stimulus, const fs::path& stimuli) {
  if (is_words(stimulus)) return stimulus;
  for (const auto& stem : {stimulus.stem().string(), without_audio(stimulus.stem().string())}) {
    for (const auto& folder : {stimulus.parent_path(), stimuli})
      for (const char* extension : word_extensions)
        if (const auto path = folder / (stem + extension); fs::exists(path)) return path;
    if (const auto path = stimuli / "gentle" / stem / "align.csv"; fs::exists(path)) return path;
  }
  return {};
}

std::string with_run(const BidsScan& scan) {
  const auto run = scan.name.of("run");
  return scan.name.of("task") + (run.empty() ? "" : "run" + run);
}

std::optional<ScanStory> by_stimulus(const Table& events, const fs::path& root, std::string& why) {
  const auto files = distinct(events, "stim_file");
  if (files.empty()) return {};
  const auto stimuli = root / "stimuli";
  if (files.size() > 1) {
    why = "several stim_file in one scan (dataset.tasks can name the words)";
    return {};
  }
  const auto stimulus = stimuli / files.front();
  ScanStory heard{.story = without_audio(stimulus.stem().string()), .words = words_of(stimulus, stimuli)};
  if (heard.words.empty()) {
    why = fmt::format("no words for stimuli/{} (dataset.tasks can name them)", files.front());
    return {};
  }
  if (!is_words(stimulus) && fs::exists(stimulus)) heard.sound = stimulus;
  heard.onset = *first_onset(events, "stim_file");
  return heard;
}

std::optional<ScanStory> by_words(const Table& events, const BidsScan& scan) {
  const auto onset = first_onset(events, "word");
  if (!onset) return {};
  return ScanStory{.story = with_run(scan), .words = events.source, .onset = *onset, .by_first_word = true};
}

const TaskRow* row_of(const BidsScan& scan, const std::vector<TaskRow>& tasks) {
  const TaskRow* found = nullptr;
  for (const auto& row : tasks)
    if (row.task == scan.name.of("task") && (row.run.empty() ? found == nullptr : row.run == scan.name.of("run")))
      found = &row;
  return found;
}

// The sound that the table names, if the events do; else whatever began first.
double onset_by_events(const fs::path& events_path, const TaskRow& row) {
  if (events_path.empty()) return 0;
  const auto events = read_events(events_path);
  if (const auto onset = first_onset(events, "stim_file", row.sound.filename().string())) return *onset;
  return first_onset(events, "stim_file").value_or(first_onset(events, "onset").value_or(0));
}

}  // namespace

std::vector<TaskRow> read_task_table(const fs::path& path, const fs::path& root) {
  const auto table = read_table(path);
  table.column("task"), table.column("words");  // or an error
  std::vector<TaskRow> rows;
  Problems problems(fmt::format("'{}' names files that are not there", path.string()));
  const auto file = [&](size_t row, std::string_view column) {
    const auto text = cell(table, row, column);
    if (text.empty()) return fs::path();
    if (!fs::exists(root / text)) problems.add("line {}: '{}'", table.lines[row], (root / text).string());
    return root / text;
  };
  for (size_t row = 0; row < table.rows.size(); ++row) {
    TaskRow task{.task = cell(table, row, "task"),
                 .run = cell(table, row, "run"),
                 .story = cell(table, row, "story"),
                 .words = file(row, "words"),
                 .sound = file(row, "sound"),
                 .onset = seconds(table, row, "onset"),
                 .tr = seconds(table, row, "tr")};
    if (task.story.empty()) task.story = task.task + (task.run.empty() ? "" : "run" + task.run);
    if (task.words.empty()) problems.add("line {}: no words", table.lines[row]);
    if (task.tr && !(*task.tr > 0)) problems.add("line {}: a TR of {} s", table.lines[row], *task.tr);
    rows.push_back(std::move(task));
  }
  problems.raise();
  return rows;
}

bool same_words(const fs::path& a, const fs::path& b, double tolerance) {
  const auto one = spoken(read_events(a)), other = spoken(read_events(b));
  if (one.size() != other.size()) return false;
  for (size_t i = 0; i < one.size(); ++i) {
    const double between = (one[i].second - one[0].second) - (other[i].second - other[0].second);
    if (one[i].first != other[i].first || !(std::abs(between) <= tolerance)) return false;
  }
  return true;
}

fs::path events_of(const BidsScan& scan, const fs::path& root) {
  return inherited_file(root, scan.name, "events", ".tsv");
}

std::optional<ScanStory> heard_during(const BidsScan& scan, const fs::path& root, const std::vector<TaskRow>& tasks,
                                      std::string& why) {
  const auto events_path = events_of(scan, root);
  if (const auto* row = row_of(scan, tasks))
    return ScanStory{.story = row->story,
                     .words = row->words,
                     .sound = row->sound,
                     .onset = row->onset ? *row->onset : onset_by_events(events_path, *row),
                     .tr = row->tr.value_or(0)};
  why = events_path.empty() ? "no events.tsv, and no row of dataset.tasks" : "events.tsv names neither sound nor words";
  if (!tasks.empty()) why = "not in the table dataset.tasks";
  if (events_path.empty() || !tasks.empty()) return {};
  const auto events = read_events(events_path);
  auto heard = by_stimulus(events, root, why);
  return heard ? heard : by_words(events, scan);
}

}  // namespace arcuate
