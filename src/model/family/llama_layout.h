// What LLaMA and its relatives with the same tensor names share.
#pragma once
#include "model/family.h"

namespace arcuate::llama {

inline constexpr Rename tensors[] = {
    {"embed_tokens.weight", "tokens"},
    {"layers.{}.input_layernorm.weight", "block.{}.attention_norm.weight"},
    {"layers.{}.self_attn.q_proj.weight", "block.{}.q.weight"},
    {"layers.{}.self_attn.k_proj.weight", "block.{}.k.weight"},
    {"layers.{}.self_attn.v_proj.weight", "block.{}.v.weight"},
    {"layers.{}.self_attn.o_proj.weight", "block.{}.attention_out.weight"},
    {"layers.{}.self_attn.q_proj.bias", "block.{}.q.bias"},
    {"layers.{}.self_attn.k_proj.bias", "block.{}.k.bias"},
    {"layers.{}.self_attn.v_proj.bias", "block.{}.v.bias"},
    {"layers.{}.self_attn.o_proj.bias", "block.{}.attention_out.bias"},
    {"layers.{}.post_attention_layernorm.weight", "block.{}.ffn_norm.weight"},
    {"layers.{}.mlp.gate_proj.weight", "block.{}.gate.weight"},
    {"layers.{}.mlp.up_proj.weight", "block.{}.up.weight"},
    {"layers.{}.mlp.down_proj.weight", "block.{}.down.weight"},
    {"layers.{}.mlp.gate_proj.bias", "block.{}.gate.bias"},
    {"layers.{}.mlp.up_proj.bias", "block.{}.up.bias"},
    {"layers.{}.mlp.down_proj.bias", "block.{}.down.bias"},
    {"norm.weight", "final_norm.weight"},
    {"lm_head.weight", "head"},
};
inline constexpr const char* prefixes[] = {"model."};
inline constexpr const char* ignored[] = {"layers.{}.self_attn.rotary_emb.inv_freq"};

ModelSpec spec(const Json& config, const std::string& source);

}  // namespace arcuate::llama
