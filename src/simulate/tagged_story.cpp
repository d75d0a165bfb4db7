#include "simulate/tagged_story.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <optional>

#include "core/error.h"
#include "core/random.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80;
}

// A word without the marks around it; words of a grammar begin and end with a letter.
struct Bare {
  size_t begin = 0, size = 0;
};
Bare bare(const std::string& text) {
  const auto first = std::find_if(text.begin(), text.end(), is_letter);
  const auto last = std::find_if(text.rbegin(), text.rend(), is_letter).base();
  return {static_cast<size_t>(first - text.begin()), static_cast<size_t>(std::max(last - first, std::ptrdiff_t{0}))};
}
std::string bare_text(const std::string& text) { return text.substr(bare(text).begin, bare(text).size); }
void replace_bare(std::string& text, const std::string& word) { text.replace(bare(text).begin, bare(text).size, word); }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
std::string capitalised(std::string word) {
  if (!word.empty()) word[0] = upper(word[0]);
  return word;
}

bool begins_with_vowel(const std::string& word) {
  return !word.empty() && std::string_view("AEIOU").find(upper(word[0])) != std::string_view::npos;
}

// The comma that ends a clause within a sentence yields to the mark after it.
void add_marks(std::string& text, const std::string& marks) {
  if (!marks.empty() && marks != "\"" && text.ends_with(',')) text.pop_back();
  text += marks;
}

// An index, with probabilities as the weights; nothing where all weights are 0.
std::optional<size_t> draw(size_t size, const std::function<double(size_t)>& weight, Random& random) {
  double total = 0;
  for (size_t i = 0; i < size; ++i) total += weight(i);
  if (!(total > 0)) return std::nullopt;
  double left = random.uniform() * total;
  std::optional<size_t> last;
  for (size_t i = 0; i < size; ++i) {
    if (weight(i) <= 0) continue;
    last = i;
    if (left < weight(i)) break;
    left -= weight(i);
  }
  return last;
}

using Allowed = std::function<bool(const ClassWord&)>;
std::optional<size_t> draw_word(const WordClass& words, const Allowed& allowed, Random& random) {
  return draw(
      words.words.size(), [&](size_t i) { return allowed(words.words[i]) ? words.words[i].weight : 0; }, random);
}

// "a" or "an", by the word that follows.
void settle_form(const WordClass& words, std::string& text, const std::string& next) {
  const auto own = bare_text(text);
  for (const auto& word : words.words) {
    if (word.before_vowel.empty()) continue;
    const auto& form = begins_with_vowel(bare_text(next)) ? word.before_vowel : word.text;
    if (own == word.text || own == word.before_vowel) return replace_bare(text, form);
    if (own == capitalised(word.text) || own == capitalised(word.before_vowel))
      return replace_bare(text, capitalised(form));
  }
}

bool has_two_forms(const WordClass& words) {
  return std::any_of(words.words.begin(), words.words.end(),
                     [](const auto& word) { return !word.before_vowel.empty(); });
}

class Teller {
 public:
  Teller(const Grammar& grammar, uint64_t seed) : grammar_(grammar), random_(derive_seed(seed, "story")) {}

  std::vector<TaggedWord> tell(int64_t count) {
    while (static_cast<int64_t>(story_.size()) < count) {
      const auto longest = grammar_.longest_paragraph, shortest = grammar_.shortest_paragraph;
      int64_t sentences = shortest + static_cast<int64_t>(random_.below(static_cast<uint64_t>(longest - shortest + 1)));
      for (; sentences > 0 && static_cast<int64_t>(story_.size()) < count; --sentences) tell_sentence();
      ++paragraph_;
    }
    return std::move(story_);
  }

 private:
  void tell_sentence() {
    const size_t first = sentence_begin_ = story_.size();
    const size_t root = expand(grammar_.rules[0], 0);
    story_[root].relation = "root";
    for (size_t i = first; i + 1 < story_.size(); ++i)
      settle_form(grammar_.classes[classes_[i]], story_[i].text, story_[i + 1].text);
    for (size_t i = first; i < story_.size(); ++i)
      if (i == first || story_[i].text.starts_with('"'))
        replace_bare(story_[i].text, capitalised(bare_text(story_[i].text)));
    ++sentence_;
  }

  // Appends the words of a rule; the index of their head.
  size_t expand(const Rule& rule, int nesting) {
    constexpr int deepest = 1000;       // far from the end of the stack
    constexpr size_t longest = 100000;  // words; rare expansions can be huge however short sentences are on average
    if (nesting > deepest || story_.size() - sentence_begin_ > longest)
      bad_input(
          "{}: a sentence nests more than {} rules or has more than {} words, in '{}'; give less weight to rules "
          "that hold themselves",
          grammar_.source, deepest, longest, excerpt(rule.name));
    const auto weight = [&](size_t i) { return rule.expansions[i].weight; };
    const auto& expansion = rule.expansions[draw(rule.expansions.size(), weight, random_).value_or(0)];
    const size_t begin = story_.size();
    std::vector<size_t> heads;
    heads.reserve(expansion.items.size());
    for (const auto& item : expansion.items) heads.push_back(append(item, nesting));
    const size_t head = heads[expansion.head];
    for (size_t i = 0; i < heads.size(); ++i) {
      if (i == expansion.head) continue;
      story_[heads[i]].head = static_cast<int64_t>(head);
      story_[heads[i]].relation = expansion.items[i].relation;
    }
    if (heads.size() > 1)
      for (size_t i = begin; i + 1 < story_.size(); ++i) ++story_[i].depth;
    return head;
  }

  size_t append(const GrammarItem& item, int nesting) {
    const size_t first = story_.size();
    const size_t head = item.is_rule ? expand(grammar_.rules[item.index], nesting + 1) : say(item.index);
    story_[first].text.insert(0, item.before);
    add_marks(story_.back().text, item.after);
    return head;
  }

  size_t say(size_t index) {
    const auto& words = grammar_.classes[index];
    auto& last = last_[index];
    const bool open = open_class(words.tag);
    auto drawn = draw_word(words, [&](const auto& word) { return !open || word.text != last; }, random_);
    if (!drawn) drawn = 0;  // the only word
    last = words.words[*drawn].text;
    story_.push_back({last, words.tag, -1, "", sentence_, 0, paragraph_, words.name});
    classes_.push_back(index);
    return story_.size() - 1;
  }

  const Grammar& grammar_;
  Random random_;
  std::vector<TaggedWord> story_;
  std::vector<size_t> classes_;         // of each word
  std::map<size_t, std::string> last_;  // word of each class
  size_t sentence_begin_ = 0;
  int64_t sentence_ = 0, paragraph_ = 0;
};

// Capital letters that a word has from its place in the text, not from its class.
bool capital_by_place(const WordClass& words, const std::string& word) {
  const auto is_word = [&](const ClassWord& known) { return known.text == word || known.before_vowel == word; };
  return upper(word[0]) == word[0] && std::none_of(words.words.begin(), words.words.end(), is_word);
}

class Twin {
 public:
  Twin(const Grammar& grammar, const std::vector<TaggedWord>& story, int64_t from_word, uint64_t seed)
      : grammar_(grammar), story_(story), from_(from_word), random_(derive_seed(seed, "syntactic twin")) {
    for (const auto& words : grammar.classes) classes_[words.name] = &words;
  }

  std::vector<TaggedWord> tell() {
    auto twin = story_;
    for (size_t i = static_cast<size_t>(from_); i < twin.size(); ++i)
      if (open_class(twin[i].tag)) replace_bare(twin[i].text, other_word(i));
    for (size_t i = static_cast<size_t>(from_); i + 1 < twin.size(); ++i)
      settle_form(class_of(i), twin[i].text, twin[i + 1].text);
    return twin;
  }

 private:
  const WordClass& class_of(size_t i) const {
    const auto found = classes_.find(story_[i].category);
    if (found == classes_.end())
      bad_input("word {} of the story, '{}', is of the class '{}', which '{}' does not hold", i + 1,
                excerpt(story_[i].text), excerpt(story_[i].category), grammar_.source);
    return *found->second;
  }

  std::string other_word(size_t i) {
    const auto& words = class_of(i);
    auto own = bare_text(story_[i].text);
    const bool capital = !own.empty() && capital_by_place(words, own);
    // The word before is told already and may be an "a" or "an".
    const bool bound = i > 0 && static_cast<int64_t>(i) == from_ && has_two_forms(class_of(i - 1));
    const auto other = [&](const ClassWord& word) {
      return (capital ? capitalised(word.text) : word.text) != own &&
             (!bound || begins_with_vowel(word.text) == begins_with_vowel(own));
    };
    auto& last = last_[words.name];
    auto drawn = draw_word(words, [&](const auto& word) { return other(word) && word.text != last; }, random_);
    if (!drawn) drawn = draw_word(words, other, random_);
    if (!drawn) return own;
    last = words.words[*drawn].text;
    return capital ? capitalised(last) : last;
  }

  const Grammar& grammar_;
  const std::vector<TaggedWord>& story_;
  int64_t from_ = 0;
  Random random_;
  std::map<std::string, const WordClass*> classes_;
  std::map<std::string, std::string> last_;
};

}  // namespace

bool open_class(const std::string& tag) {
  return tag == "NOUN" || tag == "PROPN" || tag == "VERB" || tag == "ADJ" || tag == "ADV" || tag == "INTJ";
}

std::vector<TaggedWord> generate_story(const Grammar& grammar, int64_t words, uint64_t seed) {
  return Teller(grammar, seed).tell(words);
}

std::vector<TaggedWord> syntactic_twin(const Grammar& grammar, const std::vector<TaggedWord>& story, int64_t from_word,
                                       uint64_t seed) {
  if (from_word < 0 || from_word > static_cast<int64_t>(story.size()))
    bad_usage("a twin from word {} of a story of {} words; from 0 to {} is possible", from_word, story.size(),
              story.size());
  return Twin(grammar, story, from_word, seed).tell();
}

std::string story_text(const std::vector<TaggedWord>& story) {
  std::string text;
  for (size_t i = 0; i < story.size(); ++i) {
    if (i > 0) text += story[i].paragraph == story[i - 1].paragraph ? " " : "\n\n";
    text += story[i].text;
  }
  return text + "\n";
}

std::vector<Word> time_story(const std::vector<TaggedWord>& story, const SpeechRate& rate) {
  std::vector<std::vector<std::string>> paragraphs;
  for (size_t i = 0; i < story.size(); ++i) {
    if (i == 0 || story[i].paragraph != story[i - 1].paragraph) paragraphs.emplace_back();
    paragraphs.back().push_back(story[i].text);
  }
  auto words = time_words(paragraphs, rate);
  for (size_t i = 0; i < words.size(); ++i) {
    words[i].tag = story[i].tag;
    words[i].head = story[i].head + 1;
  }
  return words;
}

void write_tagged_words(const fs::path& path, const std::vector<Word>& words, const std::vector<TaggedWord>& story) {
  if (words.size() != story.size()) fail(Fault::failed, "{} timed words for a story of {}", words.size(), story.size());
  std::vector<std::vector<std::string>> rows;
  rows.reserve(words.size());
  for (size_t i = 0; i < words.size(); ++i)
    rows.push_back({shortest(words[i].onset), shortest(words[i].offset), words[i].text, story[i].tag,
                    std::to_string(story[i].head + 1), story[i].relation, std::to_string(story[i].sentence + 1)});
  write_tsv(path, {"onset", "offset", "word", "tag", "head", "relation", "sentence"}, rows);
}

}  // namespace arcuate
