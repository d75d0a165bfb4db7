// Any bytes as a grammar: an Error, or a grammar whose stories are trees and whose twins keep them.
// Needs the layer simulate beside those of the other readers.
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/text.h"
#include "simulate/tagged_story.h"

using namespace arcuate;

static void check_heads(const std::vector<TaggedWord>& story) {
  const auto count = static_cast<int64_t>(story.size());
  for (int64_t i = 0; i < count; ++i) {
    const auto& word = story[static_cast<size_t>(i)];
    if (word.head < -1 || word.head >= count || word.head == i || word.depth < 0) std::abort();
    if ((word.head == -1) != (word.relation == "root") || invalid_utf8(word.text)) std::abort();
    if (word.head >= 0 && story[static_cast<size_t>(word.head)].sentence != word.sentence) std::abort();
  }
}

static void check_twin(const std::vector<TaggedWord>& story, const std::vector<TaggedWord>& twin, size_t from) {
  if (twin.size() != story.size()) std::abort();
  for (size_t i = 0; i < story.size(); ++i) {
    if (twin[i].tag != story[i].tag || twin[i].head != story[i].head) std::abort();
    if ((i < from && twin[i].text != story[i].text) || invalid_utf8(twin[i].text)) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto grammar = parse_grammar({reinterpret_cast<const char*>(data), size}, "fuzz");
    const auto story = generate_story(grammar, 100, size);
    check_heads(story);
    const size_t from = story.size() / 2;
    check_twin(story, syntactic_twin(grammar, story, static_cast<int64_t>(from), 1), from);
  } catch (const Error& error) {
    // A message must be text that a terminal can show.
    if (invalid_utf8(error.what())) std::abort();
  }
  return 0;
}
