// Words as short text, and tables of malformed files with what is said of each.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "input/story.h"
#include "support.h"

namespace arcuate::test {

/// "0-1 a|1-2 b"
inline std::string told(const std::vector<Word>& list) {
  std::string text;
  for (const auto& word : list)
    text += fmt::format("{}{}-{} {}", text.empty() ? "" : "|", word.onset, word.offset, word.text);
  return text;
}

struct Malformed {
  const char* what;
  std::string bytes;
  std::string said;  ///< a part of the message
};

/// Each of the cases must be an input error that says so.
inline void expect_said(const std::vector<Malformed>& cases, const std::function<void(const std::string&)>& read) {
  for (const auto& one : cases) {
    const auto message = message_of([&] { read(one.bytes); });
    EXPECT_NE(message.find(one.said), message.npos)
        << one.what << "\nsaid:     " << message << "\nexpected: " << one.said;
  }
}

}  // namespace arcuate::test
