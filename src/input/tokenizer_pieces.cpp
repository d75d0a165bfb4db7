#include "input/tokenizer_pieces.h"

namespace arcuate {

std::vector<Vocabulary::Entry> read_vocabulary(const Node& node) {
  std::vector<Vocabulary::Entry> entries;
  for (const auto& [token, id] : node.object().items())
    entries.emplace_back(token, Node(id, node.where() + ", token '" + token + "'").integer());
  return entries;
}

MergeRule split_merge(const std::string& text, size_t number, const std::string& place) {
  const size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
    bad_input("{} {}: expected two tokens and a space between them, found '{}'", place, number, text);
  return {text.substr(0, space), text.substr(space + 1), number};
}

AddedToken read_added_token(const Node& node, int64_t id) {
  return {.id = id,
          .content = node.at("content").text(),
          .strip_left = node.flag("lstrip", false),
          .strip_right = node.flag("rstrip", false),
          .single_word = node.flag("single_word", false),
          .normalized = node.flag("normalized", !node.flag("special", false))};
}

}  // namespace arcuate
