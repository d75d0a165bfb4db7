#include "input/same_syntax.h"

#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/random.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr char between = '\t';  // no field of CoNLL-U holds one

bool is_mark(const ConlluWord& word) { return word.upos == "PUNCT" || word.upos == "SYM"; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
std::string with_first(std::string text, char from, char to, int shift) {
  if (!text.empty() && text[0] >= from && text[0] <= to) text[0] = static_cast<char>(text[0] + shift);
  return text;
}
std::string lowered(const std::string& text) { return with_first(text, 'A', 'Z', 'a' - 'A'); }
std::string capitalised(const std::string& text) { return with_first(text, 'a', 'z', 'A' - 'a'); }

bool has_apostrophe(const ConlluWord& word) {
  return word.form.find('\'') != std::string::npos || word.form.find("\u2019") != std::string::npos;
}

// Written in one with its neighbour, and not free to change: the part with the apostrophe (did|n't, l'|homme), or all
// parts where none has one (can|not).
bool is_bound(const ConlluSentence& sentence, size_t i) {
  const auto& words = sentence.words;
  const auto joined = [&](size_t left) {
    return left + 1 < words.size() && !words[left].space_after && !is_mark(words[left]) && !is_mark(words[left + 1]);
  };
  const bool before = i > 0 && joined(i - 1), after = joined(i);
  if (!before && !after) return false;
  if (has_apostrophe(words[i])) return true;
  return !((before && has_apostrophe(words[i - 1])) || (after && has_apostrophe(words[i + 1])));
}

// Whether another word may stand in its place, and it in the place of others.
bool is_free(const ConlluSentence& sentence, size_t i) {
  return !is_mark(sentence.words[i]) && !sentence.words[i].in_multiword && !is_bound(sentence, i);
}

// Counts by key, then by word.
using Counts = std::map<std::string, std::map<std::string, double>>;

double count_of(const Counts& counts, const std::string& key, const std::string& text) {
  const auto words = counts.find(key);
  if (words == counts.end()) return 0;
  const auto word = words->second.find(text);
  return word == words->second.end() ? 0 : word->second;
}

Lexicon to_lexicon(const Counts& counts) {
  Lexicon lexicon;
  for (const auto& [key, words] : counts)
    for (const auto& [text, count] : words) lexicon.words[key].push_back({text, count});
  return lexicon;
}

// The word at the beginning of a sentence, as it would be written within one.
std::string within_sentence(const Counts& inner, const ConlluWord& word) {
  const auto key = syntactic_key(word), lower = lowered(word.form);
  const double as_is = count_of(inner, key, word.form), small = count_of(inner, key, lower);
  return as_is > small || (as_is == small && word.upos == "PROPN") ? word.form : lower;
}

// Another word by its count, or nothing.
const std::string* draw_other(const std::vector<LexiconWord>& words, const std::string& own, Random& random) {
  const auto other = [&](const LexiconWord& word) { return lower_ascii(word.text) != own; };
  double total = 0;
  for (const auto& word : words) total += other(word) ? word.count : 0;
  double left = random.uniform() * total;
  const std::string* last = nullptr;
  for (const auto& word : words) {
    if (!other(word)) continue;
    last = &word.text;
    if (left < word.count) break;
    left -= word.count;
  }
  return last;
}

// Where a sentence begins with a capital letter, the new word does.
bool begins_sentence(const ConlluSentence& sentence, size_t place) {
  for (size_t i = 0; i < place; ++i)
    if (!is_mark(sentence.words[i])) return false;
  return true;
}

std::string field_or_none(const std::string& field) { return field.empty() ? "_" : field; }

}  // namespace

std::string syntactic_key(const ConlluWord& word) {
  return word.upos + between + word.xpos + between + word.features + between + word.relation;
}

Lexicon make_lexicon(const std::vector<ConlluSentence>& sentences) {
  Counts inner;
  std::vector<const ConlluWord*> first;
  for (const auto& sentence : sentences)
    for (size_t i = 0; i < sentence.words.size(); ++i) {
      const auto& word = sentence.words[i];
      if (!is_free(sentence, i)) continue;
      if (begins_sentence(sentence, i))
        first.push_back(&word);
      else
        ++inner[syntactic_key(word)][word.form];
    }
  auto all = inner;
  for (const auto* word : first) ++all[syntactic_key(*word)][within_sentence(inner, *word)];
  return to_lexicon(all);
}

Lexicon read_lexicon(const fs::path& path) {
  const auto table = read_table(path);
  const size_t word = table.column("word"), count = table.column("count");
  const size_t parts[] = {table.column("upos"), table.column("xpos"), table.column("features"),
                          table.column("relation")};
  Problems problems(fmt::format("'{}'", path.string()));
  Counts counts;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto number = table.number_if(row, count);
    const auto& text = table.text(row, word);
    if (text.empty()) problems.add("line {}: a row without a word", table.lines[row]);
    if (!number || !(*number > 0) || std::isinf(*number))
      problems.add("line {}: count '{}': expected a number above 0", table.lines[row], excerpt(table.text(row, count)));
    std::string key;
    for (const size_t part : parts) {
      const auto& field = table.text(row, part);
      key += (part == parts[0] ? "" : std::string(1, between)) + (field == "_" || field == "n/a" ? "" : field);
    }
    counts[key][text] += number.value_or(0);
  }
  problems.raise();
  return to_lexicon(counts);
}

void write_lexicon(const fs::path& path, const Lexicon& lexicon) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, words] : lexicon.words) {
    const auto parts = split_fields(key, between);
    for (const auto& word : words) {
      std::vector<std::string> row{word.text};
      for (const auto& part : parts) row.push_back(field_or_none(part));
      row.push_back(shortest(word.count));
      rows.push_back(std::move(row));
    }
  }
  write_tsv(path, {"word", "upos", "xpos", "features", "relation", "count"}, rows);
}

SameSyntax same_syntax(const std::vector<ConlluSentence>& sentences, const Lexicon& lexicon, int64_t from_word,
                       uint64_t seed) {
  int64_t count = 0;
  for (const auto& sentence : sentences) count += static_cast<int64_t>(sentence.words.size());
  if (from_word < 0 || from_word > count)
    bad_usage("other words from word {} of a text of {}; from 0 to {} is possible", from_word, count, count);
  Random random(derive_seed(seed, "same syntax"));
  SameSyntax result{.sentences = sentences};
  int64_t number = -1;
  for (auto& sentence : result.sentences)
    for (size_t i = 0; i < sentence.words.size(); ++i) {
      auto& word = sentence.words[i];
      if (++number < from_word || is_mark(word)) continue;
      const auto found = lexicon.words.find(syntactic_key(word));
      const auto* other = is_free(sentence, i) && found != lexicon.words.end()
                              ? draw_other(found->second, lower_ascii(word.form), random)
                              : nullptr;
      ++(other ? result.replaced : result.kept);
      if (!other) continue;
      const bool capital = is_upper(word.form[0]) && begins_sentence(sentence, i);
      word.form = word.written = capital ? capitalised(*other) : *other;
    }
  return result;
}

}  // namespace arcuate
