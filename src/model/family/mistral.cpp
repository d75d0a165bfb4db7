// Mistral (Jiang et al. 2023): a LLaMA whose tokens see a limited number of others.
#include "model/family/llama_layout.h"

namespace arcuate {
namespace {

ModelSpec spec(const Json& c, const std::string& source) {
  auto spec = llama::spec(c, source);
  // Its defaults are not LLaMA's, so they have to be in the file.
  for (const char* key : {"num_key_value_heads", "max_position_embeddings"}) json_value<int64_t>(c, key, source);
  const char* window = "sliding_window";  // null: all tokens are seen
  if (!c.contains(window) || !c[window].is_null()) spec.block.window = json_value_or<int64_t>(c, window, 4096, source);
  return spec;
}

}  // namespace

extern const Family mistral_family;
const Family mistral_family{.model_type = "mistral",
                            .prefixes = llama::prefixes,
                            .spec = spec,
                            .tensors = llama::tensors,
                            .ignored = llama::ignored};

}  // namespace arcuate
