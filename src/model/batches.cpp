#include "model/batches.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "model/streamed_batches.h"

namespace arcuate {

std::vector<int64_t> all_layers(int64_t layers, Units units) {
  const int64_t first = units == Units::residual ? 0 : 1;
  std::vector<int64_t> all(static_cast<size_t>(layers + 1 - first));
  std::iota(all.begin(), all.end(), first);
  return all;
}

int64_t tapped_width(const ModelSpec& spec, Units units) {
  return units == Units::attention ? spec.block.heads * spec.block.head_size : spec.block.width;
}

static at::Tensor taken_tokens(const WantedTokens& of, const at::Tensor& state) {
  const auto from = at::tensor(of.tokens, at::kLong).to(state.device());
  auto taken = state.reshape({-1, state.size(-1)}).index_select(0, from).cpu();
  if (of.shares.empty()) return taken;
  return taken.mul_(at::tensor(of.shares, at::kDouble).to(taken.scalar_type()).unsqueeze(1));
}

static void keep_tokens(const WantedTokens& of, const at::Tensor& taken, at::Tensor rows) {
  const auto to = at::tensor(of.rows, at::kLong);
  if (of.shares.empty())
    rows.index_copy_(0, to, taken);
  else
    rows.index_add_(0, to, taken);
}

TappedRows::TappedRows(const Model& model, int64_t rows, const Taps& taps)
    : taps_(taps), final_layer_(model.spec().layers + 1) {
  const auto& spec = model.spec();
  states_.wanted = at::zeros({std::ssize(taps.layers), rows, tapped_width(spec, taps.units)}, model.type());
  if (taps.predicting_rows > 0) states_.predicting = at::zeros({taps.predicting_rows, spec.block.width}, model.type());
}

int64_t TappedRows::last_layer() const { return states_.predicting.defined() ? final_layer_ : taps_.layers.back(); }

TappedRows::OfBatch TappedRows::taken(const ModelBatch& batch, int64_t layer, const BlockStates& states) const {
  OfBatch result;
  if (std::ranges::binary_search(taps_.layers, layer))
    result.wanted = taken_tokens(batch.wanted, tapped(states, taps_.units));
  if (states_.predicting.defined() && layer == final_layer_)
    result.predicting = taken_tokens(batch.predicting, states.residual);
  return result;
}

void TappedRows::keep(const ModelBatch& batch, int64_t layer, const OfBatch& taken) {
  const auto place = std::lower_bound(taps_.layers.begin(), taps_.layers.end(), layer) - taps_.layers.begin();
  if (taken.wanted.defined()) keep_tokens(batch.wanted, taken.wanted, states_.wanted[place]);
  if (taken.predicting.defined()) keep_tokens(batch.predicting, taken.predicting, states_.predicting);
}

BatchStates run_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                        const Compute& compute) {
  check_layers(taps.layers, model.spec(), taps.units);
  if (model.is_streamed() && !batches.empty()) return stream_batches(model, batches, rows, taps, compute);
  TappedRows result(model, rows, taps);
  std::mutex guard;
  int64_t done = 0;
  parallel_for(std::ssize(batches), compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto& batch = batches[static_cast<size_t>(i)];
    std::vector<TappedRows::OfBatch> taken;
    auto input = batch.input();
    if (batch.heard) input.heard = batch.heard();
    model.pass(input, result.last_layer(),
               [&](int64_t layer, const BlockStates& states) { taken.push_back(result.taken(batch, layer, states)); });
    const std::lock_guard lock(guard);
    for (size_t layer = 0; layer < taken.size(); ++layer) result.keep(batch, static_cast<int64_t>(layer), taken[layer]);
    if (compute.progress) compute.progress(++done, std::ssize(batches));
  });
  return result.states();
}

void run_inputs(const Model& model, std::span<const BatchedInput> inputs, const Taps& taps, const Compute& compute) {
  if (model.is_streamed()) return stream_inputs(model, inputs, taps, compute);
  for (const auto& input : inputs) {
    const auto states = run_batches(model, input.batches, input.rows, taps, compute).wanted;
    for (int64_t tap = 0; tap < states.size(0); ++tap) input.take(static_cast<size_t>(tap), states[tap]);
  }
}

}  // namespace arcuate
