#include "input/vocabulary.h"

#include "core/error.h"

namespace arcuate {
namespace {

// Ids may leave gaps, yet a damaged file must not make us reserve memory for billions of tokens.
int64_t id_limit(size_t tokens) { return static_cast<int64_t>(2 * tokens + 1000); }

template <class Map>
std::optional<int64_t> find_in(const Map& ids, std::string_view token) {
  const auto found = ids.find(token);
  if (found == ids.end()) return std::nullopt;
  return found->second;
}

}  // namespace

Vocabulary::Vocabulary(std::vector<Entry> pieces, std::vector<Entry> added, const std::string& source) {
  Problems problems(source + ": bad token ids");
  const size_t count = pieces.size() + added.size();
  const int64_t limit = id_limit(count);
  std::vector<bool> used;
  const auto take = [&](std::vector<Entry>& entries, Ids& ids) {
    for (auto& [token, id] : entries) {
      const auto place = static_cast<size_t>(id);
      if (id < 0 || id >= limit) {
        problems.add("'{}' has id {}, expected 0 to {} for {} tokens", token, id, limit - 1, count);
        continue;
      }
      if (place >= tokens_.size()) tokens_.resize(place + 1), used.resize(place + 1);
      if (used[place]) problems.add("'{}' and '{}' both have id {}", tokens_[place], token, id);
      used[place] = true;
      tokens_[place] = token;
      ids[std::move(token)] = id;
    }
  };
  take(pieces, pieces_);
  take(added, added_);
  problems.raise();
}

std::optional<int64_t> Vocabulary::find_piece(std::string_view token) const { return find_in(pieces_, token); }

std::optional<int64_t> Vocabulary::find(std::string_view token) const {
  const auto piece = find_piece(token);
  return piece ? piece : find_in(added_, token);
}

}  // namespace arcuate
