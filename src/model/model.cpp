#include "model/model.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/random.h"
#include "model/block.h"
#include "model/checkpoint.h"
#include "model/linear.h"
#include "model/sound_stem.h"
#include "model/sound_weights.h"
#include "model/untrained.h"

namespace arcuate {

using at::Tensor;

static void move_to(Affine& map, c10::Device device) {
  if (map.weight.defined()) map.weight = map.weight.to(device);
  if (map.bias.defined()) map.bias = map.bias.to(device);
}

static void move_to(const ModelSpec& spec, ModelWeights& weights, c10::Device device) {
  if (device.is_cpu()) return;
  for (const auto& [name, table] : model_tables)
    if ((weights.*table).defined()) weights.*table = (weights.*table).to(device);
  for (const auto& [name, map] : model_maps) move_to(weights.*map, device);
  if (spec.sound)
    for (const auto& [name, map] : stem_maps(*spec.sound, weights.stem)) move_to(*map, device);
  for (auto& b : weights.blocks)
    for (const auto& [name, map] : block_maps) move_to(b.*map, device);
}

// The decoder's twin shares no numbers with that of the model that hears.
static uint64_t twin_seed(const ModelOptions& options) {
  return options.part == ModelPart::main ? *options.random_init : derive_seed(*options.random_init, "decoder");
}

static std::shared_ptr<const WeightSource> open_weights(const std::filesystem::path& folder, const ModelSpec& spec,
                                                        const ModelOptions& options) {
  if (options.random_init) return std::make_shared<UntrainedWeights>(spec, twin_seed(options), options.type);
  return std::make_shared<WeightReader>(folder, spec, options.type);
}

Model Model::load(const std::filesystem::path& folder, const ModelOptions& options) {
  Model model;
  model.spec_ = read_spec(folder, options.part);
  model.options_ = options;
  within(fmt::format("reading the model '{}'", folder.string()), [&] {
    auto source = open_weights(folder, model.spec_, options);
    if (options.streaming)
      model.source_ = std::move(source);
    else
      model.weights_ = source->all();
  });
  move_to(model.spec_, model.weights_, options.device);
  return model;
}

ModelWeights Model::stage(int64_t layer) const {
  auto weights = source_->stage(layer);
  move_to(spec_, weights, options_.device);
  return weights;
}

std::string units_name(Units units) {
  if (units == Units::residual) return "residual";
  return units == Units::ffn ? "ffn" : "attention";
}

const Tensor& tapped(const BlockStates& states, Units units) {
  if (units == Units::residual) return states.residual;
  return units == Units::ffn ? states.ffn : states.attention;
}

std::string Model::layer_name(int64_t layer) const { return layer > spec_.layers ? "final" : std::to_string(layer); }

static Tensor text_stem(const ModelSpec& spec, const ModelWeights& weights, const Tensor& ids) {
  auto x = at::embedding(weights.tokens, ids);
  if (spec.embedding_width) x = linear(weights.project_in, x);
  if (spec.token_types > 0) x = x + weights.types[0];
  if (spec.position == Position::learned)
    x = x + weights.positions.slice(0, spec.position_offset, spec.position_offset + ids.size(1));
  return spec.embedding_norm ? normalize(spec.block, weights.embedding_norm, x) : x;
}

static void check_ids(const Tensor& ids, const ModelSpec& spec) {
  if (ids.size(1) > spec.max_tokens)
    bad_input("a sequence of {} tokens is longer than the model's {} positions; ask for a shorter context (--context)",
              ids.size(1), spec.max_tokens);
  const auto largest = ids.max().item<int64_t>(), smallest = ids.min().item<int64_t>();
  if (smallest < 0 || largest >= spec.vocabulary)
    bad_input("token id {} is outside of the model's vocabulary of {}; does the tokenizer belong to this model?",
              smallest < 0 ? smallest : largest, spec.vocabulary);
}

void check_layers(std::span<const int64_t> layers, const ModelSpec& spec, Units units) {
  for (const int64_t layer : layers) {
    if (layer > spec.layers + 1)
      bad_usage("layer {} was asked for; the model has layers 0 to {} and 'final'", layer, spec.layers);
    if (units != Units::residual && (layer < 1 || layer > spec.layers))
      bad_usage("{} has no {}; units '{}' have the layers 1 to {}",
                layer < 1 ? "layer 0 (the embedding)" : "layer 'final'",
                units == Units::ffn ? "feed-forward network" : "attention", units_name(units), spec.layers);
  }
}

BlockStates model_start(const ModelSpec& spec, const ModelWeights& weights, const ModelInput& input) {
  if (spec.sound) {
    const auto like = weights.stem.layers.front().convolution.weight.options();
    return {.attention = {}, .ffn = {}, .residual = sound_stem(spec, weights, input.read.to(like), input.lengths)};
  }
  check_ids(input.read, spec);
  return {.attention = {}, .ffn = {}, .residual = text_stem(spec, weights, input.read.to(weights.tokens.device()))};
}

static BlockStates step(const ModelSpec& spec, const ModelWeights& weights, int64_t layer, const Tensor& stream,
                        const BlockContext& context) {
  if (layer <= spec.layers) return block(spec.block, weights.blocks[static_cast<size_t>(layer - 1)], stream, context);
  return {.attention = {},
          .ffn = {},
          .residual = spec.final_norm ? normalize(spec.block, weights.final_norm, stream) : stream};
}

static BlockContext context_of(const ModelSpec& spec, const ModelWeights& weights, const Tensor& stream,
                               const StreamContext& beside) {
  const int64_t longest = beside.lengths.empty() ? stream.size(1) : std::ranges::max(beside.lengths);
  auto context = block_context(spec.block, longest, stream, weights.position_bias);
  context.lengths.assign(beside.lengths.begin(), beside.lengths.end());
  context.heard = beside.heard;
  return context;
}

BlockStates model_step(const ModelSpec& spec, const ModelWeights& weights, int64_t layer, const Tensor& stream,
                       const StreamContext& beside) {
  return step(spec, weights, layer, stream, context_of(spec, weights, stream, beside));
}

void model_pass(const ModelSpec& spec, const ModelWeights& weights, const ModelInput& input, int64_t last,
                const TakeLayer& take) {
  if (spec.block.cross != input.heard.defined())
    bad_usage("{}", spec.block.cross ? "a decoder needs states of what was heard" : "only a decoder takes them");
  if (!spec.sound && !input.lengths.empty()) bad_usage("only sounds have lengths of their own; fill up the others");
  auto states = model_start(spec, weights, input);  // B x T x C
  std::vector<int64_t> lengths;
  for (const int64_t samples : input.lengths) lengths.push_back(stem_frames(*spec.sound, samples));
  const auto context = context_of(spec, weights, states.residual, {.lengths = lengths, .heard = input.heard});
  take(0, states);
  for (int64_t layer = 1; layer <= last; ++layer) {
    states = step(spec, weights, layer, states.residual, context);
    take(layer, states);
  }
}

std::vector<Tensor> model_states(const ModelSpec& spec, const ModelWeights& weights, const ModelInput& input,
                                 std::span<const int64_t> layers, Units units) {
  check_layers(layers, spec, units);
  std::vector<Tensor> taps;
  if (layers.empty()) return taps;
  model_pass(spec, weights, input, layers.back(), [&](int64_t layer, const BlockStates& states) {
    if (std::ranges::binary_search(layers, layer)) taps.push_back(tapped(states, units));
  });
  return taps;
}

Tensor model_logits(const ModelWeights& weights, const Tensor& final_states) {
  if (!weights.head.defined()) bad_usage("the model has no next-token head: it does not predict what follows");
  const auto& out = weights.project_out.weight;
  const auto x = final_states.to(weights.head.device());
  return linear({.weight = weights.head, .bias = {}}, out.defined() ? linear(weights.project_out, x) : x);
}

}  // namespace arcuate
