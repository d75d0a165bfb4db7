#include "input/story.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "input/gentle.h"
#include "input/montreal.h"
#include "input/textgrid.h"
#include "input/whisperx.h"
#include "input/word_table.h"
#include "io/gzip.h"
#include "io/json.h"
#include "io/table.h"

namespace arcuate {

static bool marks_silence(std::string_view text, const std::vector<std::string>& silence) {
  if (text.starts_with('{') && text.ends_with('}')) text = trim(text.substr(1, text.size() - 2));
  const auto lower = lower_ascii(text);
  return std::any_of(silence.begin(), silence.end(), [&](const auto& mark) { return lower_ascii(mark) == lower; });
}

std::optional<std::string> spoken_text(std::string_view label, const StoryOptions& options) {
  const auto text = trim(label);
  if (text.empty() ? !options.keep_empty : marks_silence(text, options.silence)) return std::nullopt;
  return options.lowercase ? lower_ascii(text) : std::string(text);
}

static std::vector<Word> textgrid_words(std::string_view bytes, const std::string& source,
                                        const StoryOptions& options) {
  std::vector<Word> words;
  for (const auto& interval : parse_interval_tier(bytes, source, options.tier).intervals)
    if (auto text = spoken_text(interval.label, options))
      words.push_back({interval.begin, interval.end, std::move(*text)});
  return words;
}

// What tells the files of aligners apart is their outermost key.
static StoryFormat json_format(const SortedJson& json, const std::string& source) {
  if (json.is_object() && json.contains("words")) return StoryFormat::gentle_json;
  if (json.is_object() && json.contains("tiers")) return StoryFormat::montreal_json;
  if (json.is_object() && json.contains("segments")) return StoryFormat::whisperx;
  bad_input(
      "'{}' holds no story: expected an object with 'words' (Gentle), 'tiers' (Montreal Forced Aligner) or "
      "'segments' (WhisperX), found {}",
      source, json.is_object() ? "none of them" : json.type_name());
}

const char* story_format_name(StoryFormat format) {
  switch (format) {
    case StoryFormat::textgrid:
      return "TextGrid";
    case StoryFormat::word_table:
      return "word table";
    case StoryFormat::gentle_csv:
    case StoryFormat::gentle_json:
      return "alignment by Gentle";
    case StoryFormat::montreal_csv:
    case StoryFormat::montreal_json:
      return "alignment by the Montreal Forced Aligner";
    case StoryFormat::whisperx:
      return "alignment by WhisperX";
  }
  fail(Fault::failed, "unknown format of a story");
}

static std::string story_ending(const fs::path& path) {
  auto ending = lower_ascii(without_gz(path).extension().string());
  if (ending == ".textgrid" || ending == ".tsv" || ending == ".csv" || ending == ".json") return ending;
  bad_input("'{}': expected a story that ends in .TextGrid, .tsv, .csv or .json (or one of these and .gz)",
            path.string());
}

StoryFormat story_format(const fs::path& path, std::string_view bytes) {
  const auto ending = story_ending(path);
  if (ending == ".textgrid") return StoryFormat::textgrid;
  if (ending == ".json") return json_format(parse_sorted_json(bytes, path.string()), path.string());
  if (ending == ".csv" && is_montreal_csv(bytes)) return StoryFormat::montreal_csv;
  if (ending == ".csv" && is_gentle_csv(bytes)) return StoryFormat::gentle_csv;
  return StoryFormat::word_table;
}

static std::vector<Word> read_words(const fs::path& path, const StoryOptions& options) {
  story_ending(path);  // what holds no story is not read
  const auto source = path.string(), bytes = read_unpacked(path);
  switch (story_format(path, bytes)) {
    case StoryFormat::textgrid:
      return textgrid_words(bytes, source, options);
    case StoryFormat::word_table:
      return parse_word_table(bytes, table_separator(path), source, options);
    case StoryFormat::gentle_csv:
      return parse_gentle_csv(bytes, source, options);
    case StoryFormat::gentle_json:
      return parse_gentle_json(parse_sorted_json(bytes, source), source, options);
    case StoryFormat::montreal_csv:
      return parse_montreal_csv(bytes, source, options);
    case StoryFormat::montreal_json:
      return parse_montreal_json(parse_sorted_json(bytes, source), source, options);
    case StoryFormat::whisperx:
      return parse_whisperx(parse_sorted_json(bytes, source), source, options);
  }
  fail(Fault::failed, "unknown format of a story");
}

Story read_story(const fs::path& path, const StoryOptions& options) {
  Story story{without_gz(path).stem().string(), read_words(path, options)};
  if (story.words.empty())
    bad_input("'{}' holds no words: every label is empty or marks silence ({})", path.string(),
              join(options.silence, ", "));
  return story;
}

}  // namespace arcuate
