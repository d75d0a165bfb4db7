// Bpe. Merging keeps the symbols in a linked list and the candidates in a heap.
#include "input/bpe.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr size_t none = static_cast<size_t>(-1);

uint64_t pair_key(int64_t left, int64_t right) {
  return static_cast<uint64_t>(left) << 32 | static_cast<uint64_t>(right);
}

size_t character_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

Bpe::Bpe(Vocabulary vocabulary, std::span<const MergeRule> merges, BpeOptions options, const std::string& place)
    : vocabulary_(std::move(vocabulary)), options_(options) {
  Problems problems("bad merges");
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right, number] = merges[rank];
    const auto a = vocabulary_.find_piece(left), b = vocabulary_.find_piece(right),
               both = vocabulary_.find_piece(left + right);
    if (a && b && both) {
      merges_[pair_key(*a, *b)] = {rank, *both};
      continue;
    }
    problems.add("{} {} ('{}' + '{}'): no token '{}'", place, number, left, right,
                 !a   ? left
                 : !b ? right
                      : left + right);
  }
  problems.raise();
  for (size_t byte = 0; byte < byte_ids_.size(); ++byte)
    byte_ids_[byte] = vocabulary_.find_piece(fmt::format("<0x{:02X}>", byte)).value_or(-1);
}

const Bpe::Merge* Bpe::find_merge(int64_t left, int64_t right) const {
  if (left < 0 || right < 0) return nullptr;
  const auto found = merges_.find(pair_key(left, right));
  return found == merges_.end() ? nullptr : &found->second;
}

bool Bpe::append_bytes(std::string_view character, std::vector<Token>& tokens) const {
  const auto id = [&](char byte) { return byte_ids_[static_cast<unsigned char>(byte)]; };
  if (!options_.byte_fallback || std::any_of(character.begin(), character.end(), [&](char c) { return id(c) < 0; }))
    return false;
  for (const char byte : character) tokens.push_back({id(byte), 1});
  return true;
}

void Bpe::append_unknown(size_t length, bool after_unknown, std::vector<Token>& tokens) const {
  if (after_unknown && options_.fuse_unknown) {
    tokens.back().length += length;
  } else {
    tokens.push_back({options_.unknown.value_or(-1), length});
  }
}

std::vector<Bpe::Token> Bpe::characters(std::string_view piece) const {
  std::vector<Token> tokens;
  bool after_unknown = false;
  for (size_t at = 0; at < piece.size();) {
    const std::string_view character = piece.substr(at, character_length(piece[at]));
    const auto id = vocabulary_.find_piece(character);
    const bool known = id || append_bytes(character, tokens);
    if (id) tokens.push_back({*id, character.size()});
    if (!known) append_unknown(character.size(), after_unknown, tokens);
    after_unknown = !known && options_.unknown;
    at += character.size();
  }
  return tokens;
}

/// The merging of one piece. A candidate in the heap may be stale; it then no longer has its pair's rank.
struct Bpe::Merging {
  struct Symbol {
    Token token;
    size_t previous, next;
  };
  using Candidate = std::pair<size_t, size_t>;  // rank, place of the left symbol: lowest rank first, then leftmost

  const Bpe& bpe;
  std::vector<Symbol> symbols;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;

  Merging(const Bpe& model, const std::vector<Token>& tokens) : bpe(model) {
    for (size_t i = 0; i < tokens.size(); ++i)
      symbols.push_back({tokens[i], i == 0 ? none : i - 1, i + 1 == tokens.size() ? none : i + 1});
    for (size_t i = 0; i < tokens.size(); ++i) consider(i);
  }

  const Merge* merge_at(size_t place) const {
    if (place == none || symbols[place].token.length == 0 || symbols[place].next == none) return nullptr;
    return bpe.find_merge(symbols[place].token.id, symbols[symbols[place].next].token.id);
  }
  void consider(size_t place) {
    if (const Merge* merge = merge_at(place)) candidates.emplace(merge->rank, place);
  }
  void join(size_t place, int64_t id) {
    Symbol& left = symbols[place];
    Symbol& right = symbols[left.next];
    left.token = {id, left.token.length + right.token.length};
    left.next = right.next;
    right.token.length = 0;
    if (left.next != none) symbols[left.next].previous = place;
    consider(left.previous);
    consider(place);
  }
  void run() {
    while (!candidates.empty()) {
      const auto [rank, place] = candidates.top();
      candidates.pop();
      const Merge* merge = merge_at(place);
      if (merge && merge->rank == rank) join(place, merge->id);
    }
  }
};

std::vector<Bpe::Token> Bpe::encode(std::string_view piece) const {
  if (options_.ignore_merges)
    if (const auto whole = vocabulary_.find_piece(piece)) return {{*whole, piece.size()}};
  auto tokens = characters(piece);
  if (tokens.size() < 2) return tokens;
  Merging merging(*this, tokens);
  merging.run();
  std::vector<Token> merged;
  for (size_t at = 0; at != none; at = merging.symbols[at].next) merged.push_back(merging.symbols[at].token);
  return merged;
}

std::optional<char> Bpe::fallback_byte(int64_t id) const {
  if (!options_.byte_fallback) return std::nullopt;
  const auto found = std::find(byte_ids_.begin(), byte_ids_.end(), id);
  if (found == byte_ids_.end()) return std::nullopt;
  return static_cast<char>(found - byte_ids_.begin());
}

}  // namespace arcuate
