// Bytes that begin with '{' as a tokenizer.json, any others as text for the stored tokenizers: an Error, or tokens that
// lie within the text and, for byte-level tokenizers, spell it.
#include <unistd.h>

#include <cstdlib>

#include "core/error.h"
#include "core/text.h"
#include "input/tokenizer.h"

using namespace arcuate;

template <class F>
static void only_errors(F&& body) {
  try {
    body();
  } catch (const Error& error) {
    if (invalid_utf8(error.what())) std::abort();
  }
}

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
  static const fs::path folder = fs::temp_directory_path() / ("tokenizer-fuzz-" + std::to_string(getpid()));
  fs::create_directories(folder);
  write_file(folder / "tokenizer.json", bytes);
  only_errors([&] {
    const Tokenizer tokenizer = Tokenizer::load(folder);
    check_tokens(tokenizer, "a <s> b\n  \u00e9\U0001F600 abc 12", false);
    tokenizer.encode("ab", Special::template_);
  });
}

static void encode(std::string_view text) {
  static const fs::path stored = fs::path(__FILE__).parent_path().parent_path() / "reference" / "tokenizer";
  static const Tokenizer bytes = Tokenizer::load(stored / "like-llama3"),
                         added = Tokenizer::load(stored / "added-tokens"),
                         unknowns = Tokenizer::load(stored / "fused-unknowns");
  only_errors([&] { check_tokens(bytes, text, true); });
  only_errors([&] { check_tokens(added, text, false); });
  only_errors([&] { check_tokens(unknowns, text, false); });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bytes.starts_with('{') ? load(bytes) : encode(bytes);
  return 0;
}
