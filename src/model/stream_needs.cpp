#include "model/stream_needs.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "core/error.h"
#include "model/sound_stem.h"
#include "model/weights.h"

namespace arcuate {
namespace {

constexpr int64_t megabyte = 1'000'000;
constexpr int64_t slack = 40 * megabyte;  // what allocators and libraries keep between their uses (measured)

int64_t numbers_of(const std::vector<int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

// The shapes of a model's weights, all layers being alike: those of one, and of what is outside of them.
std::map<std::string, std::vector<int64_t>> shapes_of_one_layer(ModelSpec spec) {
  spec.layers = 1;
  auto shapes = weight_shapes(spec);
  shapes.erase("head");  // no state needs it
  return shapes;
}

}  // namespace

int64_t StreamNeeds::least() const { return held + weights + std::max(reading, work) + slack; }

StreamPlan stream_plan(const StreamNeeds& needs, int64_t limit, int threads) {
  const int64_t room = limit - needs.held - needs.weights - slack;
  StreamPlan plan{.states_in_memory = needs.states <= room - std::max(needs.reading, needs.work)};
  const int64_t states = plan.states_in_memory ? needs.states : 0, each = std::max<int64_t>(needs.work, 1);
  plan.threads = static_cast<int>(std::clamp<int64_t>((room - states) / each, 1, threads));
  plan.memory = needs.held + needs.weights + slack + states + std::max(needs.reading, plan.threads * needs.work);
  return plan;
}

void check_stream(const StreamNeeds& needs, int64_t limit) {
  if (limit >= needs.least()) return;
  const auto rounded_up = [](int64_t bytes) { return (bytes + megabyte - 1) / megabyte; };
  bad_usage(
      "the model, layer by layer, needs at least {} MB of memory: {} MB that are taken and for the result, {} MB for "
      "its largest layer, {} MB to read it or compute with it; the limit is {} MB. Raise --memory-limit, or keep "
      "fewer --layers",
      rounded_up(needs.least()), rounded_up(needs.held + slack), rounded_up(needs.weights),
      rounded_up(std::max(needs.reading, needs.work)), limit / megabyte);
}

// The stream and its copies, and the larger of attention, which is queries to values and scores, and the wide layer.
int64_t batch_work(const ModelSpec& spec, const BatchShape& batch, int64_t item) {
  const BlockSpec& b = spec.block;
  const int64_t streams = 6 * b.width, heads = 3 * (b.heads + 2 * b.kv_heads) * b.head_size;
  const int64_t scores = 3 * b.heads * batch.length * (batch.one_by_one ? batch.length : batch.tokens);
  const int64_t wide = (b.gated ? 4 : 3) * b.ffn_width;
  // What was heard, its keys and its values, with a copy of each while they are made, and their scores.
  const int64_t cross = batch.heard * (6 * b.width + 3 * b.heads * batch.tokens);
  const int64_t block = batch.tokens * streams + std::max({batch.tokens * heads + scores, batch.tokens * wide, cross});
  if (!spec.sound) return block * item;
  const int64_t inputs = 2 * spec.sound->inputs * stem_inputs(*spec.sound, batch.tokens);
  const int64_t stem = inputs + 4 * b.width * batch.tokens + stem_work(*spec.sound, batch.length);
  return std::max(block, stem) * item;
}

int64_t largest_layer_bytes(const ModelSpec& spec, int64_t item) {
  int64_t stem = 0, block = 0;
  for (const auto& [name, shape] : shapes_of_one_layer(spec)) {
    if (is_stem_weight(name)) stem += numbers_of(shape);
    if (name.starts_with("block.") || name == "position_bias") block += numbers_of(shape);
  }
  return std::max(stem, block) * item;
}

int64_t largest_tensor(const ModelSpec& spec) {
  int64_t largest = 0;
  for (const auto& [name, shape] : shapes_of_one_layer(spec)) largest = std::max(largest, numbers_of(shape));
  return largest;
}

}  // namespace arcuate
