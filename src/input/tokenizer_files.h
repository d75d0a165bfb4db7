// Reads tokenizers from the older layouts of model folders, and what stands beside every tokenizer.
#pragma once
#include "core/files.h"
#include "input/tokenizer_parts.h"

namespace arcuate {

/// Whatever tokenizer the folder has. Errors: input, naming the files that were looked for and those that are there.
TokenizerParts read_tokenizer(const fs::path& folder);

}  // namespace arcuate
