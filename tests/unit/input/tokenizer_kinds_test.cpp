// Every kind of tokenizer on 500 adversarial strings against Hugging Face (tests/reference/make_tokenizers.py), and
// what each of their options changes.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/text.h"
#include "input/tokenizer.h"
#include "support.h"

namespace arcuate {
namespace {

using nlohmann::json;
using test::contains;
using test::message_of;
using test::TemporaryFolder;
using test::write_text;
using Ids = std::vector<int64_t>;
using Ranges = std::vector<std::pair<size_t, size_t>>;

fs::path kinds() { return test::source_path("reference/tokenizer/kinds"); }

Ids numbers(const std::string& text) {
  Ids ids;
  for (const auto& field : split_fields(text, ' '))
    if (!field.empty()) ids.push_back(*to_integer(field));
  return ids;
}

std::vector<std::string> lines_of(const fs::path& path) {
  auto lines = split_fields(read_file(path), '\n');
  lines.pop_back();
  return lines;
}

// A width, behind "begin:" where a token does not follow the one before.
Ranges ranges_of(const std::string& text) {
  Ranges ranges;
  size_t done = 0;
  for (const auto& field : split_fields(text, ' ')) {
    if (field.empty()) continue;
    const auto parts = split_fields(field, ':');
    const auto begin = parts.size() == 2 ? static_cast<size_t>(*to_integer(parts[0])) : done;
    done = begin + static_cast<size_t>(*to_integer(parts.back()));
    ranges.emplace_back(begin, done);
  }
  return ranges;
}

// The positions that are stored count whole characters.
std::pair<size_t, size_t> whole_characters(ByteRange range, const std::string& text) {
  const auto inside = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  while (inside(range.begin)) --range.begin;
  while (inside(range.end)) ++range.end;
  return {range.begin, range.end};
}

struct Found {
  Ids ids;
  Ranges ranges;
};

Found encode(const Tokenizer& tokenizer, const std::string& text) {
  Found found;
  for (const auto& token : tokenizer.encode_with_ranges(text, Special::none)) {
    found.ids.push_back(token.id);
    found.ranges.push_back(whole_characters(token.range, text));
  }
  return found;
}

Ids ids_of(const Tokenizer& tokenizer, std::string_view text) { return tokenizer.encode(text, Special::none); }

// Where normal forms put marks in another order or an expression replaces several characters by one, the library counts
// positions by number; ours are those of the characters themselves.
bool moves_characters(const std::string& name) { return name == "pythia" || name == "normal-forms"; }

class Kind : public testing::TestWithParam<const char*> {};

TEST_P(Kind, agrees_with_hugging_face_on_ids_and_positions_of_500_adversarial_strings) {
  const std::string name = GetParam();
  const Tokenizer tokenizer = Tokenizer::load(kinds() / name);
  const auto texts = lines_of(kinds() / "strings.txt"), answers = lines_of(kinds() / (name + ".tsv"));
  ASSERT_EQ(texts.size(), 500u);
  ASSERT_EQ(answers.size(), texts.size() + 1);
  const auto around = split_fields(answers[0], '|');
  EXPECT_EQ(tokenizer.template_prefix(), numbers(around[0]));
  EXPECT_EQ(tokenizer.template_suffix(), numbers(around[1]));
  for (size_t i = 0; i < texts.size(); ++i) {
    SCOPED_TRACE(fmt::format("line {}: {}", i + 1, texts[i]));
    const auto text = json::parse(texts[i]).get<std::string>();
    const auto columns = split_fields(answers[i + 1], '\t');
    ASSERT_EQ(columns.size(), 2u);
    const auto found = encode(tokenizer, text);
    EXPECT_EQ(found.ids, numbers(columns[0]));
    if (moves_characters(name)) continue;
    EXPECT_EQ(found.ranges, ranges_of(columns[1]));
  }
}
INSTANTIATE_TEST_SUITE_P(Tokenizer, Kind,
                         testing::Values("opt", "llama3", "whisper", "roberta", "pythia", "falcon", "llama2",
                                         "unknowns", "fused", "normal-forms", "bert-uncased", "bert-cased",
                                         "bert-accents", "bert-stripped", "metaspace-always", "metaspace-first",
                                         "metaspace-never", "split-removed", "split-contiguous",
                                         "split-merged-with-previous", "split-merged-with-next", "split-inverted",
                                         "folder-opt", "folder-gpt2", "folder-bert", "folder-bert-cased"));

// Options, changed one by one in a tokenizer that is stored.

class Changed {
 public:
  explicit Changed(const std::string& name) : json_(json::parse(read_file(kinds() / name / "tokenizer.json"))) {}
  Changed& set(const char* pointer, const json& value) {
    json_[json::json_pointer(pointer)] = value;
    return *this;
  }
  Tokenizer load() const {
    TemporaryFolder folder;
    write_text(folder / "tokenizer.json", json_.dump());
    return Tokenizer::load(folder.path());
  }

 private:
  json json_;
};

// Whether changing `pointer` to `value` gives other tokens for `text`.
bool changes(const char* name, const char* pointer, const json& value, const std::string& text) {
  const auto before = encode(Changed(name).load(), text),
             after = encode(Changed(name).set(pointer, value).load(), text);
  return before.ids != after.ids || before.ranges != after.ranges;
}

TEST(TokenizerOptions, of_bert_each_change_the_tokens) {
  EXPECT_TRUE(changes("bert-uncased", "/normalizer/clean_text", false, "the\u200bking"));
  EXPECT_TRUE(changes("bert-uncased", "/normalizer/lowercase", false, "The KING"));
  EXPECT_TRUE(changes("bert-uncased", "/normalizer/strip_accents", false, "\u00c5ngstr\u00f6m"));
  EXPECT_TRUE(changes("bert-cased", "/normalizer/handle_chinese_chars", true, "a\u4f60\u597d"));
  EXPECT_TRUE(changes("bert-uncased", "/model/max_input_chars_per_word", 5, "stone dog quick river mother"));
  EXPECT_TRUE(changes("bert-uncased", "/model/continuing_subword_prefix", "@@", "stoneking"));
  EXPECT_TRUE(changes("bert-uncased", "/model/unk_token", "[MASK]", "\u0e2a\U0001F600"));
  EXPECT_TRUE(changes("bert-uncased", "/pre_tokenizer", {{"type", "WhitespaceSplit"}}, "the.king"));
}

TEST(TokenizerOptions, of_byte_level_bpe_each_change_the_tokens) {
  EXPECT_TRUE(changes("opt", "/pre_tokenizer/add_prefix_space", true, "the king"));
  EXPECT_TRUE(changes("llama3", "/post_processor/processors/0/trim_offsets", false, "the king"));
  EXPECT_TRUE(changes("roberta", "/post_processor/trim_offsets", false, "the king"));
  EXPECT_TRUE(changes("roberta", "/post_processor/add_prefix_space", false, " king"));
  EXPECT_TRUE(changes("falcon", "/pre_tokenizer/pretokenizers/2/individual_digits", true, "2024 42"));
}

TEST(TokenizerOptions, use_regex_keeps_merges_from_crossing_words) {
  Changed crossing("opt");
  json model = json::parse(read_file(kinds() / "opt" / "tokenizer.json"))["model"];
  const int64_t id = std::ssize(model["vocab"]);
  model["vocab"]["e."] = id;
  model["merges"].push_back({"e", "."});
  crossing.set("/model", model);
  EXPECT_EQ(ids_of(crossing.load(), "e.").size(), 2u);
  EXPECT_EQ(ids_of(crossing.set("/pre_tokenizer/use_regex", false).load(), "e."), Ids{id});
}

TEST(TokenizerOptions, of_sentencepiece_bpe_each_change_the_tokens) {
  EXPECT_TRUE(changes("fused", "/model/fuse_unk", false, "\U0001F600\U0001F601"));
  EXPECT_TRUE(changes("llama2", "/model/byte_fallback", false, "\U0001F600"));
  EXPECT_TRUE(changes("metaspace-always", "/pre_tokenizer/prepend_scheme", "never", "the king"));
  EXPECT_TRUE(changes("metaspace-always", "/pre_tokenizer/prepend_scheme", "first", "a<s>king"));
  EXPECT_TRUE(changes("metaspace-always", "/pre_tokenizer/replacement", "_", "the king"));
  EXPECT_TRUE(changes("llama2", "/normalizer/normalizers/0/prepend", "x", "the king"));
}

TEST(TokenizerOptions, of_added_tokens_each_change_the_tokens) {
  const auto with = [](const char* flag) {
    json token = {{"id", 3},         {"content", "foo"},    {"single_word", false}, {"lstrip", false},
                  {"rstrip", false}, {"normalized", false}, {"special", false}};
    if (*flag) token[flag] = true;
    json model = json::parse(read_file(kinds() / "bert-uncased" / "tokenizer.json"));
    token["id"] = static_cast<int64_t>(model["model"]["vocab"].size()) + 7;
    Changed changed("bert-uncased");
    return encode(changed.set("/added_tokens", json::array({token})).load(), "xfoo FOO  foo  x");
  };
  const auto plain = with("");
  EXPECT_NE(with("single_word").ids, plain.ids);
  EXPECT_NE(with("normalized").ids, plain.ids);
  EXPECT_NE(with("lstrip").ranges, plain.ranges);
  EXPECT_NE(with("rstrip").ranges, plain.ranges);
}

TEST(TokenizerOptions, metaspace_of_old_files_says_only_whether_to_prepend) {
  const auto with = [](const json& pretokenizer) {
    return ids_of(Changed("metaspace-always").set("/pre_tokenizer", pretokenizer).load(), "the king");
  };
  const json old = {{"type", "Metaspace"}, {"replacement", "\u2581"}};
  json never = old, contradiction = old;
  never["add_prefix_space"] = contradiction["add_prefix_space"] = false;
  contradiction["prepend_scheme"] = "first";
  EXPECT_EQ(with(old), ids_of(Tokenizer::load(kinds() / "metaspace-always"), "the king"));
  EXPECT_EQ(with(never), ids_of(Tokenizer::load(kinds() / "metaspace-never"), "the king"));
  EXPECT_TRUE(contains(message_of([&] { with(contradiction); }), {"add_prefix_space = false contradicts", "'first'"}));
}

TEST(TokenizerDecoding, joins_words_and_pieces) {
  const Tokenizer bert = Tokenizer::load(kinds() / "bert-uncased"),
                  spaces = Tokenizer::load(kinds() / "metaspace-first");
  EXPECT_EQ(bert.decode(bert.encode("The king's dog, well-known!", Special::template_)),
            "[CLS] the king ' s dog, well - known! [SEP]");
  EXPECT_EQ(spaces.decode(ids_of(spaces, "the lazy dog")), "the lazy dog");
  EXPECT_EQ(bert.kind(), "WordPiece");
  EXPECT_FALSE(bert.marks_space());
}

// Words and their tokens.

const std::vector<std::string> running{"Don't",           "stop",         "",    "mother-in-law", "'s", "caf\u00e9",
                                       "\u201cno!\u201d", "\u4f60\u597d", "...", "rock'n'roll",   "42"};

class Words : public testing::TestWithParam<const char*> {};

TEST_P(Words, know_their_tokens_in_running_text_and_by_themselves) {
  const Tokenizer tokenizer = Tokenizer::load(kinds() / GetParam());
  const auto words = tokenizer.encode_words(running);
  ASSERT_EQ(words.ends.size(), running.size());
  EXPECT_EQ(words.ends.back(), words.ids.size());
  for (size_t i = 1; i < running.size(); ++i) {
    if (running[i - 1].empty()) continue;  // its second blank belongs to the next word
    const Ids own(words.ids.begin() + static_cast<ptrdiff_t>(words.ends[i - 1]),
                  words.ids.begin() + static_cast<ptrdiff_t>(words.ends[i]));
    EXPECT_EQ(own, tokenizer.encode_word(running[i], true)) << running[i];
  }
}
INSTANTIATE_TEST_SUITE_P(Tokenizer, Words,
                         testing::Values("opt", "llama3", "whisper", "pythia", "roberta", "llama2", "metaspace-always",
                                         "metaspace-first", "metaspace-never", "bert-uncased", "bert-cased"));

TEST(Words, that_are_empty_or_normalised_away_have_no_token) {
  const Tokenizer bert = Tokenizer::load(kinds() / "bert-uncased");
  const std::vector<std::string> words{"", "\u200b", "the", "\u0301", ""};
  const auto tokens = bert.encode_words(words);
  EXPECT_EQ(tokens.ends, (std::vector<size_t>{0, 0, 1, 1, 1}));
  EXPECT_TRUE(bert.encode_words({}).ids.empty());
  EXPECT_TRUE(bert.encode_words(std::vector<std::string>{""}).ids.empty());
}

// Folders of BERT and OPT without a tokenizer.json.

void copy(const char* from, const TemporaryFolder& to) {
  for (const auto& file : fs::directory_iterator(kinds() / from))
    fs::copy_file(file.path(), to / file.path().filename());
}

void configure(const TemporaryFolder& folder, const json& config) {
  write_text(folder / "tokenizer_config.json", config.dump());
}

TEST(BertFolder, follows_its_configuration) {
  TemporaryFolder folder;
  copy("folder-bert", folder);
  const auto ids = [&](const json& config, std::string_view text) {
    configure(folder, config);
    return ids_of(Tokenizer::load(folder.path()), text);
  };
  EXPECT_EQ(ids(json::object(), "The K\u00cdNG"), ids({{"do_lower_case", false}}, "the king"));
  EXPECT_NE(ids({{"do_lower_case", false}}, "The"), ids(json::object(), "The"));
  EXPECT_NE(ids({{"strip_accents", false}}, "caf\u00e9"), ids(json::object(), "caf\u00e9"));
  EXPECT_NE(ids({{"tokenize_chinese_chars", false}}, "a\u4f60"), ids(json::object(), "a\u4f60"));
  EXPECT_NE(ids({{"unk_token", "[PAD]"}}, "\U0001F600"), ids(json::object(), "\U0001F600"));
  configure(folder, {{"cls_token", "[MASK]"}, {"sep_token", {{"content", "[PAD]"}}}});
  EXPECT_EQ(Tokenizer::load(folder.path()).template_prefix(), Ids{4});
  EXPECT_EQ(Tokenizer::load(folder.path()).template_suffix(), Ids{0});
}

TEST(BertFolder, names_what_is_wrong) {
  TemporaryFolder folder;
  copy("folder-bert", folder);
  const auto message = [&] { return message_of([&] { Tokenizer::load(folder.path()); }); };
  configure(folder, {{"tokenizer_class", "CanineTokenizer"}});
  EXPECT_TRUE(contains(message(), {"'CanineTokenizer' is not supported", "known: BertTokenizer"}));
  configure(folder, {{"cls_token", "<none>"}});
  EXPECT_TRUE(contains(message(), {"vocab.txt", "'<none>' is not in the vocabulary"}));
  configure(folder, {{"unk_token", "<none>"}});
  EXPECT_TRUE(contains(message(), {"vocab.txt", "unknown token '<none>'"}));
  configure(folder, {{"added_tokens_decoder", {{"x", {{"content", "y"}}}}}});
  EXPECT_TRUE(contains(message(), {"added_tokens_decoder", "expected an id, found 'x'"}));
  configure(folder, json::object());
  write_text(folder / "vocab.txt", "[UNK]\nok\n\xff\n");
  EXPECT_TRUE(contains(message(), {"vocab.txt', line 3", "not valid UTF-8 at byte 0"}));
}

TEST(OptFolder, takes_its_start_token_from_the_configuration_or_the_map) {
  TemporaryFolder folder;
  copy("folder-opt", folder);
  EXPECT_EQ(Tokenizer::load(folder.path()).template_prefix(), Ids{1});
  configure(folder, {{"add_bos_token", true}});
  write_text(folder / "special_tokens_map.json", R"({"bos_token": {"content": "<s>"}, "eos_token": "</s>"})");
  const Tokenizer tokenizer = Tokenizer::load(folder.path());
  EXPECT_EQ(tokenizer.template_prefix(), Ids{0});
  EXPECT_EQ(tokenizer.eos(), 1);
  EXPECT_TRUE(tokenizer.template_suffix().empty());
  configure(folder, {{"add_bos_token", false}, {"add_eos_token", true}});
  EXPECT_TRUE(Tokenizer::load(folder.path()).template_prefix().empty());
  EXPECT_EQ(Tokenizer::load(folder.path()).template_suffix(), Ids{1});
}

TEST(OptFolder, knows_added_tokens_beyond_its_vocabulary) {
  TemporaryFolder folder;
  copy("folder-opt", folder);
  const auto size = Tokenizer::load(folder.path()).vocabulary_size();
  write_text(folder / "added_tokens.json", json{{"<new>", size}}.dump());
  EXPECT_EQ(ids_of(Tokenizer::load(folder.path()), "<new>"), Ids{size});
  write_text(folder / "added_tokens.json", json{{"<unk>", size}}.dump());
  EXPECT_TRUE(contains(message_of([&] { Tokenizer::load(folder.path()); }), {"'<unk>' has id", "but 2"}));
}

TEST(TokenizerFolder, of_sentencepiece_alone_is_told_what_to_do) {
  TemporaryFolder folder;
  write_text(folder / "tokenizer.model", "\n\x0e");
  EXPECT_TRUE(contains(message_of([&] { Tokenizer::load(folder.path()); }),
                       {"tokenizer.model only", "SentencePiece", "save_pretrained"}));
}

TEST(TokenizerJson, names_all_components_that_are_not_known_at_once) {
  Changed changed("bert-uncased");
  changed.set("/normalizer", {{"type", "Precompiled"}})
      .set("/pre_tokenizer", {{"type", "UnicodeScripts"}})
      .set("/post_processor", {{"type", "Strange"}})
      .set("/decoder", {{"type", "CTC"}})
      .set("/model/type", "Unigram");
  EXPECT_TRUE(contains(
      message_of([&] { changed.load(); }),
      {"5 problems", "normalizer 'Precompiled'", "BertNormalizer", "pre-tokenizer 'UnicodeScripts'", "Metaspace",
       "post-processor 'Strange'", "decoder 'CTC'", "tokenizer kind 'Unigram'", "known: BPE, WordPiece"}));
}

}  // namespace
}  // namespace arcuate
