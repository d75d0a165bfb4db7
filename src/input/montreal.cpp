#include "input/montreal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "input/alignment_json.h"
#include "input/timed_words.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr std::string_view word_tier = "words";

std::vector<Word> settled(std::vector<TimedWord> rows, size_t speakers, const StoryOptions& options,
                          Problems& problems) {
  check_sound_times(rows, problems);
  problems.raise();
  if (speakers > 1)
    std::stable_sort(rows.begin(), rows.end(),
                     [](const TimedWord& a, const TimedWord& b) { return a.word.onset < b.word.onset; });
  return settle_words(std::move(rows), options.untimed, problems);
}

size_t csv_column(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const auto& column) { return lower_ascii(column) == name; });
  return static_cast<size_t>(found - table.columns.begin());
}

double csv_seconds(const Table& table, size_t row, size_t column, Problems& problems) {
  const auto value = to_double(trim(table.text(row, column)));
  if (value && std::abs(*value) <= longest_seconds) return *value;
  problems.add("line {}: column '{}': expected seconds, found '{}'", table.lines[row], table.columns[column],
               excerpt(table.text(row, column)));
  return 0;
}

// [begin, end, label]
TimedWord json_entry(const Node& entry) {
  const auto parts = entry.items();
  if (parts.size() != 3) bad_input("{}: expected [begin, end, label], found {} values", entry.where(), parts.size());
  const double begin = parts[0].number(), end = parts[1].number();
  if (std::abs(begin) > longest_seconds || std::abs(end) > longest_seconds)
    bad_input("{}: {} to {} seconds is no time", entry.where(), shortest(begin), shortest(end));
  return {{begin, end, parts[2].text()}, entry.where()};
}

bool is_word_tier(std::string_view name) { return name == word_tier || name.ends_with(" - " + std::string(word_tier)); }

}  // namespace

bool is_montreal_csv(std::string_view bytes) {
  std::set<std::string> names;
  for (const auto& field : first_record(bytes, ',')) names.insert(lower_ascii(trim(field)));
  const std::array<const char*, 4> expected{"begin", "end", "label", "type"};
  return std::all_of(expected.begin(), expected.end(), [&](const char* name) { return names.count(name) == 1; });
}

std::vector<Word> parse_montreal_csv(std::string_view bytes, const std::string& source, const StoryOptions& options) {
  const auto table = parse_table(bytes, ',', source);
  const size_t begin = csv_column(table, "begin"), end = csv_column(table, "end"), label = csv_column(table, "label"),
               type = csv_column(table, "type"), speaker = csv_column(table, "speaker");
  Problems problems(source);
  std::vector<TimedWord> rows;
  std::set<std::string> speakers;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    if (lower_ascii(trim(table.text(i, type))) != word_tier) continue;
    if (speaker < table.columns.size()) speakers.insert(table.text(i, speaker));
    const double onset = csv_seconds(table, i, begin, problems), offset = csv_seconds(table, i, end, problems);
    if (auto text = spoken_text(table.text(i, label), options))
      rows.push_back({{onset, offset, std::move(*text)}, fmt::format("line {}", table.lines[i])});
  }
  return settled(std::move(rows), speakers.size(), options, problems);
}

std::vector<Word> parse_montreal_json(const SortedJson& json, const std::string& source, const StoryOptions& options) {
  if (!json.is_object() || !json.contains("tiers") || !json.at("tiers").is_object())
    bad_input("{}: expected an object with an object 'tiers'", source);
  Problems problems(source);
  std::vector<TimedWord> rows;
  std::vector<std::string> tiers, spoken;
  for (const auto& [name, tier] : json.at("tiers").items()) {
    tiers.push_back(excerpt(name));
    if (!is_word_tier(name)) continue;
    spoken.push_back(name);
    try {
      read_each(Node(tier, "tiers." + excerpt(name)).at("entries").items(), problems, [&](const Node& node) {
        auto entry = json_entry(node);
        auto text = spoken_text(entry.word.text, options);
        if (!text) return;
        entry.word.text = std::move(*text);
        rows.push_back(std::move(entry));
      });
    } catch (const Error& error) {
      problems.add("{}", error.what());
    }
  }
  if (spoken.empty())
    bad_input("{}: no tier is called 'words' or 'SPEAKER - words'; its tiers: {}", source,
              tiers.empty() ? "none" : join(tiers, ", "));
  return settled(std::move(rows), spoken.size(), options, problems);
}

}  // namespace arcuate
