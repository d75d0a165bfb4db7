// Names of weights: those that a family's files may hold, and how a name in a file becomes ours.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/family.h"

namespace arcuate {

/// A name in the file (without prefix), our name for it, how it is stored.
struct WeightEntry {
  std::string file_name, name;
  Store store;
};

/// Every tensor that the family may have in a file of a model like `spec`: stem, layer after layer, the rest. A tensor
/// may be there under two names, and two tensors under one: of those the model has no more than one.
std::vector<WeightEntry> expected_entries(const Family& family, const ModelSpec& spec);

/// Whether a name of the family's files is no weight of ours.
bool is_ignored(const Family& family, const std::string& name, int64_t layers);

/// A file's name as the family's table has it: without prefix, with the newer end.
std::string table_name(const Family& family, std::string name);
/// The other way round. The head belongs to the model around the base model that the prefix names.
std::string written_name(const Family& family, const WeightEntry& entry);

}  // namespace arcuate
