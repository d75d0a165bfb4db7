// What BERT and its relatives with the same tensor names share.
#pragma once
#include "model/family.h"

namespace arcuate::bert {

inline constexpr Rename tensors[] = {
    {"embeddings.word_embeddings.weight", "tokens"},
    {"embeddings.position_embeddings.weight", "positions"},
    {"embeddings.token_type_embeddings.weight", "types"},
    {"embeddings.LayerNorm.weight", "embedding_norm.weight"},
    {"embeddings.LayerNorm.bias", "embedding_norm.bias"},
    {"encoder.layer.{}.attention.self.query.weight", "block.{}.q.weight"},
    {"encoder.layer.{}.attention.self.query.bias", "block.{}.q.bias"},
    {"encoder.layer.{}.attention.self.key.weight", "block.{}.k.weight"},
    {"encoder.layer.{}.attention.self.key.bias", "block.{}.k.bias"},
    {"encoder.layer.{}.attention.self.value.weight", "block.{}.v.weight"},
    {"encoder.layer.{}.attention.self.value.bias", "block.{}.v.bias"},
    {"encoder.layer.{}.attention.output.dense.weight", "block.{}.attention_out.weight"},
    {"encoder.layer.{}.attention.output.dense.bias", "block.{}.attention_out.bias"},
    {"encoder.layer.{}.attention.output.LayerNorm.weight", "block.{}.attention_norm.weight"},
    {"encoder.layer.{}.attention.output.LayerNorm.bias", "block.{}.attention_norm.bias"},
    {"encoder.layer.{}.intermediate.dense.weight", "block.{}.up.weight"},
    {"encoder.layer.{}.intermediate.dense.bias", "block.{}.up.bias"},
    {"encoder.layer.{}.output.dense.weight", "block.{}.down.weight"},
    {"encoder.layer.{}.output.dense.bias", "block.{}.down.bias"},
    {"encoder.layer.{}.output.LayerNorm.weight", "block.{}.ffn_norm.weight"},
    {"encoder.layer.{}.output.LayerNorm.bias", "block.{}.ffn_norm.bias"},
};
/// Heads of pre-training and of tasks, and the numbers 0 … of the positions.
inline constexpr const char* ignored[] = {"pooler.*",     "cls.*",        "lm_head.*",
                                          "classifier.*", "qa_outputs.*", "embeddings.position_ids"};
inline constexpr Ending endings[] = {{"LayerNorm.gamma", "LayerNorm.weight"}, {"LayerNorm.beta", "LayerNorm.bias"}};

/// `padding`: the padding token where the config names none.
ModelSpec spec(const Json& config, int64_t padding, const std::string& source);

}  // namespace arcuate::bert
