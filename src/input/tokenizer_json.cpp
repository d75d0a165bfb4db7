#include "input/tokenizer_json.h"

#include <unordered_map>

#include "core/text.h"
#include "input/tokenizer_pieces.h"
#include "input/tokenizer_steps.h"

namespace arcuate {
namespace {

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
    added.push_back({read_added_token(node, node.at("id").integer()), node});
    if (added.back().token.content.empty()) bad_input("{}: the token has no content", node.where());
  }
  return added;
}

// Added tokens may stand in the model's vocabulary or extend it.
Vocabulary vocabulary_with(const std::vector<AddedEntry>& added, const Node& node) {
  auto pieces = read_vocabulary(node);
  std::vector<Vocabulary::Entry> more;
  std::unordered_map<std::string, int64_t> known(pieces.begin(), pieces.end());
  for (const auto& entry : added) {
    const auto& token = entry.token;
    const auto [place, fresh] = known.emplace(token.content, token.id);
    if (fresh) more.emplace_back(token.content, token.id);
    if (place->second != token.id)
      bad_input("{}: '{}' has id {}, but {} in the vocabulary", entry.node.where(), token.content, token.id,
                place->second);
  }
  return Vocabulary(std::move(pieces), std::move(more), node.where());
}

// Files from before 2020 have no type.
std::string model_type(const Node& model) {
  if (model.has("type")) return model.at("type").text();
  if (model.has("merges")) return "BPE";
  return model.has("max_input_chars_per_word") ? "WordPiece" : model.at("type").text();
}

void check_model(const Node& model, const std::string& type, Problems& problems) {
  if (type != "BPE" && type != "WordPiece") refuse(problems, model, "tokenizer kind", type, "BPE, WordPiece");
  if (type != "BPE") return;
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!model.text_or_nothing(key).empty()) refuse(problems, model, key, model.at(key).text(), "empty");
  if (model.has("dropout") && model.at("dropout").value() != 0)
    problems.add("{}: dropout is not supported", model.where());
}

Bpe read_bpe(const Node& model, Vocabulary vocabulary) {
  const std::string unknown = model.text_or_nothing("unk_token");
  BpeOptions options{vocabulary.find(unknown), model.flag("fuse_unk", false), model.flag("byte_fallback", false),
                     model.flag("ignore_merges", false)};
  if (!unknown.empty() && !options.unknown) bad_input("{}: unk_token '{}' has no id", model.where(), unknown);
  if (unknown.empty()) options.unknown.reset();
  return Bpe(std::move(vocabulary), read_merges(model.at("merges")), options, model.where() + ".merges, number");
}

WordPiece read_wordpiece(const Node& model, Vocabulary vocabulary) {
  const int64_t longest = model.has("max_input_chars_per_word") ? model.at("max_input_chars_per_word").integer() : 100;
  if (longest < 0) bad_input("{}.max_input_chars_per_word: expected 0 or more, found {}", model.where(), longest);
  WordPieceOptions options{.unknown = model.text_or("unk_token", "[UNK]"),
                           .continuing = model.text_or("continuing_subword_prefix", "##"),
                           .longest_word = static_cast<size_t>(longest)};
  return WordPiece(std::move(vocabulary), std::move(options), model.where());
}

// A special token of the template, and where it stands.
struct TemplateToken {
  int64_t id;
  std::string where;
};

struct Template {
  std::vector<TemplateToken> before{}, after{};
  std::optional<TrimRanges> trim{};

  // A later template goes around what an earlier one made.
  void surround(std::vector<TemplateToken> begin, const std::vector<TemplateToken>& end) {
    begin.insert(begin.end(), before.begin(), before.end());
    before = std::move(begin);
    after.insert(after.end(), end.begin(), end.end());
  }
};

void read_template(const Node& step, Template& result) {
  std::vector<TemplateToken> before, after;
  int texts = 0;
  for (const Node& piece : step.at("single").items()) {
    if (piece.has("Sequence")) {
      ++texts;
      continue;
    }
    const std::string name = piece.at("SpecialToken").at("id").text();
    for (const Node& id : step.at("special_tokens").at(name).at("ids").items())
      (texts == 0 ? before : after).push_back({id.integer(), id.where()});
  }
  if (texts != 1) bad_input("{}.single: expected the text once, found it {} times", step.where(), texts);
  result.surround(std::move(before), after);
}

// ["[SEP]", 102]
TemplateToken read_pair(const Node& step, const char* name) {
  const auto items = step.at(name).items();
  if (items.size() != 2) bad_input("{}.{}: expected a token and its id", step.where(), name);
  return {items[1].integer(), items[1].where()};
}

Template read_post_processor(const Node& root, Problems& problems) {
  Template result;
  for (const Node& step : steps_of(root, "post_processor", "processors")) {
    const std::string type = step.at("type").text();
    if (type == "TemplateProcessing") {
      read_template(step, result);
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
      result.surround({read_pair(step, "cls")}, {read_pair(step, "sep")});
    } else if (type != "ByteLevel") {
      refuse(problems, step, "post-processor", type,
             "BertProcessing, ByteLevel, RobertaProcessing, TemplateProcessing, Sequence");
    }
    if ((type == "ByteLevel" || type == "RobertaProcessing") && step.flag("trim_offsets", true))
      result.trim = TrimRanges{step.flag("add_prefix_space", true)};
  }
  return result;
}

std::vector<int64_t> checked_ids(const std::vector<TemplateToken>& tokens, int64_t vocabulary_size) {
  std::vector<int64_t> ids;
  for (const auto& [id, where] : tokens) {
    if (id < 0 || id >= vocabulary_size)
      bad_input("{}: id {} is outside of the vocabulary (0 to {})", where, id, vocabulary_size - 1);
    ids.push_back(id);
  }
  return ids;
}

}  // namespace

TokenizerParts read_tokenizer_json(const fs::path& path) {
  const SortedJson json = read_sorted_json(path);
  const Node root(json, fmt::format("'{}'", path.string())), model = root.at("model");
  Problems problems("this tokenizer is not supported");
  auto normalizer = read_normalizer(root, problems);
  auto pretokenizer = read_pretokenizer(root, problems);
  auto decoder = read_decoder(root, problems);
  const auto around = read_post_processor(root, problems);
  const std::string type = model_type(model);
  check_model(model, type, problems);
  problems.raise();

  const auto added = read_added_tokens(root);
  auto vocabulary = vocabulary_with(added, model.at("vocab"));
  using Model = decltype(TokenizerParts::model);
  TokenizerParts parts{.model = type == "BPE" ? Model(read_bpe(model, std::move(vocabulary)))
                                              : Model(read_wordpiece(model, std::move(vocabulary)))};
  parts.normalizer = std::move(normalizer);
  parts.pretokenizer = std::move(pretokenizer);
  parts.decoder = std::move(decoder);
  parts.decoder.byte_letters = parts.pretokenizer.spells_bytes();
  parts.trim = around.trim;
  parts.prefix = checked_ids(around.before, parts.vocabulary().size());
  parts.suffix = checked_ids(around.after, parts.vocabulary().size());
  for (const auto& entry : added) parts.add(entry.token);
  if (!parts.prefix.empty()) parts.bos = parts.prefix.front();
  return parts;
}

}  // namespace arcuate
