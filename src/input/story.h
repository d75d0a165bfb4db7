// Stories: the words that were heard and when, from Praat TextGrids, word tables or what aligners write.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"

namespace arcuate {

/// A word and its times in seconds on the recording's clock.
struct Word {
  double onset = 0;
  double offset = 0;
  std::string text{};
  std::string tag{};  ///< part of speech, if the table has them
  int64_t head = 0;   ///< number of its head word among the story's words, from 1; 0: a root, or the table has none
};

/// Words in order: onsets never decrease and no word ends before it begins.
struct Story {
  std::string name{};
  std::vector<Word> words{};
};

/// What to do with words without a time: "n/a" in a table, not found by an aligner.
enum class Untimed { error, drop, interpolate };

struct StoryOptions {
  std::string tier{};  ///< TextGrid tier, by name or by number from 1; empty: 'word(s)', else the only interval tier
  /// Labels that mark something other than a word, in any case, with or without braces ({SL}). Empty: all are words.
  std::vector<std::string> silence = {
      "sp", "sil", "br", "ns", "lg", "ls", "cg", "ig", "sl", "<s>", "</s>", "<eps>", "sentence_start", "sentence_end"};
  bool keep_empty = false;           ///< keep intervals and rows without a label, as words without text
  bool lowercase = false;            ///< turn A-Z into a-z
  Untimed untimed = Untimed::error;  ///< interpolate: shared out evenly between the timed neighbours
};

/// The label as a word (trimmed, lower-cased if asked), or nothing if it is empty or marks silence.
std::optional<std::string> spoken_text(std::string_view label, const StoryOptions& options);

enum class StoryFormat { textgrid, word_table, gentle_csv, gentle_json, montreal_csv, montreal_json, whisperx };
const char* story_format_name(StoryFormat format);

/// By the end of the name (.TextGrid, .tsv, .csv, .json, each also with .gz) and, where aligners write such files, by
/// the unpacked bytes. Errors: input, for what holds no story.
StoryFormat story_format(const fs::path& path, std::string_view bytes);

/// Reads a story of any format; it is named after the file. Errors: input; everything wrong at once, by line or entry.
Story read_story(const fs::path& path, const StoryOptions& options = {});

}  // namespace arcuate
