// Readers of tokenizer.json and of GPT-2's files.
#include "input/tokenizer_files.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/error.h"
#include "core/text.h"
#include "io/json.h"

namespace arcuate {
namespace {

std::string quoted(const fs::path& path) { return fmt::format("'{}'", path.string()); }

/// A JSON value that knows where it stands, for messages.
class Node {
 public:
  Node(const SortedJson& value, std::string where) : value_(&value), where_(std::move(where)) {}

  const SortedJson& value() const { return *value_; }
  const std::string& where() const { return where_; }
  bool is_null() const { return value_->is_null(); }
  bool has(const std::string& key) const { return object().contains(key) && !object().at(key).is_null(); }

  Node at(const std::string& key) const {
    if (!object().contains(key)) bad_input("{}: '{}' is missing", where_, key);
    return {object().at(key), where_ + "." + key};
  }
  std::vector<Node> items() const {
    expect(value_->is_array(), "a list");
    std::vector<Node> nodes;
    nodes.reserve(value_->size());
    for (size_t i = 0; i < value_->size(); ++i) nodes.emplace_back((*value_)[i], fmt::format("{}[{}]", where_, i));
    return nodes;
  }
  const SortedJson& object() const { return expect(value_->is_object(), "an object"); }
  std::string text() const { return expect(value_->is_string(), "a text").get<std::string>(); }
  int64_t integer() const { return expect(value_->is_number_integer(), "a whole number").get<int64_t>(); }
  bool flag(const std::string& key, bool otherwise) const {
    if (!has(key)) return otherwise;
    const Node node = at(key);
    return node.expect(node.value_->is_boolean(), "true or false").get<bool>();
  }
  std::string text_or_nothing(const std::string& key) const { return has(key) ? at(key).text() : ""; }

 private:
  const SortedJson& expect(bool kind_fits, const char* kind) const {
    if (!kind_fits) bad_input("{}: expected {}, found {}", where_, kind, value_->type_name());
    return *value_;
  }
  const SortedJson* value_;
  std::string where_;
};

[[noreturn]] void not_supported(const Node& node, const std::string& what, const std::string& kind, const char* known) {
  bad_input("{}: {} '{}' is not supported; known: {}", node.where(), what, kind, known);
}

// The steps of a null, a single step or a Sequence, which may hold further ones.
void flatten(const Node& node, const char* list, std::vector<Node>& steps, int depth = 0) {
  constexpr int deepest = 8;
  if (node.is_null()) return;
  if (node.at("type").text() != "Sequence") return steps.push_back(node);
  if (depth == deepest) bad_input("{}: sequences nested more than {} deep", node.where(), deepest);
  for (const Node& step : node.at(list).items()) flatten(step, list, steps, depth + 1);
}

std::vector<Node> steps_of(const Node& root, const std::string& key, const char* list) {
  std::vector<Node> steps;
  if (root.has(key)) flatten(root.at(key), list, steps);
  return steps;
}

std::vector<Vocabulary::Entry> read_vocabulary(const Node& node) {
  std::vector<Vocabulary::Entry> entries;
  for (const auto& [token, id] : node.object().items())
    entries.emplace_back(token, Node(id, node.where() + ", token '" + token + "'").integer());
  return entries;
}

// `place` is what messages put before the merge's number.
MergeRule split_merge(const std::string& text, size_t number, const std::string& place) {
  const size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos)
    bad_input("{} {}: expected two tokens and a space between them, found '{}'", place, number, text);
  return {text.substr(0, space), text.substr(space + 1), number};
}

std::vector<MergeRule> read_merges(const Node& node) {
  std::vector<MergeRule> merges;
  for (const Node& merge : node.items()) {
    const size_t number = merges.size();
    if (merge.value().is_string()) {
      merges.push_back(split_merge(merge.text(), number, node.where() + ", number"));
      continue;
    }
    const auto pair = merge.items();
    if (pair.size() != 2) bad_input("{}: expected two tokens, found {}", merge.where(), pair.size());
    merges.push_back({pair[0].text(), pair[1].text(), number});
  }
  return merges;
}

struct AddedEntry {
  AddedToken token;
  Node node;
};

std::vector<AddedEntry> read_added_tokens(const Node& root) {
  std::vector<AddedEntry> added;
  if (!root.has("added_tokens")) return added;
  for (const Node& node : root.at("added_tokens").items()) {
    AddedToken token{node.at("id").integer(), node.at("content").text(), node.flag("lstrip", false),
                     node.flag("rstrip", false), node.flag("normalized", !node.flag("special", false))};
    if (token.content.empty()) bad_input("{}: the token has no content", node.where());
    if (node.flag("single_word", false)) bad_input("{}: single_word = true is not supported", node.where());
    added.push_back({std::move(token), node});
  }
  return added;
}

// Added tokens may stand in the model's vocabulary or extend it.
void add_to_vocabulary(const std::vector<AddedEntry>& added, std::vector<Vocabulary::Entry>& entries) {
  std::unordered_map<std::string, int64_t> known(entries.begin(), entries.end());
  for (const auto& [token, node] : added) {
    const auto [place, fresh] = known.emplace(token.content, token.id);
    if (fresh) entries.emplace_back(token.content, token.id);
    if (place->second != token.id)
      bad_input("{}: '{}' has id {}, but {} in the vocabulary", node.where(), token.content, token.id, place->second);
  }
}

Bpe read_model(const Node& model, const std::vector<AddedEntry>& added) {
  // Files from before 2020 have no type.
  const std::string type = model.has("type") || !model.has("merges") ? model.at("type").text() : "BPE";
  if (type != "BPE") bad_input("{}: tokenizer kind '{}' is not supported; known: BPE", model.where(), type);
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!model.text_or_nothing(key).empty()) not_supported(model, key, model.at(key).text(), "empty");
  if (model.has("dropout") && model.at("dropout").value() != 0)
    bad_input("{}: dropout is not supported", model.where());
  auto entries = read_vocabulary(model.at("vocab"));
  add_to_vocabulary(added, entries);
  Vocabulary vocabulary(std::move(entries), model.where() + ".vocab");
  const std::string unknown = model.text_or_nothing("unk_token");
  BpeOptions options{vocabulary.find(unknown), model.flag("fuse_unk", false), model.flag("byte_fallback", false),
                     model.flag("ignore_merges", false)};
  if (!unknown.empty() && !options.unknown) bad_input("{}: unk_token '{}' has no id", model.where(), unknown);
  if (unknown.empty()) options.unknown.reset();
  return Bpe(std::move(vocabulary), read_merges(model.at("merges")), options, model.where() + ".merges, number");
}

Replace read_replace(const Node& step) {
  const Node pattern = step.at("pattern");
  if (pattern.has("Regex")) not_supported(step, "pattern", "Regex", "String");
  Replace replace{pattern.at("String").text(), step.at("content").text()};
  if (replace.pattern.empty()) bad_input("{}: the text to replace is empty", pattern.where());
  return replace;
}

Normalizer read_normalizer(const Node& root) {
  Normalizer normalizer;
  for (const Node& step : steps_of(root, "normalizer", "normalizers")) {
    const std::string type = step.at("type").text();
    if (type == "Prepend") {
      normalizer.steps.push_back(Prepend{step.at("prepend").text()});
    } else if (type == "Replace") {
      normalizer.steps.push_back(read_replace(step));
    } else {
      not_supported(step, "normalizer", type, "Prepend, Replace, Sequence");
    }
  }
  return normalizer;
}

// What bytes and letters mean follows from the model and the pre-tokenizer; here only what is done to the joined text.
Decoder read_decoder(const Node& root) {
  Decoder decoder;
  for (const Node& step : steps_of(root, "decoder", "decoders")) {
    const std::string type = step.at("type").text();
    if (type == "Replace") {
      decoder.steps.push_back(read_replace(step));
    } else if (type == "Strip") {
      decoder.steps.push_back(Strip{step.at("content").text(), step.at("start").integer(), step.at("stop").integer()});
      if (step.at("content").text().empty()) bad_input("{}: the content to strip is empty", step.where());
    } else if (type != "ByteLevel" && type != "ByteFallback" && type != "Fuse") {
      not_supported(step, "decoder", type, "ByteLevel, ByteFallback, Fuse, Replace, Strip, Sequence");
    }
  }
  return decoder;
}

Pattern read_split(const Node& step) {
  const std::string behavior = step.at("behavior").text();
  if (behavior != "Isolated") not_supported(step, "split behavior", behavior, "Isolated");
  if (step.flag("invert", false)) bad_input("{}: invert = true is not supported", step.where());
  if (step.at("pattern").has("String")) not_supported(step, "pattern", "String", "Regex");
  return within(step.where(), [&] { return Pattern(step.at("pattern").at("Regex").text()); });
}

PreTokenizer read_pretokenizer(const Node& root) {
  PreTokenizer result;
  for (const Node& step : steps_of(root, "pre_tokenizer", "pretokenizers")) {
    const std::string type = step.at("type").text();
    if (result.byte_letters) bad_input("{}: nothing may follow ByteLevel, found '{}'", step.where(), type);
    if (type == "Split") {
      result.splits.push_back(read_split(step));
    } else if (type == "ByteLevel") {
      result.byte_letters = true;
      result.prefix_space = step.flag("add_prefix_space", true);
      if (step.flag("use_regex", true)) result.last_split = gpt2_pattern();
    } else {
      not_supported(step, "pre-tokenizer", type, "ByteLevel, Split, Sequence");
    }
  }
  return result;
}

std::vector<int64_t> template_ids(const Node& post_processor, const Node& piece, int64_t vocabulary_size) {
  const std::string name = piece.at("id").text();
  std::vector<int64_t> ids;
  for (const Node& id : post_processor.at("special_tokens").at(name).at("ids").items()) {
    ids.push_back(id.integer());
    if (ids.back() < 0 || ids.back() >= vocabulary_size)
      bad_input("{}: id {} is outside of the vocabulary (0 to {})", id.where(), ids.back(), vocabulary_size - 1);
  }
  return ids;
}

// A later template goes around what an earlier one made.
void read_template(const Node& post_processor, TokenizerParts& parts) {
  std::vector<int64_t> before, after;
  int texts = 0;
  for (const Node& piece : post_processor.at("single").items()) {
    if (piece.has("Sequence")) {
      ++texts;
      continue;
    }
    const auto ids = template_ids(post_processor, piece.at("SpecialToken"), parts.bpe.vocabulary().size());
    auto& side = texts == 0 ? before : after;
    side.insert(side.end(), ids.begin(), ids.end());
  }
  if (texts != 1) bad_input("{}.single: expected the text once, found it {} times", post_processor.where(), texts);
  parts.prefix.insert(parts.prefix.begin(), before.begin(), before.end());
  parts.suffix.insert(parts.suffix.end(), after.begin(), after.end());
}

void read_post_processor(const Node& root, TokenizerParts& parts) {
  for (const Node& step : steps_of(root, "post_processor", "processors")) {
    const std::string type = step.at("type").text();
    if (type == "TemplateProcessing") {
      read_template(step, parts);
    } else if (type != "ByteLevel") {  // ByteLevel only trims reported positions
      not_supported(step, "post-processor", type, "TemplateProcessing, ByteLevel, Sequence");
    }
  }
}

void add(AddedToken token, TokenizerParts& parts) {
  if (token.normalized) token.content = parts.normalizer.apply(token.content);
  parts.added[token.id] = token.content;
  if (token.content.empty()) return;  // normalised away: never found
  (token.normalized ? parts.normalized_added : parts.raw_added).add(std::move(token));
}

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

// tokenizer_config.json and its like write a token as its text or as an object with its text.
std::string special_name(const Node& config, const std::string& key) {
  if (!config.has(key)) return "";
  const Node node = config.at(key);
  return node.value().is_object() ? node.at("content").text() : node.text();
}

void require_byte_letters(const Vocabulary& vocabulary, const fs::path& path) {
  Problems problems(quoted(path) + " is no byte-level vocabulary");
  for (int byte = 0; byte < 256; ++byte)
    if (const auto letter = byte_letter(static_cast<unsigned char>(byte)); !vocabulary.find(letter))
      problems.add("byte 0x{:02X} has no token '{}'", byte, letter);
  problems.raise();
}

void require_gpt2_class(const Node& config) {
  const std::string name = config.text_or_nothing("tokenizer_class");
  if (name.empty() || name == "GPT2Tokenizer" || name == "GPT2TokenizerFast") return;
  bad_input(
      "{}: tokenizer kind '{}' is not supported without a tokenizer.json; known: GPT2Tokenizer, GPT2TokenizerFast",
      config.where(), name);
}

SortedJson optional_file(const fs::path& path) {
  return fs::exists(path) ? read_sorted_json(path) : SortedJson::object();
}

std::optional<int64_t> special_id(const Node& tokenizer_config, const Node& config, const std::string& name,
                                  const Vocabulary& vocabulary) {
  if (const std::string token = special_name(tokenizer_config, name + "_token"); !token.empty()) {
    if (const auto id = vocabulary.find(token)) return id;
    bad_input("{}: {}_token '{}' is not in the vocabulary", tokenizer_config.where(), name, token);
  }
  if (!config.has(name + "_token_id")) return std::nullopt;
  Node node = config.at(name + "_token_id");
  if (node.value().is_array() && !node.value().empty()) node = node.items().front();
  const int64_t id = node.integer();
  // Small models often keep the id of the large one whose configuration they copied.
  return id >= 0 && id < vocabulary.size() ? std::optional(id) : std::nullopt;
}

}  // namespace

TokenizerParts read_tokenizer_json(const fs::path& path) {
  const SortedJson json = read_sorted_json(path);
  const Node root(json, quoted(path));
  const auto added = read_added_tokens(root);
  TokenizerParts parts{.bpe = read_model(root.at("model"), added)};
  parts.normalizer = read_normalizer(root);
  parts.pretokenizer = read_pretokenizer(root);
  parts.decoder = read_decoder(root);
  for (const auto& entry : added) add(entry.token, parts);
  read_post_processor(root, parts);
  if (!parts.prefix.empty()) parts.bos = parts.prefix.front();
  return parts;
}

TokenizerParts read_gpt2_files(const fs::path& vocabulary_path, const fs::path& merges_path) {
  const fs::path config_path = vocabulary_path.parent_path() / "tokenizer_config.json";
  const SortedJson json = read_sorted_json(vocabulary_path), config_json = optional_file(config_path);
  const Node config(config_json, quoted(config_path));
  require_gpt2_class(config);
  Vocabulary vocabulary(read_vocabulary({json, quoted(vocabulary_path)}), vocabulary_path.string());
  require_byte_letters(vocabulary, vocabulary_path);
  TokenizerParts parts{
      .bpe = Bpe(std::move(vocabulary), read_merge_lines(merges_path), {}, quoted(merges_path) + ", line")};
  parts.pretokenizer.byte_letters = true;
  parts.pretokenizer.prefix_space = config.flag("add_prefix_space", false);
  parts.pretokenizer.last_split = gpt2_pattern();
  std::set<std::string> special{"<|endoftext|>"};
  for (const char* key : {"bos_token", "eos_token", "unk_token", "pad_token"})
    special.insert(special_name(config, key));
  for (const auto& name : special)
    if (const auto id = parts.bpe.vocabulary().find(name)) add({*id, name}, parts);
  parts.bos = parts.eos = parts.bpe.vocabulary().find("<|endoftext|>");
  if (config.flag("add_bos_token", false)) {
    read_special_names(vocabulary_path.parent_path(), parts);
    if (parts.bos) parts.prefix = {*parts.bos};
  }
  return parts;
}

void read_special_names(const fs::path& folder, TokenizerParts& parts) {
  const fs::path tokenizer_path = folder / "tokenizer_config.json", model_path = folder / "config.json";
  const SortedJson tokenizer_json = optional_file(tokenizer_path), model_json = optional_file(model_path);
  const Node tokenizer(tokenizer_json, quoted(tokenizer_path)), model(model_json, quoted(model_path));
  const Vocabulary& vocabulary = parts.bpe.vocabulary();
  if (const auto id = special_id(tokenizer, model, "bos", vocabulary)) parts.bos = id;
  if (const auto id = special_id(tokenizer, model, "eos", vocabulary)) parts.eos = id;
}

}  // namespace arcuate
