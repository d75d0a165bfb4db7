// The file of a training under way: everything that going on from here depends on. Version "arcuate training 1".
#pragma once
#include "core/files.h"
#include "io/json.h"
#include "train/trainer.h"

namespace arcuate {

/// `settings`: what the training is made of (options, hashes of model and text), one value a key.
void write_state(const fs::path& file, const TrainingState& state, const Json& settings);

/// `like`: the state that the same training starts with. Errors: input: a foreign file, tensors that are missing or of
/// another shape; usage: settings that differ, all at once.
TrainingState read_state(const fs::path& file, const TrainingState& like, const Json& settings);

}  // namespace arcuate
