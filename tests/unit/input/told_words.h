// Words as short text.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "input/story.h"
#include "malformed.h"
#include "support.h"

namespace arcuate::test {

/// "0-1 a|1-2 b"
inline std::string told(const std::vector<Word>& list) {
  std::string text;
  for (const auto& word : list)
    text += fmt::format("{}{}-{} {}", text.empty() ? "" : "|", word.onset, word.offset, word.text);
  return text;
}

}  // namespace arcuate::test
