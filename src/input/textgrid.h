// Praat TextGrids as text: long and short form, UTF-8 or UTF-16. Praat itself reads both forms as one stream of
// free-standing numbers, quoted texts and <flags>, with every other word a comment; so does this reader.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace arcuate {

struct Interval {
  double begin = 0;  ///< seconds
  double end = 0;
  std::string label{};
  int line = 0;  ///< line of the file (from 1) on which the interval begins
};

enum class TierKind { interval, point };

struct Tier {
  TierKind kind = TierKind::interval;
  std::string name{};
  std::vector<Interval> intervals{};  ///< empty for a point tier, whose points are skipped
};

struct TextGrid {
  std::vector<Tier> tiers{};
};

/// Reads as far as the file makes sense. Adds to `problems`: counts that differ from the declared ones, the place where
/// the file breaks off. Errors: input, for a file that is no text TextGrid at all.
TextGrid parse_textgrid(std::string_view bytes, const std::string& source, Problems& problems);

/// The interval tier `choice` (a name or a number from 1; empty: the one named 'word' or 'words', else the only one).
/// Errors: input; all broken counts and all reversed, overlapping or negative intervals of that tier at once.
Tier parse_interval_tier(std::string_view bytes, const std::string& source, const std::string& choice = {});

}  // namespace arcuate
