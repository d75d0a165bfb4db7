// GPT-2's files, between lines "---": vocab.json, merges.txt, tokenizer_config.json. A vocabulary that does not begin
// with '{' is put after the 256 letters of bytes. An Error, or a tokenizer whose tokens spell the text.
#include "input/pretokenizer.h"
#include "input/tokenizer.h"
#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static std::string with_letters(std::string_view entries) {
  std::string vocabulary = "{";
  for (int byte = 0; byte < 256; ++byte) {
    const auto letter = byte_letter(static_cast<unsigned char>(byte));
    const bool escaped = letter == "\"" || letter == "\\";
    vocabulary += fmt::format("\"{}{}\":{},", escaped ? "\\" : "", letter, byte);
  }
  return vocabulary.append(entries.empty() ? "\"Ġthe\":256" : entries) + "}";
}

static void check(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<int64_t> ids;
  for (const auto& token : tokenizer.encode_with_ranges(text, Special::none)) {
    if (token.range.begin > token.range.end || token.range.end > text.size()) std::abort();
    if (token.id < 0 || token.id >= tokenizer.vocabulary_size()) std::abort();
    ids.push_back(token.id);
  }
  if (tokenizer.decode(ids) != text && !tokenizer.marks_space()) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::Folder folder("gpt2-files");
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 3);
  const bool whole = parts[0].starts_with('{');
  write_file(folder.path() / "vocab.json", whole ? std::string(parts[0]) : with_letters(parts[0]));
  write_file(folder.path() / "merges.txt", parts[1]);
  write_file(folder.path() / "tokenizer_config.json", parts[2].empty() ? "{}" : parts[2]);
  fuzz::only_errors([&] {
    const Tokenizer tokenizer = Tokenizer::load(folder.path());
    check(tokenizer, "the cat's <|endoftext|> s\n  \u00e9\U0001F600 abc 12");
    tokenizer.encode("the the", Special::template_);
  });
  return 0;
}
