// Pieces of tokenizers' files that tokenizer.json and older layouts share. Errors: input.
#pragma once
#include <string>
#include <vector>

#include "input/added_tokens.h"
#include "input/bpe.h"
#include "input/json_node.h"
#include "input/vocabulary.h"

namespace arcuate {

/// An object of tokens and ids.
std::vector<Vocabulary::Entry> read_vocabulary(const Node& node);
/// "a b"; `place` is what messages put before the merge's number.
MergeRule split_merge(const std::string& text, size_t number, const std::string& place);
/// An object with `content` and the flags of an added token.
AddedToken read_added_token(const Node& node, int64_t id);

}  // namespace arcuate
