#include "input/story.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "input/textgrid.h"
#include "input/word_table.h"
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

static std::vector<Word> read_words(const fs::path& path, const StoryOptions& options) {
  const auto extension = lower_ascii(path.extension().string());
  if (extension == ".textgrid") return textgrid_words(read_file(path), path.string(), options);
  if (extension == ".tsv" || extension == ".csv")
    return parse_word_table(read_file(path), table_separator(path), path.string(), options);
  bad_input("'{}': expected a story that ends in .TextGrid, .tsv or .csv", path.string());
}

Story read_story(const fs::path& path, const StoryOptions& options) {
  Story story{path.stem().string(), read_words(path, options)};
  if (story.words.empty())
    bad_input("'{}' holds no words: every label is empty or marks silence ({})", path.string(),
              join(options.silence, ", "));
  return story;
}

}  // namespace arcuate
