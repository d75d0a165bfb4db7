// Tokenizer: the way of a text through the parts.
#include "input/tokenizer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "input/tokenizer_files.h"
#include "input/tokenizer_parts.h"

namespace arcuate {
namespace {

constexpr std::string_view spelt_space = "\u0120";

// How many spaces a token begins with, and how many it ends with; all of them twice if it has nothing else.
std::pair<size_t, size_t> spaces_around(std::string_view token) {
  std::string_view left = token, right = token;
  size_t before = 0, after = 0;
  for (; left.starts_with(spelt_space) || left.starts_with(' '); ++before)
    left.remove_prefix(left.starts_with(' ') ? 1 : spelt_space.size());
  for (; right.ends_with(spelt_space) || right.ends_with(' '); ++after)
    right.remove_suffix(right.ends_with(' ') ? 1 : spelt_space.size());
  return {before, after};
}

}  // namespace

std::span<const char* const> tokenizer_file_names() {
  static constexpr std::array names{
      "tokenizer.json", "tokenizer_config.json",   "vocab.json",       "merges.txt", "encoder.json", "vocab.bpe",
      "vocab.txt",      "special_tokens_map.json", "added_tokens.json"};
  return names;
}

Tokenizer::Tokenizer(TokenizerParts parts) : parts_(std::make_shared<const TokenizerParts>(std::move(parts))) {}

Tokenizer Tokenizer::load(const fs::path& model_folder) { return Tokenizer(read_tokenizer(model_folder)); }

void Tokenizer::append_pieces(TracedText text, std::vector<TextToken>& tokens) const {
  const Pieces pieces = parts_->pretokenizer.apply(std::move(text));
  size_t at = 0;
  for (const size_t end : pieces.ends) {
    const auto piece = std::string_view(pieces.source.text).substr(at, end - at);
    for (const auto& token : std::visit([&](const auto& kind) { return kind.encode(piece); }, parts_->model)) {
      const ByteRange range = pieces.source.origin({at, at + token.length});
      if (token.id < 0)
        bad_input("no token covers '{}' (from byte {} of the text), and the tokenizer has no unknown token",
                  pieces.source.text.substr(at, token.length), range.begin);
      tokens.push_back({token.id, range});
      at += token.length;
    }
  }
}

void Tokenizer::append_section(std::string_view text, ByteRange section, std::vector<TextToken>& tokens) const {
  const TracedText normalized = parts_->normalizer.apply(trace(text, section));
  for (const Section& part : parts_->normalized_added.split(normalized.text)) {
    if (part.id) {
      tokens.push_back({*part.id, normalized.origin(part.range)});
    } else {
      append_pieces(normalized.slice(part.range), tokens);
    }
  }
}

std::vector<TextToken> Tokenizer::encode_with_ranges(std::string_view text, Special special) const {
  if (const auto at = invalid_utf8(text))
    bad_input("the text is not valid UTF-8 at byte {} (0x{:02X})", *at, static_cast<unsigned char>(text[*at]));
  std::vector<TextToken> tokens;
  const auto append_all = [&](const std::vector<int64_t>& ids, size_t place) {
    if (special == Special::template_)
      for (const int64_t id : ids) tokens.push_back({id, {place, place}});
  };
  append_all(parts_->prefix, 0);
  for (const Section& section : parts_->raw_added.split(text)) {
    if (section.id) {
      tokens.push_back({*section.id, section.range});
    } else {
      append_section(text, section.range, tokens);
    }
  }
  if (parts_->trim) trim_ranges(text, tokens);
  append_all(parts_->suffix, text.size());
  return tokens;
}

void Tokenizer::trim_ranges(std::string_view text, std::vector<TextToken>& tokens) const {
  const auto inside = [&](size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  for (auto& [id, range] : tokens) {
    const bool is_added = parts_->added.contains(id);  // its range may hold spaces that it took along
    auto [before, after] = spaces_around(is_added ? text.substr(range.begin, range.end - range.begin)
                                                  : std::string_view(checked_token(id)));
    if (range.begin == 0 && parts_->trim->keep_first) before = 0;
    if (after > range.end) after = 0;
    for (; before > 0 && range.begin < range.end; --before) do
        ++range.begin;
      while (range.begin < range.end && inside(range.begin));
    for (; after > 0 && range.end > range.begin; --after) do
        --range.end;
      while (range.end > range.begin && inside(range.end));
  }
}

std::vector<int64_t> Tokenizer::encode(std::string_view text, Special special) const {
  std::vector<int64_t> ids;
  for (const auto& token : encode_with_ranges(text, special)) ids.push_back(token.id);
  return ids;
}

std::vector<int64_t> Tokenizer::encode_word(std::string_view word, bool with_leading_space) const {
  if (word.empty() || !with_leading_space || marks_space()) return encode(word, Special::none);
  return encode(std::string(" ").append(word), Special::none);
}

TokenizedWords Tokenizer::encode_words(std::span<const std::string> words) const {
  std::string text;
  std::vector<size_t> begins;
  for (const auto& word : words) {
    if (!begins.empty()) text += ' ';
    begins.push_back(text.size());
    text += word;
  }
  TokenizedWords result{.ids = {}, .ends = std::vector<size_t>(words.size(), 0)};
  for (const auto& [id, range] : encode_with_ranges(text, Special::none)) {
    size_t last = range.end;
    while (last > range.begin && text[last - 1] == ' ') --last;
    const size_t place = last > range.begin ? last - 1 : text.find_first_not_of(' ', range.end);
    const auto after = std::upper_bound(begins.begin(), begins.end(), place);
    result.ids.push_back(id);
    result.ends[static_cast<size_t>(after - begins.begin()) - 1] = result.ids.size();
  }
  for (size_t i = 1; i < words.size(); ++i) result.ends[i] = std::max(result.ends[i], result.ends[i - 1]);
  return result;
}

const std::string& Tokenizer::checked_token(int64_t id) const {
  if (id < 0 || id >= vocabulary_size())
    bad_input("token id {} is outside of the vocabulary (0 to {})", id, vocabulary_size() - 1);
  return parts_->vocabulary().token(id);
}

std::string Tokenizer::text_of(int64_t id) const {
  const std::string& token = checked_token(id);
  if (const auto added = parts_->added.find(id); added != parts_->added.end()) return added->second;
  if (const auto* bpe = std::get_if<Bpe>(&parts_->model))
    if (const auto byte = bpe->fallback_byte(id)) return std::string(1, *byte);
  return parts_->decoder.byte_letters ? bytes_of_letters(token).value_or(token) : token;
}

std::string Tokenizer::decode(std::span<const int64_t> ids) const {
  std::vector<std::string> tokens;
  for (const int64_t id : ids) tokens.push_back(text_of(id));
  return parts_->decoder.apply(std::move(tokens));
}

std::optional<int64_t> Tokenizer::bos() const { return parts_->bos; }
std::optional<int64_t> Tokenizer::eos() const { return parts_->eos; }
std::vector<int64_t> Tokenizer::template_prefix() const { return parts_->prefix; }
std::vector<int64_t> Tokenizer::template_suffix() const { return parts_->suffix; }
int64_t Tokenizer::vocabulary_size() const { return parts_->vocabulary().size(); }
std::string Tokenizer::token(int64_t id) const { return checked_token(id); }

std::string Tokenizer::kind() const {
  const auto* bpe = std::get_if<Bpe>(&parts_->model);
  if (!bpe) return "WordPiece";
  if (parts_->pretokenizer.spells_bytes()) return "byte-level BPE";
  return bpe->options().byte_fallback ? "BPE with byte fallback" : "BPE";
}

bool Tokenizer::marks_space() const { return parts_->normalizer.prepends() || parts_->pretokenizer.prepends(); }

}  // namespace arcuate
