// BERT's files, between lines "---": vocab.txt, tokenizer_config.json, special_tokens_map.json. An Error, or a
// tokenizer whose tokens lie within the text.
#include "input/tokenizer.h"
#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static void check(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<int64_t> ids;
  for (const auto& token : tokenizer.encode_with_ranges(text, Special::template_)) {
    if (token.range.begin > token.range.end || token.range.end > text.size()) std::abort();
    if (token.id < 0 || token.id >= tokenizer.vocabulary_size()) std::abort();
    ids.push_back(token.id);
  }
  tokenizer.decode(ids);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::Folder folder("bert-files");
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 3);
  write_file(folder.path() / "vocab.txt", parts[0]);
  write_file(folder.path() / "tokenizer_config.json", parts[1].empty() ? "{}" : parts[1]);
  write_file(folder.path() / "special_tokens_map.json", parts[2].empty() ? "{}" : parts[2]);
  fuzz::only_errors(
      [&] { check(Tokenizer::load(folder.path()), "the caf\u00e9's [MASK] \u4f60\u597d\n  \U0001F600 abc 12"); });
  return 0;
}
