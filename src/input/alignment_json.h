// What the JSON files of aligners share: lists of words with times that may be absent, and messages that say where.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "input/json_node.h"
#include "input/timed_words.h"

namespace arcuate {

/// The items of the list `key` of an object, called "key[0]" and so on. Errors: input, also for what is no object.
std::vector<Node> alignment_list(const SortedJson& root, const std::string& key, const std::string& source);

/// Seconds; NaN where the key is absent or null. Errors: input.
double alignment_seconds(const Node& object, const std::string& key);

/// Calls `read` with each item; its errors become problems, so that all are told.
void read_each(const std::vector<Node>& items, Problems& problems, const std::function<void(const Node&)>& read);

}  // namespace arcuate
