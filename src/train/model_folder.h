// A trained model as a folder in the layout of Hugging Face, for `extract` and for the original library alike.
#pragma once
#include "core/files.h"
#include "model/weights.h"

namespace arcuate {

/// Writes `target` whole or not at all, replacing a folder of that name: the weights under the family's names, the
/// tokenizer's files and config.json of `source`. Where config.json names the type of its weights it is set to that of
/// `weights`; all else stays.
void write_model_folder(const fs::path& target, const fs::path& source, const ModelSpec& spec,
                        const ModelWeights& weights);

}  // namespace arcuate
