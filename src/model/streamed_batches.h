// A model whose weights do not stay in memory: each layer is read once, all batches go through it, and it is given back
// before the next. The states between layers are kept in memory, or in a scratch file where they do not fit. The
// arithmetic is that of run_batches, so the bytes are the same.
#pragma once
#include "model/batches.h"

namespace arcuate {

/// As run_batches, for a streamed model. Fewer threads are used where the limit leaves no room for more. Errors: usage,
/// when the model's limit is below the least that this takes, saying how much that is; failed, for the scratch file.
BatchStates stream_batches(const Model& model, std::span<const ModelBatch> batches, int64_t rows, const Taps& taps,
                           const Compute& compute);

/// As run_inputs, all inputs going through a layer before the next is read. Errors: as above.
void stream_inputs(const Model& model, std::span<const BatchedInput> inputs, const Taps& taps, const Compute& compute);

}  // namespace arcuate
