// Merging against the definition of byte-pair encoding, spelt out slowly.
#include "input/bpe.h"

#include <algorithm>

#include "core/random.h"
#include "support.h"

namespace arcuate {
namespace {

struct Toy {
  std::vector<Vocabulary::Entry> entries;
  std::vector<MergeRule> merges;
  Bpe build(BpeOptions options = {}) const { return Bpe(Vocabulary(entries, "toy"), merges, options, "toy"); }
};

// Letters a to d, and merges of tokens drawn at random.
Toy random_toy(Random& random) {
  Toy toy;
  for (const char* letter : {"a", "b", "c", "d"}) toy.entries.emplace_back(letter, toy.entries.size());
  while (toy.merges.size() < 12) {
    const MergeRule rule{toy.entries[random.below(toy.entries.size())].first,
                         toy.entries[random.below(toy.entries.size())].first, toy.merges.size()};
    const std::string both = rule.left + rule.right;
    const bool known =
        std::any_of(toy.entries.begin(), toy.entries.end(), [&](const auto& e) { return e.first == both; });
    if (known) continue;
    toy.entries.emplace_back(both, toy.entries.size());
    toy.merges.push_back(rule);
  }
  return toy;
}

// As long as any merge applies, the first of the list is done at its leftmost place.
std::vector<std::string> merge_slowly(const std::string& word, const std::vector<MergeRule>& merges) {
  std::vector<std::string> symbols;
  for (const char letter : word) symbols.emplace_back(1, letter);
  const auto merge_once = [&] {
    for (const auto& rule : merges)
      for (size_t i = 0; i + 1 < symbols.size(); ++i)
        if (symbols[i] == rule.left && symbols[i + 1] == rule.right) {
          symbols[i] += symbols[i + 1];
          symbols.erase(symbols.begin() + static_cast<ptrdiff_t>(i) + 1);
          return true;
        }
    return false;
  };
  while (merge_once()) continue;
  return symbols;
}

TEST(Bpe, merges_as_defined_for_random_vocabularies_and_words) {
  Random random(3);
  for (int round = 0; round < 60; ++round) {
    const Toy toy = random_toy(random);
    const Bpe bpe = toy.build();
    for (int w = 0; w < 20; ++w) {
      std::string word;
      for (uint64_t n = random.below(40); n > 0; --n) word += static_cast<char>('a' + random.below(4));
      std::vector<std::string> symbols;
      for (const auto& token : bpe.encode(word)) symbols.push_back(bpe.vocabulary().token(token.id));
      EXPECT_EQ(symbols, merge_slowly(word, toy.merges)) << word;
    }
  }
}

using Tokens = std::vector<std::pair<int64_t, size_t>>;

Tokens tokens_of(const Bpe& bpe, std::string_view piece) {
  Tokens tokens;
  for (const auto& token : bpe.encode(piece)) tokens.emplace_back(token.id, token.length);
  return tokens;
}

TEST(Bpe, unknown_characters_are_marked_fused_or_spelt_in_bytes) {
  Toy toy{{{"a", 0}, {"?", 1}, {"<0xC3>", 2}, {"<0xA9>", 3}}, {}};
  const std::string piece = "\u00e9\u00e9a\u4f60";  // the bytes of the last one have no tokens
  EXPECT_EQ(tokens_of(toy.build(), piece), (Tokens{{-1, 2}, {-1, 2}, {0, 1}, {-1, 3}}));
  EXPECT_EQ(tokens_of(toy.build({.unknown = 1}), piece), (Tokens{{1, 2}, {1, 2}, {0, 1}, {1, 3}}));
  EXPECT_EQ(tokens_of(toy.build({.unknown = 1, .fuse_unknown = true}), piece), (Tokens{{1, 4}, {0, 1}, {1, 3}}));
  EXPECT_EQ(tokens_of(toy.build({.unknown = 1, .fuse_unknown = true, .byte_fallback = true}), piece),
            (Tokens{{2, 1}, {3, 1}, {2, 1}, {3, 1}, {0, 1}, {1, 3}}));
}

TEST(Bpe, a_whole_piece_is_a_token_only_if_merges_are_ignored) {
  Toy toy{{{"a", 0}, {"b", 1}, {"ab", 2}}, {}};
  EXPECT_EQ(tokens_of(toy.build(), "ab"), (Tokens{{0, 1}, {1, 1}}));
  EXPECT_EQ(tokens_of(toy.build({.ignore_merges = true}), "ab"), (Tokens{{2, 2}}));
}

}  // namespace
}  // namespace arcuate
