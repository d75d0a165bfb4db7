#include "input/tokenizer_steps.h"

#include <algorithm>
#include <optional>

namespace arcuate {
namespace {

void flatten(const Node& node, const char* list, std::vector<Node>& steps, int depth = 0) {
  constexpr int deepest = 8;
  if (node.is_null()) return;
  if (node.at("type").text() != "Sequence") return steps.push_back(node);
  if (depth == deepest) bad_input("{}: sequences nested more than {} deep", node.where(), deepest);
  for (const Node& step : node.at(list).items()) flatten(step, list, steps, depth + 1);
}

std::string literal_pattern(const Node& pattern) {
  const std::string text = pattern.at("String").text();
  if (text.empty()) bad_input("{}: the text to look for is empty", pattern.where());
  return text;
}

Pattern read_pattern(const Node& pattern) {
  return within(pattern.where(), [&] {
    return pattern.has("Regex") ? Pattern(pattern.at("Regex").text()) : Pattern::literal(literal_pattern(pattern));
  });
}

BertText read_bert_text(const Node& step) {
  const bool lower_case = step.flag("lowercase", true);
  return {.clean = step.flag("clean_text", true),
          .space_chinese = step.flag("handle_chinese_chars", true),
          .strip_accents = step.flag("strip_accents", lower_case),
          .lower_case = lower_case};
}

std::optional<Normalizer::Step> normalizer_step(const std::string& type, const Node& step) {
  if (type == "Prepend") return Prepend{step.at("prepend").text()};
  if (type == "Replace") return Replace{read_pattern(step.at("pattern")), step.at("content").text()};
  if (type == "BertNormalizer") return read_bert_text(step);
  if (type == "Lowercase") return LowerCase{};
  if (type == "StripAccents") return StripAccents{};
  if (type == "Strip") return StripSpace{step.flag("strip_left", true), step.flag("strip_right", true)};
  if (type == "NFC") return NormalForm{true, false};
  if (type == "NFD") return NormalForm{false, false};
  if (type == "NFKC") return NormalForm{true, true};
  if (type == "NFKD") return NormalForm{false, true};
  return std::nullopt;
}

std::optional<Matches> read_matches(const Node& step, const std::string& otherwise, Problems& problems) {
  const std::string name = step.text_or("behavior", otherwise);
  if (name == "Isolated") return Matches::isolated;
  if (name == "Removed") return Matches::removed;
  if (name == "Contiguous") return Matches::contiguous;
  if (name == "MergedWithPrevious") return Matches::with_previous;
  if (name == "MergedWithNext") return Matches::with_next;
  refuse(problems, step, "split behavior", name, "Isolated, Removed, Contiguous, MergedWithPrevious, MergedWithNext");
  return std::nullopt;
}

Metaspace read_metaspace(const Node& step, Problems& problems) {
  Metaspace result{.space = step.text_or("replacement", "\u2581")};
  if (result.space.empty()) bad_input("{}: the replacement of spaces is empty", step.where());
  const bool prefix = step.flag("add_prefix_space", true);  // all that files of before 2024 say
  const std::string scheme = step.text_or("prepend_scheme", prefix ? "always" : "never");
  if (scheme == "first") {
    result.prepend = PrependSpace::first;
  } else if (scheme == "never") {
    result.prepend = PrependSpace::never;
  } else if (scheme != "always") {
    refuse(problems, step, "prepend_scheme", scheme, "always, first, never");
  }
  if (!prefix && scheme != "never")
    problems.add("{}: add_prefix_space = false contradicts prepend_scheme '{}'", step.where(), scheme);
  if (step.flag("split", true)) result.split = Split{Pattern::literal(result.space), Matches::with_next};
  return result;
}

void add_split(const Node& step, Problems& problems, PreTokenizer& result) {
  if (const auto matches = read_matches(step, "", problems))
    result.steps.push_back(Split{read_pattern(step.at("pattern")), *matches, step.flag("invert", false)});
}

bool add_character_split(const std::string& type, const Node& step, Problems& problems, PreTokenizer& result) {
  const auto add = [&](const char* pattern, Matches matches, bool invert = false) {
    result.steps.push_back(Split{Pattern(pattern), matches, invert});
  };
  if (type == "BertPreTokenizer") {
    for (auto& part : bert_pretokenizer().steps) result.steps.push_back(std::move(part));
  } else if (type == "Whitespace") {
    add(R"([\w\x{200C}\x{200D}]+|[^\w\x{200C}\x{200D}\s]+)", Matches::removed, true);
  } else if (type == "WhitespaceSplit") {
    add(R"(\s)", Matches::removed);
  } else if (type == "Digits") {
    add(R"(\p{N})", step.flag("individual_digits", false) ? Matches::isolated : Matches::contiguous);
  } else if (type == "Punctuation") {
    if (const auto matches = read_matches(step, "Isolated", problems))
      result.steps.push_back(Split{punctuation_pattern(), *matches});
  } else {
    return false;
  }
  return true;
}

ByteLetters read_byte_letters(const Node& step) {
  ByteLetters result{.prefix_space = step.flag("add_prefix_space", true)};
  if (step.flag("use_regex", true)) result.split = gpt2_pattern();
  return result;
}

StripToken read_strip(const Node& step) {
  StripToken strip{step.at("content").text(), step.at("start").integer(), step.at("stop").integer()};
  if (strip.content.empty()) bad_input("{}: the content to strip is empty", step.where());
  return strip;
}

JoinMetaspace read_join(const Node& step) {
  const bool prefix = step.flag("add_prefix_space", true);
  return {.space = step.text_or("replacement", "\u2581"),
          .drop_first = step.text_or("prepend_scheme", prefix ? "always" : "never") != "never"};
}

}  // namespace

std::vector<Node> steps_of(const Node& root, const std::string& key, const char* list) {
  std::vector<Node> steps;
  if (root.has(key)) flatten(root.at(key), list, steps);
  return steps;
}

void refuse(Problems& problems, const Node& node, const char* what, const std::string& kind, const char* known) {
  problems.add("{}: {} '{}' is not supported; known: {}", node.where(), what, kind, known);
}

Normalizer read_normalizer(const Node& root, Problems& problems) {
  Normalizer result;
  for (const Node& step : steps_of(root, "normalizer", "normalizers")) {
    const std::string type = step.at("type").text();
    if (auto read = normalizer_step(type, step)) {
      result.steps.push_back(std::move(*read));
    } else {
      refuse(problems, step, "normalizer", type,
             "BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Prepend, Replace, Strip, StripAccents, Sequence");
    }
  }
  return result;
}

PreTokenizer read_pretokenizer(const Node& root, Problems& problems) {
  PreTokenizer result;
  for (const Node& step : steps_of(root, "pre_tokenizer", "pretokenizers")) {
    const std::string type = step.at("type").text();
    if (type == "Split") {
      add_split(step, problems, result);
    } else if (type == "ByteLevel") {
      if (result.spells_bytes()) problems.add("{}: ByteLevel stands there twice", step.where());
      result.steps.push_back(read_byte_letters(step));
    } else if (type == "Metaspace") {
      result.steps.push_back(read_metaspace(step, problems));
    } else if (!add_character_split(type, step, problems, result)) {
      refuse(
          problems, step, "pre-tokenizer", type,
          "BertPreTokenizer, ByteLevel, Digits, Metaspace, Punctuation, Split, Whitespace, WhitespaceSplit, Sequence");
    }
  }
  return result;
}

TokenDecoder read_decoder(const Node& root, Problems& problems) {
  TokenDecoder result;
  const auto steps = steps_of(root, "decoder", "decoders");
  for (const Node& step : steps) {
    const std::string type = step.at("type").text();
    if (type == "Replace" && !step.at("pattern").has("Regex")) {
      result.steps.push_back(ReplaceInToken{literal_pattern(step.at("pattern")), step.at("content").text()});
    } else if (type == "Strip") {
      result.steps.push_back(read_strip(step));
    } else if (type == "Fuse") {
      result.steps.push_back(Fuse{});
    } else if (type == "WordPiece") {
      result.steps.push_back(JoinWordPieces{step.text_or("prefix", "##"), step.flag("cleanup", true)});
    } else if (type == "Metaspace") {
      result.steps.push_back(read_join(step));
    } else if (type != "ByteLevel" && type != "ByteFallback") {  // these follow from the pre-tokenizer and the model
      refuse(problems, step, "decoder", type,
             "ByteFallback, ByteLevel, Fuse, Metaspace, Replace (of a String), Strip, WordPiece, Sequence");
    }
  }
  return result;
}

}  // namespace arcuate
