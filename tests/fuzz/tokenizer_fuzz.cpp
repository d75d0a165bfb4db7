// Bytes that begin with '{' as a tokenizer.json, any others as text for the stored tokenizers: an Error, or tokens that
// lie within the text and, for byte-level tokenizers, spell it.
#include "input/tokenizer.h"

#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static void check_tokens(const Tokenizer& tokenizer, std::string_view text, bool spells) {
  std::vector<int64_t> ids;
  for (const auto& token : tokenizer.encode_with_ranges(text, Special::none)) {
    if (token.range.begin > token.range.end || token.range.end > text.size()) std::abort();
    if (token.id < 0 || token.id >= tokenizer.vocabulary_size()) std::abort();
    ids.push_back(token.id);
  }
  if (tokenizer.decode(ids) != text && spells) std::abort();
}

static void load(std::string_view bytes) {
  static const fuzz::Folder folder("tokenizer");
  write_file(folder.path() / "tokenizer.json", bytes);
  fuzz::only_errors([&] {
    const Tokenizer tokenizer = Tokenizer::load(folder.path());
    check_tokens(tokenizer, "a <s> b\n  \u00e9\U0001F600 abc 12", false);
    tokenizer.encode("ab", Special::template_);
  });
}

static void encode(std::string_view text) {
  static const fs::path stored = fs::path(__FILE__).parent_path().parent_path() / "reference" / "tokenizer";
  static const Tokenizer bytes = Tokenizer::load(stored / "like-llama3"),
                         added = Tokenizer::load(stored / "added-tokens"),
                         unknowns = Tokenizer::load(stored / "fused-unknowns");
  fuzz::only_errors([&] { check_tokens(bytes, text, true); });
  fuzz::only_errors([&] { check_tokens(added, text, false); });
  fuzz::only_errors([&] { check_tokens(unknowns, text, false); });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  bytes.starts_with('{') ? load(bytes) : encode(bytes);
  return 0;
}
