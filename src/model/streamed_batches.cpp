#include "model/streamed_batches.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "core/interrupt.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/scratch_file.h"
#include "model/block.h"
#include "model/stream_needs.h"
#include "model/weight_source.h"

namespace arcuate {
namespace {

// The stream of every batch between two layers, in the processor's memory or in a file.
class StateStore {
 public:
  StateStore(size_t batches, const std::optional<std::filesystem::path>& scratch)
      : states_(batches), offsets_(batches, -1) {
    if (scratch) file_.emplace(*scratch);
  }

  void put(size_t batch, const at::Tensor& state) {
    const auto whole = state.cpu().contiguous();
    if (!file_) {
      states_[batch] = whole;
      return;
    }
    if (offsets_[batch] < 0) {
      const std::lock_guard lock(guard_);
      offsets_[batch] = end_;
      end_ += static_cast<int64_t>(whole.nbytes());
    }
    file_->write(offsets_[batch], whole.data_ptr(), whole.nbytes());
  }

  at::Tensor get(size_t batch, at::IntArrayRef shape, at::ScalarType type) const {
    if (!file_) return states_[batch];
    auto state = at::empty(shape, type);
    file_->read(offsets_[batch], state.data_ptr(), state.nbytes());
    return state;
  }

 private:
  std::vector<at::Tensor> states_;
  std::vector<int64_t> offsets_;
  std::optional<ScratchFile> file_{};
  std::mutex guard_;
  int64_t end_ = 0;
};

BatchShape shape_of(const ModelBatch& batch) {
  return {.tokens = batch.sequences * batch.length,
          .length = batch.lengths.empty() ? batch.length : std::ranges::max(batch.lengths),
          .one_by_one = !batch.lengths.empty(),
          .heard = batch.heard_frames};
}

class Streamed {
 public:
  Streamed(const Model& model, std::span<const BatchedInput> inputs, const Taps& taps, const Compute& compute)
      : model_(model), inputs_(inputs), taps_(taps), compute_(compute) {
    for (const auto& input : inputs) count_ += input.batches.size();
  }

  StreamNeeds needs(int64_t kept) const {
    const auto item = static_cast<int64_t>(at::elementSize(model_.type()));
    const int64_t wanted = most_rows() * tapped_width(model_.spec(), taps_.units),
                  predicting = taps_.predicting_rows * model_.spec().block.width;
    StreamNeeds needs{.held = resident_bytes() + kept + (wanted + predicting) * item};
    for (int64_t layer = 0; layer <= last_layer(); ++layer)
      needs.weights = std::max(needs.weights, model_.source().stage_bytes(layer));
    needs.reading = model_.source().reading_bytes();
    for (const auto& input : inputs_)
      for (const auto& batch : input.batches) {
        needs.work = std::max(needs.work, batch_work(model_.spec(), shape_of(batch), item));
        needs.states += batch.sequences * batch.length * model_.spec().block.width * item;
      }
    return needs;
  }

  // Gives the states that predict, of the last input, where they are wanted.
  at::Tensor run(const StreamPlan& plan) {
    StateStore store(count_, plan.states_in_memory ? std::nullopt : std::optional(model_.scratch()));
    for (int64_t layer = 0; layer <= last_layer(); ++layer) {
      run_stage(layer, plan.threads, store);
      release_freed_memory();  // the layer's weights, too
    }
    return predicting_;
  }

 private:
  // One input on its way through one layer.
  struct Step {
    const ModelWeights& weights;
    int64_t layer;
    const BatchedInput& input;
    size_t first;  // of its batches among all
    int threads;
  };

  int64_t final_layer() const { return model_.spec().layers + 1; }
  int64_t last_layer() const { return taps_.predicting_rows > 0 ? final_layer() : taps_.layers.back(); }

  int64_t most_rows() const {
    int64_t most = 0;
    for (const auto& input : inputs_) most = std::max(most, input.rows);
    return most;
  }

  void run_stage(int64_t layer, int threads, StateStore& store) {
    const auto weights = model_.stage(layer);
    release_freed_memory();  // what reading took
    const auto tap = std::find(taps_.layers.begin(), taps_.layers.end(), layer);
    const bool wanted = tap != taps_.layers.end();
    Taps own{.units = taps_.units, .predicting_rows = layer == final_layer() ? taps_.predicting_rows : 0};
    if (wanted) own.layers = {layer};
    size_t first = 0;
    for (const auto& input : inputs_) {
      TappedRows rows(model_, input.rows, own);
      run_layer({weights, layer, input, first, threads}, rows, store);
      if (wanted) input.take(static_cast<size_t>(tap - taps_.layers.begin()), rows.states().wanted[0]);
      predicting_ = rows.states().predicting;
      first += input.batches.size();
    }
  }

  void run_layer(const Step& step, TappedRows& rows, StateStore& store) const {
    const int64_t layer = step.layer;
    const auto count = static_cast<int64_t>(count_);
    std::mutex guard;
    auto done = layer * count + static_cast<int64_t>(step.first);
    parallel_for(std::ssize(step.input.batches), step.threads, [&](int64_t i) {
      stop_if_interrupted();
      const auto& batch = step.input.batches[static_cast<size_t>(i)];
      const size_t index = step.first + static_cast<size_t>(i);
      const auto states = layer == 0 ? model_start(model_.spec(), step.weights, batch.input())
                                     : model_step(model_.spec(), step.weights, layer, stored(store, index, batch),
                                                  {.lengths = batch.lengths, .heard = heard_by(batch, layer)});
      if (layer < last_layer()) store.put(index, states.residual);
      const auto taken = rows.taken(batch, layer, states);
      const std::lock_guard lock(guard);
      rows.keep(batch, layer, taken);
      if (compute_.progress) compute_.progress(++done, (last_layer() + 1) * count);
    });
  }

  at::Tensor heard_by(const ModelBatch& batch, int64_t layer) const {
    return batch.heard && layer < final_layer() ? batch.heard() : at::Tensor();
  }

  at::Tensor stored(const StateStore& store, size_t index, const ModelBatch& batch) const {
    return store.get(index, {batch.sequences, batch.length, model_.spec().block.width}, model_.type())
        .to(model_.device());
  }

  const Model& model_;
  std::span<const BatchedInput> inputs_;
  const Taps& taps_;
  const Compute& compute_;
  size_t count_ = 0;  // batches of all inputs
  at::Tensor predicting_{};
};

at::Tensor run_streamed(const Model& model, std::span<const BatchedInput> inputs, const Taps& taps,
                        const Compute& compute, int64_t kept) {
  check_layers(taps.layers, model.spec(), taps.units);
  Streamed streamed(model, inputs, taps, compute);
  const auto needs = streamed.needs(kept);
  check_stream(needs, model.memory());
  return streamed.run(stream_plan(needs, model.memory(), compute.threads));
}

}  // namespace

void stream_inputs(const Model& model, std::span<const BatchedInput> inputs, const Taps& taps, const Compute& compute) {
  run_streamed(model, inputs, taps, compute, 0);
}

BatchStates stream_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                           const Compute& compute) {
  const auto width = tapped_width(model.spec(), taps.units);
  BatchStates result{.wanted = at::zeros({std::ssize(taps.layers), rows, width}, model.type()), .predicting = {}};
  const BatchedInput input{.batches = batches, .rows = rows, .take = [&](size_t tap, const at::Tensor& states) {
                             result.wanted[static_cast<int64_t>(tap)].copy_(states);
                           }};
  result.predicting = run_streamed(model, {&input, 1}, taps, compute, static_cast<int64_t>(result.wanted.nbytes()));
  return result;
}

}  // namespace arcuate
