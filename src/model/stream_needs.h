// What a model takes that goes through its batches layer by layer, and how it keeps within a limit.
#pragma once
#include <cstdint>

#include "model/spec.h"

namespace arcuate {

/// Bytes.
struct StreamNeeds {
  int64_t held = 0;     ///< What is in memory all the time, besides what follows.
  int64_t weights = 0;  ///< The largest layer,
  int64_t reading = 0;  ///< and what is needed beside it while it is read.
  int64_t work = 0;     ///< Of one thread, with a batch.
  int64_t states = 0;   ///< Of all batches, between two layers.

  /// With one thread, and the states in a scratch file.
  int64_t least() const;
};

struct StreamPlan {
  int threads = 1;
  bool states_in_memory = true;  ///< Otherwise they are in a scratch file.
  int64_t memory = 0;            ///< Bytes that it comes to.
};

/// As many threads as a limit leaves room for, `threads` at most and one at least; states in memory where they fit.
StreamPlan stream_plan(const StreamNeeds& needs, int64_t limit, int threads);
/// Errors: usage, for a limit below the least that is needed, saying how much that is.
void check_stream(const StreamNeeds& needs, int64_t limit);

struct BatchShape {
  int64_t tokens = 0;       ///< (Or frames) of all sequences, with padding, …
  int64_t length = 0;       ///< … and of the longest.
  bool one_by_one = false;  ///< Attention takes the sequences one after another, as they differ in length.
  int64_t heard = 0;        ///< Frames that a decoder looks at.
};
/// Bytes that a batch takes while it goes through a block or a stem that hears sound.
int64_t batch_work(const ModelSpec& spec, const BatchShape& batch, int64_t item);

/// Bytes of the largest layer, from the spec alone, and numbers of the largest tensor.
int64_t largest_layer_bytes(const ModelSpec& spec, int64_t item);
int64_t largest_tensor(const ModelSpec& spec);

}  // namespace arcuate
