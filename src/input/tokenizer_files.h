// What a tokenizer is made of, and the readers that make it from a model's files. Internal to Tokenizer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/files.h"
#include "input/added_tokens.h"
#include "input/bpe.h"
#include "input/normalizer.h"
#include "input/pretokenizer.h"

namespace arcuate {

struct TokenizerParts {
  Bpe bpe;                                           ///< vocabulary and merges
  Normalizer normalizer{};                           ///< first step, after the raw added tokens are cut out
  PreTokenizer pretokenizer{};                       ///< second step
  Decoder decoder{};                                 ///< last step of decoding
  AddedTokens raw_added{};                           ///< looked for in the raw text
  AddedTokens normalized_added{};                    ///< looked for in the normalised text
  std::unordered_map<int64_t, std::string> added{};  ///< by id, as they are looked for
  std::vector<int64_t> prefix{};                     ///< what the template puts before a text
  std::vector<int64_t> suffix{};                     ///< what the template puts after a text
  std::optional<int64_t> bos{};                      ///< begins a text
  std::optional<int64_t> eos{};                      ///< ends a text
};

/// A Hugging Face tokenizer.json. Errors: input; kinds that are not supported are named.
TokenizerParts read_tokenizer_json(const fs::path& path);

/// GPT-2's pair of files: token to id as JSON, and one merge a line. Special tokens and the leading space come from the
/// tokenizer_config.json in the same folder, if there is one.
TokenizerParts read_gpt2_files(const fs::path& vocabulary, const fs::path& merges);

/// Fills bos and eos from the folder's tokenizer_config.json, else its config.json, else what `parts` already has.
void read_special_names(const fs::path& folder, TokenizerParts& parts);

}  // namespace arcuate
