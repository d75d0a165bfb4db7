#include "model/block.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::largest_difference;

namespace {

constexpr int64_t width = 12, ffn_width = 20;

at::Tensor normals(std::vector<int64_t> shape, uint64_t seed) {
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); ++i) rows *= shape[i];
  return random_normals(rows, shape.back(), seed).view(shape);
}

Affine affine(std::vector<int64_t> shape, uint64_t seed) {
  return {normals(shape, seed) * 0.4, normals({shape.front()}, seed + 1) * 0.3};
}

BlockWeights some_weights(const BlockSpec& s) {
  const int64_t rows = (s.heads + 2 * s.kv_heads) * s.head_size;
  return {.attention_norm = affine({width}, 1),
          .qkv = affine({rows, width}, 3),
          .attention_out = affine({width, s.heads * s.head_size}, 5),
          .ffn_norm = affine({width}, 7),
          .gate = {},
          .up = affine({ffn_width, width}, 9),
          .down = affine({width, ffn_width}, 11)};
}

BlockSpec some_spec() {
  return {.width = width, .heads = 3, .kv_heads = 3, .head_size = 4, .ffn_width = ffn_width, .epsilon = 1e-4};
}

BlockStates run(const BlockSpec& s, const at::Tensor& x) {
  return block(s, some_weights(s), x, block_context(s, x.size(1), x));
}

// What a token's state owes to each token: rows are tokens, columns those that were changed.
std::vector<std::string> sight(const BlockSpec& s, int64_t tokens) {
  const auto x = normals({1, tokens, width}, 30), usual = run(s, x).residual;
  std::vector<std::string> seen(static_cast<size_t>(tokens), std::string(static_cast<size_t>(tokens), '.'));
  for (int64_t other = 0; other < tokens; ++other) {
    auto changed = x.clone();
    changed[0][other] += normals({width}, 31);
    const auto states = run(s, changed).residual;
    for (int64_t t = 0; t < tokens; ++t)
      if (largest_difference(states[0][t], usual[0][t]) > 1e-6)
        seen[static_cast<size_t>(t)][static_cast<size_t>(other)] = 'x';
  }
  return seen;
}

}  // namespace

TEST(Block, in_both_directions_and_orders_is_the_encoder_layer_of_torch) {
  const auto x = normals({2, 7, width}, 20);
  for (const auto order : {NormOrder::pre, NormOrder::post})
    for (const auto activation : {Activation::relu, Activation::gelu}) {
      auto s = some_spec();
      s.order = order;
      s.activation = activation;
      s.causal = false;
      const auto w = some_weights(s);
      const auto expected = at::_transformer_encoder_layer_fwd(
          x, width, s.heads, w.qkv.weight, w.qkv.bias, w.attention_out.weight, w.attention_out.bias,
          activation == Activation::gelu, order == NormOrder::pre, s.epsilon, w.attention_norm.weight,
          w.attention_norm.bias, w.ffn_norm.weight, w.ffn_norm.bias, w.up.weight, w.up.bias, w.down.weight,
          w.down.bias);
      EXPECT_LT(largest_difference(run(s, x).residual, expected), 1e-12);
    }
}

TEST(Block, tokens_see_what_the_specification_says) {
  auto s = some_spec();
  EXPECT_EQ(sight(s, 4), (std::vector<std::string>{"x...", "xx..", "xxx.", "xxxx"}));
  s.window = 2;
  EXPECT_EQ(sight(s, 4), (std::vector<std::string>{"x...", "xx..", ".xx.", "..xx"}));
  s.causal = false;
  s.window.reset();
  EXPECT_EQ(sight(s, 3), (std::vector<std::string>{"xxx", "xxx", "xxx"}));
}

TEST(Block, heads_side_by_side_make_what_attention_adds_to_the_stream) {
  auto s = some_spec();
  s.heads = 6;  // 6 x 4 numbers of the heads, 12 of the stream
  s.kv_heads = 2;
  const auto x = normals({2, 5, width}, 40);
  const auto w = some_weights(s);
  const auto states = run(s, x);
  ASSERT_EQ(states.attention.sizes().vec(), (std::vector<int64_t>{2, 5, 24}));
  const auto added = at::linear(states.attention, w.attention_out.weight, w.attention_out.bias);
  EXPECT_LT(largest_difference(x + added + states.ffn, states.residual), 1e-13);
}
