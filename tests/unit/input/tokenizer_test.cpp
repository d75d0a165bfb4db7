// Tokenizers against Hugging Face's ids (tests/reference/tokenizer), llama.cpp's GPT-2 cases and the models' own texts.
#include "input/tokenizer.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "core/text.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::TemporaryFolder;
using Ids = std::vector<int64_t>;
using nlohmann::json;

json read(const fs::path& path) { return json::parse(read_file(path)); }

Ids encode(const Tokenizer& tokenizer, std::string_view text) { return tokenizer.encode(text, Special::none); }

// The positions that are stored count whole characters.
ByteRange whole_characters(ByteRange range, const std::string& text) {
  const auto inside = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  while (inside(range.begin)) --range.begin;
  while (inside(range.end)) ++range.end;
  return range;
}

void expect_case(const Tokenizer& tokenizer, const json& expected) {
  const auto text = expected["text"].get<std::string>();
  SCOPED_TRACE(expected["text"].dump().substr(0, 200));
  const auto ids = expected["ids"].get<Ids>();
  EXPECT_EQ(encode(tokenizer, text), ids);
  EXPECT_EQ(tokenizer.encode(text, Special::template_), expected.value("ids_with_template", ids));
  EXPECT_EQ(tokenizer.decode(ids), expected.value("decoded", text));
  std::vector<std::pair<size_t, size_t>> positions;
  for (const auto& token : tokenizer.encode_with_ranges(text, Special::none)) {
    const auto range = whole_characters(token.range, text);
    positions.emplace_back(range.begin, range.end);
  }
  EXPECT_EQ(positions, expected["positions"].get<decltype(positions)>());
}

void expect_all_cases(const Tokenizer& tokenizer, const std::string& name) {
  const json cases = read(test::source_path("reference/tokenizer/" + name + ".json"))["cases"];
  ASSERT_GT(cases.size(), 80u);
  for (const auto& expected : cases) expect_case(tokenizer, expected);
}

class StoredTokenizer : public testing::TestWithParam<const char*> {};

TEST_P(StoredTokenizer, agrees_with_hugging_face_on_ids_positions_template_and_decoding) {
  const std::string name = GetParam();
  expect_all_cases(Tokenizer::load(test::source_path("reference/tokenizer/" + name)), name);
}
INSTANTIATE_TEST_SUITE_P(Tokenizer, StoredTokenizer,
                         testing::Values("like-llama3", "added-tokens", "unknowns", "fused-unknowns"));

class ModelTokenizer : public testing::TestWithParam<const char*> {};

TEST_P(ModelTokenizer, agrees_with_hugging_face_on_ids_positions_template_and_decoding) {
  const std::string name = GetParam();
  ARCUATE_DATA_OR_SKIP(folder, "models/" + name);
  expect_all_cases(Tokenizer::load(folder), name);
}
INSTANTIATE_TEST_SUITE_P(Tokenizer, ModelTokenizer, testing::Values("stories260K", "tales-1m"));

std::vector<std::string> split_by(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  for (size_t start = 0;;) {
    const size_t end = text.find(separator, start);
    parts.push_back(text.substr(start, end - start));
    if (end == std::string::npos) return parts;
    start = end + separator.size();
  }
}

std::string line_of_ids(const Ids& ids) {
  std::string line;
  for (const int64_t id : ids) line += fmt::format(" {}", id);
  return line;
}

TEST(Gpt2Tokenizer, passes_all_cases_of_llama_cpp) {
  ARCUATE_DATA_OR_SKIP(folder, "tokenizers");
  const Tokenizer tokenizer = Tokenizer::load(folder);
  // The newline before a separator is the separator's, and the one after it too.
  const auto texts = split_by(read_file(folder / "ggml-vocab-gpt-2.gguf.inp"), "\n__ggml_vocab_test__\n");
  const auto lines = split_by(read_file(folder / "ggml-vocab-gpt-2.gguf.out"), "\n");
  ASSERT_GE(texts.size(), 40u);
  ASSERT_EQ(lines.size(), texts.size());  // both end in an empty part after the last separator
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(line_of_ids(encode(tokenizer, texts[i])), lines[i]) << "case " << i << ": '" << texts[i] << "'";
    EXPECT_EQ(tokenizer.decode(encode(tokenizer, texts[i])), texts[i]);
  }
}

TEST(Gpt2Tokenizer, knows_its_only_special_token) {
  ARCUATE_DATA_OR_SKIP(folder, "tokenizers");
  const Tokenizer tokenizer = Tokenizer::load(folder);
  EXPECT_EQ(tokenizer.vocabulary_size(), 50257);
  EXPECT_EQ(tokenizer.bos(), 50256);
  EXPECT_EQ(tokenizer.eos(), 50256);
  EXPECT_TRUE(tokenizer.template_prefix().empty());
  EXPECT_EQ(encode(tokenizer, "a<|endoftext|>b"), (Ids{64, 50256, 65}));
  EXPECT_EQ(tokenizer.token(262), "\u0120the");
  EXPECT_EQ(tokenizer.kind(), "byte-level BPE");
  EXPECT_FALSE(tokenizer.marks_space());
}

TEST(Gpt2Tokenizer, reports_the_bytes_that_parts_of_a_character_cover) {
  ARCUATE_DATA_OR_SKIP(folder, "tokenizers");
  const auto tokens = Tokenizer::load(folder).encode_with_ranges("a \U0001F999.", Special::none);
  std::vector<std::pair<size_t, size_t>> ranges;
  for (const auto& token : tokens) ranges.emplace_back(token.range.begin, token.range.end);
  EXPECT_EQ(ranges, (decltype(ranges){{0, 1}, {1, 4}, {4, 5}, {5, 6}, {6, 7}}));
}

TEST(LlamaTokenizer, reproduces_the_ids_of_the_expected_hidden_states) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const std::string file = read_file(folder / "expected.safetensors");
  uint64_t header_size = 0;
  std::memcpy(&header_size, file.data(), sizeof header_size);
  const json header = json::parse(file.substr(8, header_size));
  const size_t begin = header["input_ids"]["data_offsets"][0], end = header["input_ids"]["data_offsets"][1];
  Ids expected((end - begin) / sizeof(int64_t));
  std::memcpy(expected.data(), file.data() + 8 + header_size + begin, end - begin);
  ASSERT_EQ(expected.size(), 64u);
  const auto text = header["__metadata__"]["text"].get<std::string>();
  Ids ids = Tokenizer::load(folder).encode(text, Special::template_);
  ids.resize(64);  // the stored text goes on
  EXPECT_EQ(ids, expected);
}

TEST(LlamaTokenizer, describes_itself) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const Tokenizer tokenizer = Tokenizer::load(folder);
  EXPECT_EQ(tokenizer.vocabulary_size(), 512);
  EXPECT_EQ(tokenizer.bos(), 1);
  EXPECT_EQ(tokenizer.eos(), 2);  // from config.json
  EXPECT_EQ(tokenizer.template_prefix(), Ids{1});
  EXPECT_EQ(tokenizer.kind(), "BPE with byte fallback");
  EXPECT_TRUE(tokenizer.marks_space());
}

TEST(TalesTokenizer, reproduces_the_prompt_of_every_model) {
  ARCUATE_DATA_OR_SKIP(models, "models");
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(models)) {
    if (entry.path().filename() != "reference.json") continue;
    SCOPED_TRACE(entry.path());
    const json reference = read(entry.path());
    const Tokenizer tokenizer = Tokenizer::load(entry.path().parent_path());
    const auto ids = reference["token_ids"].get<Ids>();
    EXPECT_EQ(encode(tokenizer, reference["prompt"].get<std::string>()), ids);
    EXPECT_EQ(tokenizer.decode(ids), reference["prompt"].get<std::string>());
    EXPECT_EQ(tokenizer.bos(), 2047);
    ++seen;
  }
  EXPECT_GE(seen, 12);
}

TEST(TalesTokenizer, reads_the_same_from_tokenizer_json_and_from_vocab_and_merges) {
  ARCUATE_DATA_OR_SKIP(folder, "models/tales-1m");
  TemporaryFolder pair;
  for (const char* name : {"vocab.json", "merges.txt", "tokenizer_config.json"})
    fs::copy_file(folder / name, pair / name);
  expect_all_cases(Tokenizer::load(pair.path()), "tales-1m");
  EXPECT_EQ(Tokenizer::load(pair.path()).eos(), 2047);
}

// Words one by one, each after its space, are the tokens of the whole text.
void expect_words_make_the_text(const fs::path& folder) {
  const Tokenizer tokenizer = Tokenizer::load(folder);
  const std::string text =
      "Alice was beginning to get very tired of sitting by her sister, on the bank - \u201cwhat's a caf\u00e9?\u201d";
  Ids joined;
  for (const auto& word : split_fields(text, ' ')) {
    const auto ids = tokenizer.encode_word(word, !joined.empty());
    joined.insert(joined.end(), ids.begin(), ids.end());
  }
  EXPECT_EQ(joined, encode(tokenizer, text));
}

TEST(EncodeWord, joins_to_the_text_for_a_byte_level_tokenizer) {
  ARCUATE_DATA_OR_SKIP(folder, "models/tales-1m");
  expect_words_make_the_text(folder);
}

TEST(EncodeWord, joins_to_the_text_for_a_tokenizer_that_marks_spaces_itself) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  expect_words_make_the_text(folder);
}

TEST(EncodeWord, of_nothing_is_nothing) {
  const Tokenizer tokenizer = Tokenizer::load(test::source_path("reference/tokenizer/like-llama3"));
  EXPECT_TRUE(tokenizer.encode_word("", true).empty());
  EXPECT_EQ(tokenizer.encode_word("a", false).size(), 1u);
  EXPECT_NE(tokenizer.encode_word("the", true), tokenizer.encode_word("the", false));
}

// Any valid UTF-8: letters, spaces of all kinds, the whole of Unicode.
std::string random_text(Random& random, size_t characters) {
  const std::vector<char32_t> often =
      code_points("  aebt\t\n\r'.,0\u00a0\u0085\u180e\u3000\u0301\u200d\u4e16\U0001F600<s>");
  std::string text;
  for (size_t i = 0; i < characters; ++i) {
    const bool any = random.below(4) == 0;
    char32_t point = any ? static_cast<char32_t>(random.below(0x110000)) : often[random.below(often.size())];
    if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
    text += to_utf8(point);
  }
  return text;
}

TEST(Tokenizer, byte_level_round_trips_any_text_and_covers_each_byte_once) {
  const Tokenizer tokenizer = Tokenizer::load(test::source_path("reference/tokenizer/like-llama3"));
  Random random(7);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random, random.below(60));
    const auto tokens = tokenizer.encode_with_ranges(text, Special::none);
    Ids ids;
    size_t covered = 0;
    for (const auto& token : tokens) {
      ids.push_back(token.id);
      EXPECT_EQ(token.range.begin, covered);
      covered = token.range.end;
    }
    EXPECT_EQ(covered, text.size());
    EXPECT_EQ(tokenizer.decode(ids), text);
  }
}

TEST(Tokenizer, byte_fallback_round_trips_any_text_without_its_own_space_mark) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const Tokenizer tokenizer = Tokenizer::load(folder);
  Random random(8);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random, random.below(60));
    if (text.find("<s>") != text.npos || text.find("\u2581") != text.npos) continue;
    EXPECT_EQ(tokenizer.decode(encode(tokenizer, text)), text);
  }
}

TEST(Tokenizer, names_the_byte_that_is_not_utf8) {
  const Tokenizer tokenizer = Tokenizer::load(test::source_path("reference/tokenizer/like-llama3"));
  EXPECT_TRUE(contains(message_of([&] { encode(tokenizer, "abc\xC3("); }), {"not valid UTF-8 at byte 3", "0xC3"}));
  EXPECT_TRUE(contains(message_of([&] { encode(tokenizer, "\xED\xA0\x80"); }), {"byte 0"}));  // a surrogate
}

TEST(Tokenizer, refuses_ids_outside_of_the_vocabulary) {
  const Tokenizer tokenizer = Tokenizer::load(test::source_path("reference/tokenizer/like-llama3"));
  EXPECT_TRUE(contains(message_of([&] { tokenizer.decode(Ids{1, 403}); }), {"id 403", "0 to 402"}));
  EXPECT_TRUE(contains(message_of([&] { tokenizer.token(-1); }), {"id -1"}));
}

// Merging pair by pair from the start each time would take minutes.
TEST(Tokenizer, words_of_100_kilobytes_take_seconds_at_most) {
  std::string text, spaces(100'000, ' ');
  while (text.size() < 100'000) text += "thequickbrownfoxjumpsoverthelazydog";
  const auto start = std::chrono::steady_clock::now();
  for (const char* name : {"unknowns", "like-llama3", "added-tokens"}) {
    const Tokenizer tokenizer = Tokenizer::load(test::source_path(std::string("reference/tokenizer/") + name));
    EXPECT_EQ(trim(tokenizer.decode(encode(tokenizer, text))), text);
    EXPECT_GT(encode(tokenizer, spaces).size(), 100u);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace arcuate
