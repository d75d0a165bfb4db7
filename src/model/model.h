// A transformer ready to run: stem -> blocks -> final norm, tapped wherever it is wanted.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/weights.h"

namespace arcuate {

struct ModelOptions {
  at::ScalarType type = at::ScalarType::Float;  ///< Arithmetic of the forward pass: float32 or float64.
  c10::Device device{c10::DeviceType::CPU};
  std::optional<uint64_t> random_init{};  ///< Seed of an untrained twin; weights are then not read.
};

/// What is tapped of a layer.
enum class Units {
  residual,   ///< The residual stream after the block.
  attention,  ///< What the heads of its attention give, side by side, before the output projection mixes them.
  ffn         ///< The output of the second layer of the block's feed-forward network, before it is added to the stream.
};
std::string units_name(Units units);

/// Layer numbers of a model with L blocks: 0 is the embedding, l the residual stream after block l, L + 1 the state
/// after the final norm ("final"). The units of a block's inside have layers 1 to L only.
///
/// ids: B x T int64. One B x T x C state per wanted layer (ascending), of attention B x T x heads head_size; layers
/// above the last wanted are not computed. Where weights ask for gradients the states carry them. Errors: input when T
/// exceeds the model's positions or an id its vocabulary; usage for a layer without such units.
std::vector<at::Tensor> model_states(const ModelSpec& spec, const ModelWeights& weights, const at::Tensor& ids,
                                     std::span<const int64_t> layers, Units units = Units::residual);
/// Next-token logits, … x vocabulary, from states of the layer "final". Errors: usage, for a model without such a head.
at::Tensor model_logits(const ModelWeights& weights, const at::Tensor& final_states);

/// A spec and its weights, on one device.
class Model {
 public:
  static Model load(const std::filesystem::path& folder, const ModelOptions& options = {});

  const ModelSpec& spec() const { return spec_; }
  std::string layer_name(int64_t layer) const;  ///< "0" … "L", "final".

  std::vector<at::Tensor> states(const at::Tensor& ids, std::span<const int64_t> layers,
                                 Units units = Units::residual) const {
    return model_states(spec_, weights_, ids, layers, units);
  }
  at::Tensor logits(const at::Tensor& final_states) const { return model_logits(weights_, final_states); }

 private:
  ModelSpec spec_;
  ModelWeights weights_;
};

}  // namespace arcuate
