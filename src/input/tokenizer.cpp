// Tokenizer: finds the files, and the way of a text through the parts.
#include "input/tokenizer.h"

#include "core/error.h"
#include "core/text.h"
#include "input/tokenizer_files.h"

namespace arcuate {
namespace {

TokenizerParts read_parts(const fs::path& folder) {
  const auto has = [&](const char* name) { return fs::exists(folder / name); };
  if (!fs::is_directory(folder)) bad_input("'{}' is not a folder; a model folder is expected", folder.string());
  if (has("tokenizer.json")) return read_tokenizer_json(folder / "tokenizer.json");
  if (has("vocab.json") && has("merges.txt")) return read_gpt2_files(folder / "vocab.json", folder / "merges.txt");
  if (has("encoder.json") && has("vocab.bpe")) return read_gpt2_files(folder / "encoder.json", folder / "vocab.bpe");
  std::string others;
  for (const char* name : {"vocab.json", "merges.txt", "encoder.json", "vocab.bpe", "tokenizer.model", "vocab.txt"})
    if (has(name)) others += (others.empty() ? "; it has only " : ", ") + std::string(name);
  bad_input(
      "'{}' has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt, or encoder.json and vocab.bpe{}",
      folder.string(), others);
}

}  // namespace

Tokenizer::Tokenizer(TokenizerParts parts) : parts_(std::make_shared<const TokenizerParts>(std::move(parts))) {}

Tokenizer Tokenizer::load(const fs::path& model_folder) {
  TokenizerParts parts = read_parts(model_folder);
  read_special_names(model_folder, parts);
  return Tokenizer(std::move(parts));
}

void Tokenizer::append_pieces(TracedText text, std::vector<TextToken>& tokens) const {
  const Pieces pieces = parts_->pretokenizer.apply(std::move(text));
  size_t at = 0;
  for (const size_t end : pieces.ends) {
    for (const auto& token : parts_->bpe.encode(std::string_view(pieces.source.text).substr(at, end - at))) {
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
  append_all(parts_->suffix, text.size());
  return tokens;
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

const std::string& Tokenizer::checked_token(int64_t id) const {
  if (id < 0 || id >= vocabulary_size())
    bad_input("token id {} is outside of the vocabulary (0 to {})", id, vocabulary_size() - 1);
  return parts_->bpe.vocabulary().token(id);
}

std::string Tokenizer::decode(std::span<const int64_t> ids) const {
  std::string text;
  for (const int64_t id : ids) {
    const std::string& token = checked_token(id);
    if (const auto added = parts_->added.find(id); added != parts_->added.end()) {
      text += added->second;
    } else if (const auto byte = parts_->bpe.fallback_byte(id)) {
      text += *byte;
    } else {
      text += parts_->pretokenizer.byte_letters ? bytes_of_letters(token).value_or(token) : token;
    }
  }
  return parts_->decoder.apply(std::move(text));
}

std::optional<int64_t> Tokenizer::bos() const { return parts_->bos; }
std::optional<int64_t> Tokenizer::eos() const { return parts_->eos; }
std::vector<int64_t> Tokenizer::template_prefix() const { return parts_->prefix; }
int64_t Tokenizer::vocabulary_size() const { return parts_->bpe.vocabulary().size(); }
std::string Tokenizer::token(int64_t id) const { return checked_token(id); }

std::string Tokenizer::kind() const {
  if (parts_->pretokenizer.byte_letters) return "byte-level BPE";
  return parts_->bpe.options().byte_fallback ? "BPE with byte fallback" : "BPE";
}

bool Tokenizer::marks_space() const { return parts_->normalizer.prepends() || parts_->pretokenizer.prefix_space; }

}  // namespace arcuate
