// Any bytes as CoNLL-U, and twins of what is read: an Error, or sentences whose heads lead to a root.
#include "input/conllu.h"

#include "core/text.h"
#include "input/retold_story.h"
#include "input/same_syntax.h"
#include "only_errors.h"

using namespace arcuate;

// The text as a story of its own, told in the words of `other`.
static void retell(const std::vector<ConlluSentence>& sentences, const std::vector<ConlluSentence>& other) {
  Story story;
  for (const auto& text : split_fields(conllu_text(sentences), ' '))
    story.words.push_back({.onset = 0, .offset = 0, .text = text});
  const auto told = retold(story, place_tokens(story, sentences), sentences, other);
  for (const auto& word : told.words)
    if (invalid_utf8(word.text)) std::abort();
}

static void check(const std::vector<ConlluSentence>& sentences) {
  if (sentences.empty()) std::abort();
  for (const auto& sentence : sentences) {
    const auto size = static_cast<int64_t>(sentence.words.size());
    if (size == 0) std::abort();
    for (const auto& word : sentence.words) {
      int64_t head = word.head, steps = 0;
      for (; head != 0; head = sentence.words[static_cast<size_t>(head - 1)].head)
        if (head < 0 || head > size || ++steps > size) std::abort();
    }
  }
  const auto other = same_syntax(sentences, make_lexicon(sentences), 0, 1);
  if (other.sentences.size() != sentences.size() || invalid_utf8(conllu_text(other.sentences))) std::abort();
  retell(sentences, other.sentences);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::only_errors([&] { check(parse_conllu(fuzz::text_of(data, size), "fuzz")); });
  return 0;
}
