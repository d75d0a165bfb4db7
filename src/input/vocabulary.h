// The vocabulary of a tokenizer.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace arcuate {

/// Tokens by id and ids by token. Ids may leave gaps; a gap's token is "".
class Vocabulary {
 public:
  using Entry = std::pair<std::string, int64_t>;
  /// `added` extends the model's own `pieces` by tokens that the model does not make itself.
  /// Errors: input, naming `source` and every id that is used twice or out of range.
  Vocabulary(std::vector<Entry> pieces, std::vector<Entry> added, const std::string& source);
  Vocabulary(std::vector<Entry> pieces, const std::string& source) : Vocabulary(std::move(pieces), {}, source) {}

  std::optional<int64_t> find(std::string_view token) const;
  /// Not among the added ones.
  std::optional<int64_t> find_piece(std::string_view token) const;
  const std::string& token(int64_t id) const { return tokens_[static_cast<size_t>(id)]; }
  int64_t size() const { return static_cast<int64_t>(tokens_.size()); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Ids = std::unordered_map<std::string, int64_t, Hash, std::equal_to<>>;
  std::vector<std::string> tokens_;
  Ids pieces_, added_;
};

}  // namespace arcuate
