// A model family as data: how config.json becomes a ModelSpec and how the file's tensor names become ours.
// One file in model/family/ each; the build lists them (adding a file adds the family).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/json.h"
#include "model/spec.h"
#include "model/weights.h"

namespace arcuate {

/// "LayerNorm.gamma" in an older file is "LayerNorm.weight" in the table.
struct Ending {
  const char* old_end;
  const char* end;
};

struct Family {
  const char* model_type;  ///< `model_type` of config.json.
  /// What may stand before the names of the base model, longest first, or be missing ("transformer."). The first one is
  /// written.
  std::span<const char* const> prefixes;
  ModelSpec (*spec)(const Json& config, const std::string& source);
  std::span<const Rename> tensors;
  /// Names in files that are no weights of ours: "{}" is a layer (masks, tables), "cls.*" all that begin so (heads).
  std::span<const char* const> ignored;
  std::span<const Ending> endings{};  ///< Ends of names that older files write in another way.
  const Family* decoder = nullptr;    ///< Of a family that hears: what reads words beside the sound.
};

/// Bounds of what a config.json may announce: above those of any model, and small enough that no product overflows.
constexpr int64_t largest_size = int64_t{1} << 24;  ///< Widths, heads.
constexpr int64_t most_layers = 10'000;
constexpr double most_weights = 1e13;

/// All families, in alphabetical order of their file names.
std::vector<const Family*> families();

/// The spec of a Hugging Face model folder. Errors: input; an unknown architecture is named with the known ones; usage,
/// for the decoder of a family without one.
ModelSpec read_spec(const std::filesystem::path& folder, ModelPart part = ModelPart::main);
/// The same for a model that reads text. Errors: also input, for one that hears sound.
ModelSpec read_text_spec(const std::filesystem::path& folder);
const Family& family_named(const std::string& model_type);
/// Whose tables name the spec's tensors.
const Family& family_of(const ModelSpec& spec);
/// "whisper": the families with a decoder, for messages.
std::string families_with_decoder();

/// Numbers in the weights of a model, tied ones once.
double count_weights(ModelSpec spec);

/// The width, the number of heads that share it evenly, and a head's part. Errors: input, naming both keys.
struct EvenHeads {
  int64_t width = 0, heads = 0, head_size = 0;
};
EvenHeads even_heads(const Json& config, const char* width_key, const char* heads_key, const std::string& source);

/// From tie_word_embeddings, or `tied` where the config says nothing.
Head head_of(const Json& config, bool tied, const std::string& source);
/// From pad_token_id; a negative number counts from the vocabulary's end, as PyTorch does, and null is none.
std::optional<int64_t> padding_token(const Json& config, std::optional<int64_t> usual, const std::string& source);
/// Errors: input, naming every option of `names` that the config sets to something else than `usual`.
void refuse_options(const Json& config, std::span<const char* const> names, bool usual, const std::string& source);

/// The value of an enumeration's name in a config, or an input error listing the known names.
Activation activation_named(const std::string& name, const std::string& source);

}  // namespace arcuate
