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

/// Sequences that go through the model together. `input` makes what the model reads when their turn comes.
struct ModelBatch {
  int64_t sequences = 0, length = 0;    ///< B, and T tokens (or frames of sound) of each.
  std::vector<int64_t> tokens{};        ///< Flat index (b * T + t) of each wanted token …
  std::vector<int64_t> rows{};          ///< … and the row of the result that its state becomes.
  std::vector<double> shares{};         ///< Rows that several tokens make: the share of each. Empty: one token a row.
  std::function<ModelInput()> input{};  ///< As model_states reads it.
};

/// What is tapped.
struct Taps {
  std::vector<int64_t> layers{};  ///< Ascending, at least one.
  Units units = Units::residual;
};

/// "all" layers: 0 … L, or 1 … L for units of a block's inside.
std::vector<int64_t> all_layers(int64_t layers, Units units);
/// Numbers of a state.
int64_t tapped_width(const ModelSpec& spec, Units units);

/// What is wanted of a state (B x T x C), wanted x C on the CPU; and its way into the rows of a layer.
at::Tensor wanted_states(const ModelBatch& batch, const at::Tensor& state);
void keep_states(const ModelBatch& batch, const at::Tensor& wanted, at::Tensor& rows);

/// layers x rows x width, in the model's arithmetic type; rows that no batch gives are 0. A streamed model goes through
/// stream_batches (model/streamed_batches.h), with its errors.
at::Tensor run_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                       const Compute& compute);

}  // namespace arcuate
