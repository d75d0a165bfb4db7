// Batches of inputs that go through a model, and the states that are wanted of them.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/compute.h"
#include "model/model.h"

namespace arcuate {

/// Tokens of a batch whose states are wanted.
struct WantedTokens {
  std::vector<int64_t> tokens{};  ///< Flat index (b * T + t) of each …
  std::vector<int64_t> rows{};    ///< … and the row of the result that its state becomes.
  std::vector<double> shares{};   ///< Rows that several tokens make: the share of each. Empty: one token a row.
};

/// Sequences that go through the model together. `input` makes what the model reads when their turn comes.
struct ModelBatch {
  int64_t sequences = 0, length = 0;  ///< B, and T tokens (or frames of sound) of each.
  /// Where they differ: of each sequence. They lie one behind the other, as one (B = 1) of T = their sum.
  std::vector<int64_t> lengths{};
  WantedTokens wanted{};
  WantedTokens predicting{};            ///< Whose states of the layer "final" are wanted for themselves.
  std::function<ModelInput()> input{};  ///< As model_states reads it, but for …
  std::function<at::Tensor()> heard{};  ///< … what a decoder looks at, 1 x S x C, made anew for each layer or pass.
  int64_t heard_frames = 0;             ///< S.
};

/// What is tapped.
struct Taps {
  std::vector<int64_t> layers{};  ///< Ascending, at least one.
  Units units = Units::residual;
  int64_t predicting_rows = 0;  ///< Rows that the predicting tokens make; 0: none are wanted.
};

struct BatchStates {
  at::Tensor wanted;      ///< layers x rows x width of the units
  at::Tensor predicting;  ///< predicting rows x width of the model; undefined where none are wanted.
};

/// "all" layers: 0 … L, or 1 … L for units of a block's inside.
std::vector<int64_t> all_layers(int64_t layers, Units units);
/// Numbers of a state.
int64_t tapped_width(const ModelSpec& spec, Units units);

/// The rows that batches fill, layer by layer.
class TappedRows {
 public:
  /// What a batch gives of one layer, on the CPU; undefined where nothing is wanted of it.
  struct OfBatch {
    at::Tensor wanted, predicting;
  };

  TappedRows(const Model& model, int64_t rows, const Taps& taps);
  int64_t last_layer() const;  ///< That is needed.
  /// May be called from several threads …
  OfBatch taken(const ModelBatch& batch, int64_t layer, const BlockStates& states) const;
  /// … and this from one at a time.
  void keep(const ModelBatch& batch, int64_t layer, const OfBatch& taken);
  const BatchStates& states() const { return states_; }

 private:
  Taps taps_;
  int64_t final_layer_;
  BatchStates states_;
};

/// In the model's arithmetic type; rows that no batch gives are 0. A streamed model goes through stream_batches
/// (model/streamed_batches.h), with its errors.
BatchStates run_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                        const Compute& compute);

/// One of several texts or recordings that go through a model.
struct BatchedInput {
  std::span<const ModelBatch> batches{};
  int64_t rows = 0;
  /// Gets the states of each layer, rows x width, with its place among those that are tapped; layers ascend.
  std::function<void(size_t tap, const at::Tensor& states)> take{};
};
/// run_batches of each. The layers of a streamed model are read once for all, and its states are not kept
/// (model/streamed_batches.h).
void run_inputs(const Model& model, std::span<const BatchedInput> inputs, const Taps& taps, const Compute& compute);

}  // namespace arcuate
