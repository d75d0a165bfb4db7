// Reads the steps of a tokenizer.json before and after its model. Kinds that are not known go to `problems`, by name
// and with those that are; other faults are errors (input) at once.
#pragma once
#include <vector>

#include "input/json_node.h"
#include "input/normalizer.h"
#include "input/pretokenizer.h"
#include "input/token_decoder.h"

namespace arcuate {

/// The steps of `root[key]`: none for null, one, or those of a Sequence (under `list`), which may hold further ones.
std::vector<Node> steps_of(const Node& root, const std::string& key, const char* list);

/// "{where}: {what} '{kind}' is not supported; known: {known}".
void refuse(Problems& problems, const Node& node, const char* what, const std::string& kind, const char* known);

Normalizer read_normalizer(const Node& root, Problems& problems);
PreTokenizer read_pretokenizer(const Node& root, Problems& problems);
TokenDecoder read_decoder(const Node& root, Problems& problems);

}  // namespace arcuate
