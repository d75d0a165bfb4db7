// What every reader of stories promises of the words that it gives.
#pragma once
#include <cmath>
#include <cstdlib>
#include <vector>

#include "input/story.h"

namespace arcuate::fuzz {

inline void check_words(const std::vector<Word>& words) {
  double last = -INFINITY;
  for (const auto& word : words) {
    if (!(word.onset >= last) || !(word.offset >= word.onset) || !std::isfinite(word.offset)) std::abort();
    if (word.head < 0 || word.head > static_cast<int64_t>(words.size())) std::abort();
    last = word.onset;
  }
}

}  // namespace arcuate::fuzz
