#include "model/streamed_batches.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/scratch_file.h"
#include "model/block.h"
#include "model/sound_stem.h"
#include "model/weight_source.h"

namespace arcuate {
namespace {

constexpr int64_t megabyte = 1'000'000;
constexpr int64_t slack = 24 * megabyte;  // what allocators and libraries keep between their uses

// Bytes that one batch takes while it goes through a block (the stream and its copies, and the larger of attention,
// which is queries to values and scores, and the wide layer) or through a stem that hears sound.
int64_t batch_work(const ModelSpec& spec, const ModelBatch& batch, int64_t item) {
  const BlockSpec& b = spec.block;
  const int64_t streams = 6 * b.width, heads = 3 * (b.heads + 2 * b.kv_heads) * b.head_size;
  const int64_t wide = (b.gated ? 4 : 3) * b.ffn_width, scores = 3 * b.heads * batch.length;
  const int64_t block = batch.sequences * batch.length * (streams + std::max(heads + scores, wide));
  if (!spec.sound) return block * item;
  const int64_t inputs = 2 * spec.sound->inputs * stem_inputs(*spec.sound, batch.length);
  const int64_t stem = batch.sequences * (inputs + 4 * b.width * batch.length) + stem_work(*spec.sound, batch.length);
  return std::max(block, stem) * item;
}

struct StreamPlan {
  int threads = 1;
  bool states_in_memory = true;
};

struct Needs {
  int64_t held = 0;     // now, and the result
  int64_t weights = 0;  // the largest stage
  int64_t reading = 0;  // beside it, while it is read
  int64_t work = 0;     // of one thread
  int64_t states = 0;   // between two layers
  int64_t least() const { return held + weights + std::max(reading, work) + slack; }
};

StreamPlan plan_within(const Needs& needs, int64_t limit, int threads) {
  const auto rounded_up = [](int64_t bytes) { return (bytes + megabyte - 1) / megabyte; };
  if (limit < needs.least())
    bad_usage(
        "the model, layer by layer, needs at least {} MB of memory: {} MB that are taken and for the result, {} MB for "
        "its largest layer, {} MB to read it or compute with it; the limit is {} MB. Raise --memory-limit, or keep "
        "fewer --layers",
        rounded_up(needs.least()), rounded_up(needs.held + slack), rounded_up(needs.weights),
        rounded_up(std::max(needs.reading, needs.work)), limit / megabyte);
  const int64_t room = limit - needs.held - needs.weights - slack;
  const bool in_memory = needs.states <= room - std::max(needs.reading, needs.work);
  const int64_t left = room - (in_memory ? needs.states : 0);
  return {.threads = static_cast<int>(std::clamp<int64_t>(left / std::max<int64_t>(needs.work, 1), 1, threads)),
          .states_in_memory = in_memory};
}

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

class Streamed {
  using Taken = TappedRows::OfBatch;

 public:
  Streamed(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps)
      : model_(model), batches_(batches), rows_(rows), taps_(taps), result_(model, 0, taps) {}

  Needs needs() const {
    const auto& spec = model_.spec();
    const auto item = static_cast<int64_t>(at::elementSize(model_.type()));
    const int64_t rows = std::ssize(taps_.layers) * rows_ + taps_.predicting_rows;
    Needs needs{.held = resident_bytes() + rows * tapped_width(spec, taps_.units) * item};
    for (int64_t layer = 0; layer <= last_layer(); ++layer)
      needs.weights = std::max(needs.weights, model_.source().stage_bytes(layer));
    needs.reading = model_.source().reading_bytes();
    for (const auto& batch : batches_) {
      needs.work = std::max(needs.work, batch_work(spec, batch, item));
      needs.states += batch.sequences * batch.length * spec.block.width * item;
    }
    return needs;
  }

  BatchStates run(const StreamPlan& plan, const Compute& compute) {
    StateStore store(batches_.size(), plan.states_in_memory ? std::nullopt : std::optional(model_.scratch()));
    result_ = TappedRows(model_, rows_, taps_);
    for (int64_t layer = 0; layer <= last_layer(); ++layer) {
      run_stage(layer, store, {plan.threads, compute});
      release_freed_memory();
    }
    return result_.states();
  }

 private:
  int64_t last_layer() const { return result_.layers().back(); }

  struct How {
    int threads = 1;
    const Compute& compute;
  };

  void run_stage(int64_t layer, StateStore& store, const How& how) {
    const auto weights = model_.stage(layer);
    const auto count = std::ssize(batches_);
    std::mutex guard;
    int64_t done = 0;
    parallel_for(count, how.threads, [&](int64_t i) {
      stop_if_interrupted();
      const auto index = static_cast<size_t>(i);
      const auto& batch = batches_[index];
      const auto states = layer == 0 ? model_start(model_.spec(), weights, batch.input().read)
                                     : model_step(model_.spec(), weights, layer, stored(store, index, batch));
      if (layer < last_layer()) store.put(index, states.residual);
      const auto taken = result_.needs(layer) ? result_.taken(batch, layer, tapped(states, taps_.units)) : Taken{};
      const std::lock_guard lock(guard);
      result_.keep(batch, layer, taken);
      if (how.compute.progress) how.compute.progress(layer * count + ++done, (last_layer() + 1) * count);
    });
  }

  at::Tensor stored(const StateStore& store, size_t index, const ModelBatch& batch) const {
    return store.get(index, {batch.sequences, batch.length, model_.spec().block.width}, model_.type())
        .to(model_.device());
  }

  const Model& model_;
  std::span<const ModelBatch> batches_;
  int64_t rows_;
  const Taps& taps_;
  TappedRows result_;  // of no rows until the plan is made
};

}  // namespace

BatchStates stream_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                           const Compute& compute) {
  check_layers(taps.layers, model.spec(), taps.units);
  Streamed streamed(model, batches, rows, taps);
  const auto needs = streamed.needs();
  return streamed.run(plan_within(needs, model.memory(), compute.threads), compute);
}

}  // namespace arcuate
