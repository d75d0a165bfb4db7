// The layouts of GPT-2, OPT, RoBERTa and BERT without a tokenizer.json, and the special tokens of all.
#include "input/tokenizer_files.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/error.h"
#include "core/text.h"
#include "input/json_node.h"
#include "input/tokenizer_json.h"
#include "input/tokenizer_pieces.h"

namespace arcuate {
namespace {

std::string quoted(const fs::path& path) { return fmt::format("'{}'", path.string()); }

struct SpecialToken {
  AddedToken token;
  std::string where;
};

/// tokenizer_config.json, and special_tokens_map.json for the names that it lacks.
class Settings {
 public:
  explicit Settings(const fs::path& folder)
      : config_json_(optional_file(folder / "tokenizer_config.json")),
        map_json_(optional_file(folder / "special_tokens_map.json")),
        config_(config_json_, quoted(folder / "tokenizer_config.json")),
        map_(map_json_, quoted(folder / "special_tokens_map.json")) {}
  Settings(const Settings&) = delete;  // the nodes point into this
  Settings& operator=(const Settings&) = delete;

  const Node& config() const { return config_; }

  /// `name` is "bos_token" or its like. A token is written as its text or as an object with its text and flags.
  std::optional<SpecialToken> special(const std::string& name) const {
    for (const Node* file : {&config_, &map_}) {
      if (!file->has(name)) continue;
      const Node node = file->at(name);
      AddedToken token{.content = node.value().is_object() ? "" : node.text()};
      if (node.value().is_object()) token = read_added_token(node, 0);
      token.normalized = node.value().is_object() && node.flag("normalized", false);
      if (!token.content.empty()) return SpecialToken{std::move(token), file->where()};
    }
    return std::nullopt;
  }
  std::string name_of(const std::string& name, const std::string& otherwise) const {
    const auto token = special(name);
    return token ? token->token.content : otherwise;
  }

 private:
  static SortedJson optional_file(const fs::path& path) {
    return fs::exists(path) ? read_sorted_json(path) : SortedJson::object();
  }
  SortedJson config_json_, map_json_;
  Node config_, map_;
};

// One merge a line after a first line "#version: …".
std::vector<MergeRule> read_merge_lines(const fs::path& path) {
  const std::string place = quoted(path) + ", line";
  std::vector<MergeRule> merges;
  size_t number = 0;
  for (const auto& line : split_fields(read_file(path), '\n')) {
    ++number;
    const std::string text = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    if (text.empty() || (number == 1 && text.starts_with("#version"))) continue;
    if (const auto at = invalid_utf8(text)) bad_input("{} {}: not valid UTF-8 at byte {}", place, number, *at);
    merges.push_back(split_merge(text, number, place));
  }
  return merges;
}

// One token a line; its place is its id.
std::vector<Vocabulary::Entry> read_vocabulary_lines(const fs::path& path) {
  const std::string text = read_file(path);
  auto lines = split_fields(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::vector<Vocabulary::Entry> entries;
  for (auto& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
    const auto id = std::ssize(entries);
    if (const auto at = invalid_utf8(line))
      bad_input("{}, line {}: not valid UTF-8 at byte {}", quoted(path), id + 1, *at);
    entries.emplace_back(std::move(line), id);
  }
  return entries;
}

void require_byte_letters(const std::vector<Vocabulary::Entry>& pieces, const fs::path& path) {
  const Vocabulary vocabulary(pieces, path.string());
  Problems problems(quoted(path) + " is no byte-level vocabulary");
  for (int byte = 0; byte < 256; ++byte)
    if (const auto letter = byte_letter(static_cast<unsigned char>(byte)); !vocabulary.find(letter))
      problems.add("byte 0x{:02X} has no token '{}'", byte, letter);
  problems.raise();
}

// The class without the endings that tell implementations apart; "" if none is named.
std::string tokenizer_class(const Settings& settings, std::initializer_list<const char*> known) {
  const std::string name = settings.config().text_or_nothing("tokenizer_class");
  std::string plain = name.ends_with("Fast") ? name.substr(0, name.size() - 4) : name;
  if (name.empty() || std::find(known.begin(), known.end(), plain) != known.end()) return plain;
  bad_input("{}: tokenizer kind '{}' is not supported without a tokenizer.json; known: {}", settings.config().where(),
            name, join(std::vector<std::string>(known.begin(), known.end()), ", "));
}

// added_tokens.json: tokens and ids; added_tokens_decoder in tokenizer_config.json: ids and tokens with their flags.
std::vector<AddedToken> read_added(const fs::path& folder, const Settings& settings) {
  std::vector<AddedToken> added;
  if (settings.config().has("added_tokens_decoder")) {
    const Node list = settings.config().at("added_tokens_decoder");
    for (const auto& [key, value] : list.object().items()) {
      const auto id = to_integer(key);
      if (!id) bad_input("{}: expected an id, found '{}'", list.where(), key);
      added.push_back(read_added_token({value, list.where() + "." + key}, *id));
      if (added.back().content.empty()) bad_input("{}.{}: the token has no content", list.where(), key);
    }
  } else if (const fs::path path = folder / "added_tokens.json"; fs::exists(path)) {
    const SortedJson json = read_sorted_json(path);
    for (auto& [token, id] : read_vocabulary({json, quoted(path)}))
      if (!token.empty()) added.push_back({.id = id, .content = token, .normalized = true});
  }
  return added;
}

std::vector<Vocabulary::Entry> entries_beside(const std::vector<Vocabulary::Entry>& pieces,
                                              const std::vector<AddedToken>& added) {
  const std::map<std::string, int64_t> known(pieces.begin(), pieces.end());
  std::vector<Vocabulary::Entry> more;
  for (const auto& token : added) {
    const auto place = known.find(token.content);
    if (place == known.end()) more.emplace_back(token.content, token.id);
    if (place != known.end() && place->second != token.id)
      bad_input("added token '{}' has id {}, but {} in the vocabulary", token.content, token.id, place->second);
  }
  return more;
}

// Added tokens, then those special ones that are not among them but in the vocabulary.
void add_tokens(const Settings& settings, std::vector<AddedToken> added, std::initializer_list<const char*> defaults,
                TokenizerParts& parts) {
  const auto take = [&](AddedToken token) {
    const auto id = parts.vocabulary().find(token.content);
    if (!id || parts.added.contains(*id)) return;
    token.id = *id;
    parts.add(std::move(token));
  };
  for (auto& token : added) take(std::move(token));
  for (const char* key : {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"})
    if (auto token = settings.special(key)) take(std::move(token->token));
  for (const char* name : defaults) take({.content = name});
}

int64_t required_id(const TokenizerParts& parts, const std::string& token, const fs::path& vocabulary) {
  if (const auto id = parts.vocabulary().find(token)) return *id;
  bad_input("{}: the special token '{}' is not in the vocabulary", quoted(vocabulary), token);
}

TokenizerParts read_byte_pairs(const fs::path& folder, const fs::path& vocabulary, const fs::path& merges,
                               const Settings& settings) {
  const std::string kind = tokenizer_class(settings, {"GPT2Tokenizer", "RobertaTokenizer"});
  const SortedJson json = read_sorted_json(vocabulary);
  auto pieces = read_vocabulary({json, quoted(vocabulary)});
  require_byte_letters(pieces, vocabulary);
  auto added = read_added(folder, settings);
  auto more = entries_beside(pieces, added);
  Vocabulary all(std::move(pieces), std::move(more), vocabulary.string());
  TokenizerParts parts{.model = Bpe(std::move(all), read_merge_lines(merges), {}, quoted(merges) + ", line")};
  const bool prefix_space = settings.config().flag("add_prefix_space", false);
  parts.pretokenizer.steps.push_back(ByteLetters{prefix_space, gpt2_pattern()});
  parts.decoder.byte_letters = true;
  if (kind == "RobertaTokenizer") {
    add_tokens(settings, std::move(added), {"<s>", "</s>", "<unk>", "<pad>", "<mask>"}, parts);
    parts.bos = required_id(parts, settings.name_of("cls_token", "<s>"), vocabulary);
    parts.eos = required_id(parts, settings.name_of("sep_token", "</s>"), vocabulary);
    parts.prefix = {*parts.bos};
    parts.suffix = {*parts.eos};
    parts.trim = TrimRanges{prefix_space};
  } else {
    add_tokens(settings, std::move(added), {"<|endoftext|>"}, parts);
    parts.bos = parts.eos = parts.vocabulary().find("<|endoftext|>");
  }
  return parts;
}

TokenizerParts read_bert(const fs::path& folder, const fs::path& vocabulary, const Settings& settings) {
  tokenizer_class(settings, {"BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer"});
  const Node& config = settings.config();
  auto pieces = read_vocabulary_lines(vocabulary);
  auto added = read_added(folder, settings);
  auto more = entries_beside(pieces, added);
  Vocabulary all(std::move(pieces), std::move(more), vocabulary.string());
  TokenizerParts parts{
      .model = WordPiece(std::move(all), {.unknown = settings.name_of("unk_token", "[UNK]")}, quoted(vocabulary))};
  const bool lower_case = config.flag("do_lower_case", true);
  parts.normalizer.steps.push_back(BertText{.clean = true,
                                            .space_chinese = config.flag("tokenize_chinese_chars", true),
                                            .strip_accents = config.flag("strip_accents", lower_case),
                                            .lower_case = lower_case});
  parts.pretokenizer = bert_pretokenizer();
  parts.decoder.steps.push_back(JoinWordPieces{});
  add_tokens(settings, std::move(added), {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}, parts);
  parts.prefix = {required_id(parts, settings.name_of("cls_token", "[CLS]"), vocabulary)};
  parts.suffix = {required_id(parts, settings.name_of("sep_token", "[SEP]"), vocabulary)};
  parts.bos = parts.prefix.front();
  parts.eos = parts.suffix.front();
  return parts;
}

std::optional<int64_t> special_id(const Settings& settings, const Node& model, const std::string& name,
                                  const Vocabulary& vocabulary) {
  if (const auto special = settings.special(name + "_token")) {
    if (const auto id = vocabulary.find(special->token.content)) return id;
    bad_input("{}: {}_token '{}' is not in the vocabulary", special->where, name, special->token.content);
  }
  if (!model.has(name + "_token_id")) return std::nullopt;
  Node node = model.at(name + "_token_id");
  if (node.value().is_array() && !node.value().empty()) node = node.items().front();
  const int64_t id = node.integer();
  // Small models often keep the id of the large one whose configuration they copied.
  return id >= 0 && id < vocabulary.size() ? std::optional(id) : std::nullopt;
}

// From tokenizer_config.json, else special_tokens_map.json, else config.json, else what `parts` already has.
void read_special_ids(const fs::path& folder, const Settings& settings, TokenizerParts& parts) {
  const fs::path path = folder / "config.json";
  const SortedJson json = fs::exists(path) ? read_sorted_json(path) : SortedJson::object();
  const Node model(json, quoted(path));
  if (const auto id = special_id(settings, model, "bos", parts.vocabulary())) parts.bos = id;
  if (const auto id = special_id(settings, model, "eos", parts.vocabulary())) parts.eos = id;
}

// add_bos_token and add_eos_token, where they are given, win over the template; a template of other tokens stays.
void follow_flags(const Node& config, TokenizerParts& parts) {
  const auto follow = [&](const char* flag, std::optional<int64_t> id, std::vector<int64_t>& side) {
    if (!config.has(flag) || !id) return;
    if (config.flag(flag, false) && side.empty()) side = {*id};
    if (!config.flag(flag, false) && side == std::vector{*id}) side.clear();
  };
  follow("add_bos_token", parts.bos, parts.prefix);
  follow("add_eos_token", parts.eos, parts.suffix);
}

TokenizerParts read_layout(const fs::path& folder, const Settings& settings) {
  const auto has = [&](const char* name) { return fs::exists(folder / name); };
  const auto pair = [&](const char* vocabulary, const char* merges) {
    return read_byte_pairs(folder, folder / vocabulary, folder / merges, settings);
  };
  if (has("tokenizer.json")) return read_tokenizer_json(folder / "tokenizer.json");
  if (has("vocab.json") && has("merges.txt")) return pair("vocab.json", "merges.txt");
  if (has("encoder.json") && has("vocab.bpe")) return pair("encoder.json", "vocab.bpe");
  if (has("vocab.txt")) return read_bert(folder, folder / "vocab.txt", settings);
  for (const char* name : {"tokenizer.model", "spiece.model", "sentencepiece.bpe.model"})
    if (has(name))
      bad_input(
          "'{}' has its tokenizer in {} only, a SentencePiece file, which is not read; make a tokenizer.json of it: "
          "AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) of Python's transformers writes one",
          folder.string(), name);
  std::string others;
  for (const char* name : {"vocab.json", "merges.txt", "encoder.json", "vocab.bpe"})
    if (has(name)) others += (others.empty() ? "; it has only " : ", ") + std::string(name);
  bad_input(
      "'{}' has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt, or encoder.json and vocab.bpe, "
      "or vocab.txt{}",
      folder.string(), others);
}

}  // namespace

TokenizerParts read_tokenizer(const fs::path& folder) {
  if (!fs::is_directory(folder)) bad_input("'{}' is not a folder; a model folder is expected", folder.string());
  const Settings settings(folder);
  TokenizerParts parts = read_layout(folder, settings);
  read_special_ids(folder, settings, parts);
  follow_flags(settings.config(), parts);
  return parts;
}

}  // namespace arcuate
