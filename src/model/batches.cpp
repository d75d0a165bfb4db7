#include "model/batches.h"

#include <ATen/ATen.h>

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

at::Tensor wanted_states(const ModelBatch& batch, const at::Tensor& state) {
  const auto from = at::tensor(batch.tokens, at::kLong).to(state.device());
  auto wanted = state.reshape({-1, state.size(-1)}).index_select(0, from).cpu();
  if (batch.shares.empty()) return wanted;
  return wanted.mul_(at::tensor(batch.shares, wanted.options()).unsqueeze(1));
}

void keep_states(const ModelBatch& batch, const at::Tensor& wanted, at::Tensor& rows) {
  const auto to = at::tensor(batch.rows, at::kLong);
  if (batch.shares.empty())
    rows.index_copy_(0, to, wanted);
  else
    rows.index_add_(0, to, wanted);
}

at::Tensor run_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                       const Compute& compute) {
  if (model.is_streamed() && !batches.empty()) return stream_batches(model, batches, rows, taps, compute);
  auto result = at::zeros({std::ssize(taps.layers), rows, tapped_width(model.spec(), taps.units)}, model.type());
  std::mutex guard;
  int64_t done = 0;
  parallel_for(std::ssize(batches), compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto& batch = batches[static_cast<size_t>(i)];
    std::vector<at::Tensor> wanted;
    for (const auto& state : model.states(batch.input(), taps.layers, taps.units))
      wanted.push_back(wanted_states(batch, state));
    const std::lock_guard lock(guard);
    for (size_t layer = 0; layer < wanted.size(); ++layer) {
      auto of_layer = result[static_cast<int64_t>(layer)];
      keep_states(batch, wanted[layer], of_layer);
    }
    if (compute.progress) compute.progress(++done, std::ssize(batches));
  });
  return result;
}

}  // namespace arcuate
