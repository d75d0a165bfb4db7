// Readers of tokenizers: what they accept, and what they say about files that are broken or of another kind.
#include <nlohmann/json.hpp>

#include "input/pretokenizer.h"
#include "input/tokenizer.h"
#include "malformed.h"
#include "support.h"

namespace arcuate {
namespace {

using nlohmann::json;
using test::contains;
using test::message_of;
using test::TemporaryFolder;
using test::write_text;
using Ids = std::vector<int64_t>;

Ids ids_of(const Tokenizer& tokenizer, std::string_view text) { return tokenizer.encode(text, Special::none); }

// Small tokenizers written here, to be broken in one place each.

json byte_vocabulary() {
  json vocabulary;
  int64_t id = 0;
  for (int byte = 0; byte < 256; ++byte) vocabulary[std::string(byte_letter(static_cast<unsigned char>(byte)))] = id++;
  vocabulary["ab"] = id++;
  vocabulary["abc"] = id++;
  return vocabulary;
}

json small_tokenizer() {
  return {{"model", {{"type", "BPE"}, {"vocab", byte_vocabulary()}, {"merges", {"a b", json::array({"ab", "c"})}}}},
          {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}}};
}

Tokenizer load(const json& tokenizer) {
  TemporaryFolder folder;
  write_text(folder / "tokenizer.json", tokenizer.dump());
  return Tokenizer::load(folder.path());
}

// The message of loading the small tokenizer with one place changed.
std::string message_with(const char* pointer, const json& value) {
  json changed = small_tokenizer();
  changed[json::json_pointer(pointer)] = value;
  return message_of([&] { load(changed); });
}

TEST(TokenizerJson, small_one_merges_both_spellings_of_merges) {
  const Tokenizer tokenizer = load(small_tokenizer());
  EXPECT_EQ(ids_of(tokenizer, "abcab"), (Ids{257, 256}));
}

TEST(TokenizerJson, without_a_type_is_bpe) {
  json old = small_tokenizer();
  old["model"].erase("type");
  EXPECT_EQ(ids_of(load(old), "abc"), Ids{257});
}

// The small tokenizer with one place changed, as text.
std::string with(const char* pointer, const json& value) {
  json changed = small_tokenizer();
  changed[json::json_pointer(pointer)] = value;
  return changed.dump();
}

json deep_normalizer() {
  json deep = {{"type", "Prepend"}, {"prepend", "_"}};
  for (int i = 0; i < 100; ++i) deep = {{"type", "Sequence"}, {"normalizers", {deep}}};
  return deep;
}

TEST(TokenizerJsonMalformed, files_are_refused) {
  const auto kind = [](const char* name) { return json{{"type", name}}; };
  const json split = {{"type", "Split"}, {"pattern", {{"Regex", "a"}}}, {"behavior", "Kept"}, {"invert", false}};
  const json broken = {{"type", "Split"}, {"pattern", {{"Regex", "a(b"}}}, {"behavior", "Isolated"}};
  test::expect_files_refused(
      "tokenizer.json",
      {{"empty", "", "tokenizer.json' is not valid JSON"},
       {"cut", small_tokenizer().dump().substr(0, 1000), "tokenizer.json", "not valid JSON", "byte 1001 of 1000"},
       {"UTF-16", std::string("\xFF\xFE{\0", 4), "tokenizer.json' is UTF-16 text"},
       {"a number beyond float64", R"({"model": 1e999})", "tokenizer.json", "too large"},
       {"a list", "[]", "tokenizer.json"},
       {"no model", R"({"added_tokens": []})", "tokenizer.json", "model"},
       {"another model", with("/model/type", "Unigram"), "tokenizer kind 'Unigram' is not supported", "known: BPE"},
       {"another normalizer", with("/normalizer", kind("Nmt")), "normalizer 'Nmt' is not supported", "Prepend"},
       {"another pre-tokenizer", with("/pre_tokenizer", kind("CharDelimiterSplit")),
        "pre-tokenizer 'CharDelimiterSplit'", "ByteLevel"},
       {"another post-processor", with("/post_processor", kind("Other")), "post-processor 'Other'"},
       {"another decoder", with("/decoder", kind("BPEDecoder")), "decoder 'BPEDecoder'"},
       {"ends of words", with("/model/end_of_word_suffix", "</w>"), "end_of_word_suffix '</w>' is not supported"},
       {"dropout", with("/model/dropout", 0.1), "dropout is not supported"},
       {"another behaviour", with("/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", {split}}}),
        "pre_tokenizer.pretokenizers[0]", "split behavior 'Kept'", "Isolated"},
       {"nested too deep", with("/normalizer", deep_normalizer()), "nested more than 8 deep"},
       {"a broken regular expression", with("/pre_tokenizer", broken), "pre_tokenizer", "'a(b' fails at byte 3",
        "parenthesis"},
       {"merges of unknown tokens", with("/model/merges", {"a b", "zz a", "a yy", "b c"}), "3 problems",
        "number 1 ('zz' + 'a'): no token 'zz'", "number 2", "no token 'yy'", "number 3", "no token 'bc'"},
       {"a merge of three words", with("/model/merges", {"a b c"}), "model.merges, number 0", "found 'a b c'"},
       {"a merge of three texts", with("/model/merges", {{"a", "b", "c"}}), "model.merges[0]", "found 3"},
       {"an id twice", with("/model/vocab/abc", 256), "both have id 256", "'ab'", "'abc'"},
       {"a negative id", with("/model/vocab/abc", -1), "'abc' has id -1"},
       {"an absurd id", with("/model/vocab/abc", 4000000000), "'abc' has id 4000000000"},
       {"a text as id", with("/model/vocab/abc", "7"), "model.vocab, token 'abc'", "a whole number", "string"},
       {"an added token of another id", with("/added_tokens", {{{"id", 3}, {"content", "ab"}}}),
        "'ab' has id 3, but 256"},
       {"an added token of a known id", with("/added_tokens", {{{"id", 3}, {"content", "<s>"}}}), "both have id 3"},
       {"an unknown token without id", with("/model/unk_token", "<unk>"), "unk_token '<unk>' has no id"}},
      [](const fs::path& path) { Tokenizer::load(path.parent_path()); });
}

TEST(TokenizerJson, checks_the_template) {
  const auto with_single = [](const json& single, const json& ids) {
    return message_with("/post_processor", {{"type", "TemplateProcessing"},
                                            {"single", single},
                                            {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", ids}}}}}});
  };
  const json text = {{"Sequence", {{"id", "A"}}}}, known = {{"SpecialToken", {{"id", "<s>"}}}};
  EXPECT_EQ(with_single({known, text}, {1}), "");
  EXPECT_TRUE(contains(with_single({known, text}, {258}), {"id 258 is outside of the vocabulary (0 to 257)"}));
  EXPECT_TRUE(contains(with_single({known, text, text}, {1}), {"the text once", "2 times"}));
  EXPECT_TRUE(
      contains(with_single({{{"SpecialToken", {{"id", "<x>"}}}}, text}, {1}), {"special_tokens", "'<x>' is missing"}));
}

TEST(TokenizerJson, reads_special_names_from_its_neighbours) {
  TemporaryFolder folder;
  write_text(folder / "tokenizer.json", small_tokenizer().dump());
  write_text(folder / "config.json", R"({"bos_token_id": 5, "eos_token_id": [6, 7]})");
  EXPECT_EQ(Tokenizer::load(folder.path()).bos(), 5);
  EXPECT_EQ(Tokenizer::load(folder.path()).eos(), 6);
  write_text(folder / "tokenizer_config.json", R"({"bos_token": {"content": "ab"}, "eos_token": null})");
  EXPECT_EQ(Tokenizer::load(folder.path()).bos(), 256);
  EXPECT_EQ(Tokenizer::load(folder.path()).eos(), 6);
  write_text(folder / "tokenizer_config.json", R"({"bos_token": "<s>"})");
  EXPECT_TRUE(
      contains(message_of([&] { Tokenizer::load(folder.path()); }), {"tokenizer_config.json", "bos_token '<s>'"}));
  write_text(folder / "tokenizer_config.json", "{}");
  write_text(folder / "config.json", R"({"bos_token_id": 50256})");
  EXPECT_EQ(Tokenizer::load(folder.path()).bos(), std::nullopt);
}

// GPT-2's pair of files.

void write_pair(const TemporaryFolder& folder, const json& vocabulary, const std::string& merges) {
  write_text(folder / "vocab.json", vocabulary.dump());
  write_text(folder / "merges.txt", merges);
}

TEST(Gpt2Files, version_line_and_carriage_returns_are_skipped) {
  TemporaryFolder folder;
  write_pair(folder, byte_vocabulary(), "#version: 0.2\r\na b\r\nab c\r\n\r\n");
  EXPECT_EQ(ids_of(Tokenizer::load(folder.path()), "abc"), Ids{257});
}

TEST(Gpt2Files, honour_the_tokenizer_config) {
  TemporaryFolder folder;
  write_pair(folder, byte_vocabulary(), "a b\nab c\n");
  write_text(folder / "tokenizer_config.json",
             R"({"add_prefix_space": true, "add_bos_token": true, "bos_token": "abc"})");
  const Tokenizer tokenizer = Tokenizer::load(folder.path());
  EXPECT_EQ(tokenizer.template_prefix(), Ids{257});
  const int64_t space = byte_vocabulary()[std::string(byte_letter(' '))];
  EXPECT_EQ(tokenizer.encode("ab", Special::template_), (Ids{257, space, 256}));
  EXPECT_EQ(tokenizer.encode_word("ab", true), ids_of(tokenizer, "ab"));
  write_text(folder / "tokenizer_config.json", R"({"tokenizer_class": "CLIPTokenizer"})");
  EXPECT_TRUE(contains(message_of([&] { Tokenizer::load(folder.path()); }),
                       {"'CLIPTokenizer' is not supported", "GPT2Tokenizer"}));
}

TEST(Gpt2Files, tell_broken_merges_by_line) {
  TemporaryFolder folder;
  write_pair(folder, byte_vocabulary(), "#version: 0.2\na b\na zz\nyy b\n");
  EXPECT_TRUE(
      contains(message_of([&] { Tokenizer::load(folder.path()); }), {"merges.txt', line 3", "'zz'", "line 4", "'yy'"}));
  write_pair(folder, byte_vocabulary(), "a b\nabc\n");
  EXPECT_TRUE(contains(message_of([&] { Tokenizer::load(folder.path()); }), {"merges.txt', line 2", "found 'abc'"}));
  write_pair(folder, byte_vocabulary(), "a b\n\xff b\n");
  EXPECT_TRUE(contains(message_of([&] { Tokenizer::load(folder.path()); }), {"line 2: not valid UTF-8 at byte 0"}));
}

TEST(Gpt2Files, of_another_kind_are_refused) {
  TemporaryFolder folder;
  json vocabulary = byte_vocabulary();
  vocabulary.erase("!");
  write_pair(folder, vocabulary, "a b\n");
  EXPECT_TRUE(
      contains(message_of([&] { Tokenizer::load(folder.path()); }), {"no byte-level vocabulary", "0x21", "'!'"}));
}

TEST(TokenizerFolder, says_what_was_looked_for_and_what_was_there) {
  TemporaryFolder folder;
  const auto message = [&] { return message_of([&] { Tokenizer::load(folder.path()); }); };
  EXPECT_TRUE(contains(
      message(), {"has no tokenizer", "tokenizer.json", "vocab.json and merges.txt", "encoder.json and vocab.bpe"}));
  write_text(folder / "vocab.json", "{}");
  write_text(folder / "vocab.bpe", "");
  EXPECT_TRUE(contains(message(), {"or vocab.txt; it has only vocab.json, vocab.bpe"}));
  EXPECT_TRUE(contains(message_of([&] { Tokenizer::load(folder / "nowhere"); }), {"nowhere", "is not a folder"}));
}

TEST(TokenizerJson, names_the_character_that_no_token_covers) {
  json poor = small_tokenizer();
  poor["pre_tokenizer"] = nullptr;
  EXPECT_TRUE(contains(message_of([&] { ids_of(load(poor), "ab\u4f60"); }), {"no token covers '\u4f60'", "byte 2"}));
}

TEST(TokenizerJson, a_replacement_stands_for_all_that_it_replaced) {
  json replacing = small_tokenizer();
  replacing["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", "..."}}}, {"content", "a"}};
  const auto tokens = load(replacing).encode_with_ranges("x...b", Special::none);
  ASSERT_EQ(tokens.size(), 2u);  // x, ab
  EXPECT_EQ(tokens[1].range.begin, 1u);
  EXPECT_EQ(tokens[1].range.end, 5u);
}

}  // namespace
}  // namespace arcuate
