// Reads a Hugging Face tokenizer.json.
#pragma once
#include "core/files.h"
#include "input/tokenizer_parts.h"

namespace arcuate {

/// Errors: input; all components that are not supported are named at once.
TokenizerParts read_tokenizer_json(const fs::path& path);

}  // namespace arcuate
