// Passes through a model whose weights do not stay in memory: each layer is read once, all passes go through it, and it
// is given back before the next. The states between layers are kept in memory, or in a scratch file where they do not
// fit. The arithmetic is that of run_passes, so the bytes are the same.
#pragma once
#include "model/passes.h"

namespace arcuate {

/// As run_passes, for a streamed model. Fewer threads are used where the limit leaves no room for more. Errors: usage,
/// when the model's limit is below the least that this takes, saying how much that is; failed, for the scratch file.
at::Tensor stream_passes(const Model& model, std::span<const Pass> passes, int64_t rows, const PassOptions& options,
                         const Compute& compute);

}  // namespace arcuate
