// A model family as data: how config.json becomes a ModelSpec and how the file's tensor names become ours.
// One file in model/family/ each; the build lists them (adding a file adds the family).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "io/json.h"
#include "model/spec.h"
#include "model/weights.h"

namespace arcuate {

struct Family {
  const char* model_type;  ///< `model_type` of config.json.
  const char* prefix;      ///< Prefix that base-model checkpoints lack ("transformer.").
  ModelSpec (*spec)(const Json& config, const std::string& source);
  std::span<const Rename> tensors;
  std::span<const char* const> ignored;  ///< Names in files that are not weights (masks, tables).
};

/// Bounds of what a config.json may announce: above those of any model, and small enough that no product overflows.
constexpr int64_t largest_size = int64_t{1} << 24;  ///< Widths, heads.
constexpr int64_t most_layers = 10'000;
constexpr double most_weights = 1e13;

/// All families, in alphabetical order of their file names.
std::vector<const Family*> families();

/// The spec of a Hugging Face model folder. Errors: input; an unknown architecture is named with the known ones.
ModelSpec read_spec(const std::filesystem::path& folder);
const Family& family_named(const std::string& model_type);

/// Numbers in the weights of a model, tied ones once.
double count_weights(ModelSpec spec);

/// The value of an enumeration's name in a config, or an input error listing the known names.
Activation activation_named(const std::string& name, const std::string& source);

}  // namespace arcuate
