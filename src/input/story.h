// Stories: the words that were heard and when, from Praat TextGrids or word tables.
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

/// What to do with the words of a table whose time is "n/a".
enum class Untimed { error, drop, interpolate };

struct StoryOptions {
  std::string tier{};  ///< TextGrid tier, by name or by number from 1; empty: 'word(s)', else the only interval tier
  /// Labels that mark something other than a word, in any case, with or without braces ({SL}). Empty: all are words.
  std::vector<std::string> silence = {
      "sp", "sil", "br", "ns", "lg", "ls", "cg", "ig", "sl", "<s>", "</s>", "sentence_start", "sentence_end"};
  bool keep_empty = false;           ///< keep intervals and rows without a label, as words without text
  bool lowercase = false;            ///< turn A-Z into a-z
  Untimed untimed = Untimed::error;  ///< interpolate: shared out evenly between the timed neighbours
};

/// The label as a word (trimmed, lower-cased if asked), or nothing if it is empty or marks silence.
std::optional<std::string> spoken_text(std::string_view label, const StoryOptions& options);

/// Reads .TextGrid, .tsv or .csv; the story is named after the file. Errors: input; everything wrong at once, by line.
Story read_story(const fs::path& path, const StoryOptions& options = {});

}  // namespace arcuate
