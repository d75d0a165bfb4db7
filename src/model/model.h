// A transformer ready to run: stem -> blocks -> final norm, tapped wherever it is wanted.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/block.h"
#include "model/weights.h"

namespace arcuate {

class WeightSource;

/// Weights are read (an untrained twin's: drawn) layer by layer, each once for all passes, and given back: for models
/// larger than memory.
struct Streaming {
  int64_t memory = 0;               ///< Bytes that the process may come to.
  std::filesystem::path scratch{};  ///< Folder for the states between layers, where they do not fit.
};

struct ModelOptions {
  at::ScalarType type = at::ScalarType::Float;  ///< Arithmetic of the forward pass: float32 or float64.
  c10::Device device{c10::DeviceType::CPU};
  std::optional<uint64_t> random_init{};  ///< Seed of an untrained twin: weights are drawn, not read.
  std::optional<Streaming> streaming{};
  ModelPart part = ModelPart::main;  ///< The twin of a decoder draws from a stream of its own.
};

/// What a model reads.
struct ModelInput {
  ModelInput(at::Tensor input, at::Tensor memory = {}) : read(std::move(input)), heard(std::move(memory)) {}
  at::Tensor read;   ///< B x T int64 token ids; sound is B x N samples or B x bands x frames (model/sound_stem.h).
  at::Tensor heard;  ///< Of a decoder: B x S x C, the last states of the model that heard.
  /// Sounds of different lengths: how many samples each has. They lie one behind the other in `read`, 1 x their sum,
  /// and so do their states. Empty: all are as long as `read`.
  std::vector<int64_t> lengths{};
};

/// What is tapped of a layer.
enum class Units {
  residual,   ///< The residual stream after the block.
  attention,  ///< What the heads of its attention give, side by side, before the output projection mixes them.
  ffn         ///< The output of the second layer of the block's feed-forward network, before it is added to the stream.
};
std::string units_name(Units units);
const at::Tensor& tapped(const BlockStates& states, Units units);

/// Layer numbers of a model with L blocks: 0 is the embedding (what the first block reads), l the residual stream after
/// block l, L + 1 the state after the final norm ("final"). The units of a block's inside have layers 1 to L only.
///
/// Of a model that hears sound T is the number of frames that its stem makes. One B x T x C state per wanted layer
/// (ascending), of attention B x T x heads head_size; layers above the last wanted are not computed. Where weights ask
/// for gradients the states carry them. Errors: input when T exceeds the model's positions or an id its vocabulary;
/// usage for a layer without such units.
std::vector<at::Tensor> model_states(const ModelSpec& spec, const ModelWeights& weights, const ModelInput& input,
                                     std::span<const int64_t> layers, Units units = Units::residual);
/// Gives what each of the layers 0 … `last` makes, while it is there. Errors: input, as above.
using TakeLayer = std::function<void(int64_t layer, const BlockStates& states)>;
void model_pass(const ModelSpec& spec, const ModelWeights& weights, const ModelInput& input, int64_t last,
                const TakeLayer& take);
/// The same step by step, for weights that hold no more than the stage in question (WeightSource::stage): the embedding
/// (layer 0), and from the stream before a layer 1 … L + 1 what it makes of it.
struct StreamContext {
  std::span<const int64_t> lengths{};  ///< Of sequences that lie one behind the other in the stream.
  at::Tensor heard{};                  ///< As in ModelInput; the final norm needs none.
};
BlockStates model_start(const ModelSpec& spec, const ModelWeights& weights, const ModelInput& input);
BlockStates model_step(const ModelSpec& spec, const ModelWeights& weights, int64_t layer, const at::Tensor& stream,
                       const StreamContext& beside);
/// Errors: usage, for a layer that the model does not have, or that has no such units.
void check_layers(std::span<const int64_t> layers, const ModelSpec& spec, Units units);

/// Next-token logits, … x vocabulary, from states of the layer "final". Errors: usage, for a model without such a head.
at::Tensor model_logits(const ModelWeights& weights, const at::Tensor& final_states);

/// A spec and its weights, on one device. A streamed model has no weights of its own but reads, or draws, them stage by
/// stage.
class Model {
 public:
  static Model load(const std::filesystem::path& folder, const ModelOptions& options = {});

  const ModelSpec& spec() const { return spec_; }
  std::string layer_name(int64_t layer) const;  ///< "0" … "L", "final".

  /// Not of a streamed model: run_batches takes one through many batches at once.
  std::vector<at::Tensor> states(const ModelInput& input, std::span<const int64_t> layers,
                                 Units units = Units::residual) const {
    return model_states(spec_, weights_, input, layers, units);
  }
  /// Not of a streamed model, as above.
  void pass(const ModelInput& input, int64_t last, const TakeLayer& take) const {
    model_pass(spec_, weights_, input, last, take);
  }
  /// Not of a streamed model, as above; see head().
  at::Tensor logits(const at::Tensor& final_states) const { return model_logits(weights_, final_states); }
  /// What model_logits needs; of a streamed model it is read now.
  ModelWeights head() const { return is_streamed() ? stage(spec_.layers + 2) : weights_; }

  bool is_streamed() const { return source_ != nullptr; }
  // Of a streamed model.
  const WeightSource& source() const { return *source_; }
  ModelWeights stage(int64_t layer) const;  ///< On the model's device.
  int64_t memory() const { return options_.streaming->memory; }
  const std::filesystem::path& scratch() const { return options_.streaming->scratch; }
  at::ScalarType type() const { return options_.type; }
  c10::Device device() const { return options_.device; }

 private:
  ModelSpec spec_;
  ModelOptions options_;
  ModelWeights weights_;
  std::shared_ptr<const WeightSource> source_;
};

}  // namespace arcuate
