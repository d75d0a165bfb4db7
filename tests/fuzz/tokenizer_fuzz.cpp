// Bytes that begin with '{' as a tokenizer.json, any others as text for the stored tokenizers: an Error, or tokens that
// lie within the text and, for byte-level tokenizers, spell it.
#include "input/tokenizer.h"

#include <algorithm>

#include "core/text.h"
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

// Lines as words: each word's tokens follow those of the one before, and none is lost.
static void check_words(const Tokenizer& tokenizer, std::string_view text) {
  const auto words = split_fields(text, '\n');
  const auto tokens = tokenizer.encode_words(words);
  if (tokens.ends.size() != words.size() || !std::is_sorted(tokens.ends.begin(), tokens.ends.end())) std::abort();
  if (!words.empty() && tokens.ends.back() != tokens.ids.size()) std::abort();
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

static Tokenizer stored(const char* name) {
  return Tokenizer::load(fs::path(__FILE__).parent_path().parent_path() / "reference" / "tokenizer" / name);
}

static void encode(std::string_view text) {
  static const Tokenizer spelling[] = {stored("like-llama3"), stored("kinds/falcon"), stored("kinds/opt")};
  static const Tokenizer others[] = {stored("added-tokens"),       stored("fused-unknowns"),
                                     stored("kinds/llama2"),       stored("kinds/metaspace-first"),
                                     stored("kinds/normal-forms"), stored("kinds/pythia"),
                                     stored("kinds/roberta"),      stored("kinds/bert-uncased"),
                                     stored("kinds/bert-cased"),   stored("kinds/split-merged-with-next")};
  for (const auto& tokenizer : spelling) fuzz::only_errors([&] { check_tokens(tokenizer, text, true); });
  for (const auto& tokenizer : others) fuzz::only_errors([&] { check_tokens(tokenizer, text, false); });
  for (const auto& tokenizer : others) fuzz::only_errors([&] { check_words(tokenizer, text); });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  bytes.starts_with('{') ? load(bytes) : encode(bytes);
  return 0;
}
