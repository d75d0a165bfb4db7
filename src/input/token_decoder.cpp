#include "input/token_decoder.h"

#include <array>
#include <string_view>
#include <utility>

namespace arcuate {
namespace {

using Tokens = std::vector<std::string>;

std::string replaced(const std::string& text, std::string_view pattern, std::string_view content) {
  std::string result;
  size_t done = 0;
  for (size_t at; (at = text.find(pattern, done)) != std::string::npos; done = at + pattern.size())
    result.append(text, done, at - done).append(content);
  return result.append(text, done);
}

void decode(const ReplaceInToken& step, Tokens& tokens) {
  for (auto& token : tokens) token = replaced(token, step.pattern, step.content);
}

void decode(const StripToken& step, Tokens& tokens) {
  for (auto& token : tokens) {
    std::string_view text = token;
    for (int64_t i = 0; i < step.start && text.starts_with(step.content); ++i) text.remove_prefix(step.content.size());
    for (int64_t i = 0; i < step.stop && text.ends_with(step.content); ++i) text.remove_suffix(step.content.size());
    token = std::string(text);
  }
}

void decode(const Fuse&, Tokens& tokens) {
  std::string all;
  for (const auto& token : tokens) all += token;
  tokens = {std::move(all)};
}

std::string cleaned_up(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> changes{{{" .", "."},
                                                                                   {" ?", "?"},
                                                                                   {" !", "!"},
                                                                                   {" ,", ","},
                                                                                   {" ' ", "'"},
                                                                                   {" n't", "n't"},
                                                                                   {" 'm", "'m"},
                                                                                   {" do not", " don't"},
                                                                                   {" 's", "'s"},
                                                                                   {" 've", "'ve"},
                                                                                   {" 're", "'re"}}};
  for (const auto& [from, to] : changes) text = replaced(text, from, to);
  return text;
}

void decode(const JoinWordPieces& step, Tokens& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && !step.continuing.empty() && tokens[i].starts_with(step.continuing)) {
      tokens[i].erase(0, step.continuing.size());
    } else if (i > 0) {
      tokens[i].insert(0, " ");
    }
    if (step.clean_up) tokens[i] = cleaned_up(std::move(tokens[i]));
  }
}

void decode(const JoinMetaspace& step, Tokens& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = replaced(tokens[i], step.space, i == 0 && step.drop_first ? "" : " ");
}

}  // namespace

std::string TokenDecoder::apply(std::vector<std::string> tokens) const {
  for (const auto& step : steps) std::visit([&](const auto& kind) { decode(kind, tokens); }, step);
  decode(Fuse{}, tokens);
  return tokens.front();
}

}  // namespace arcuate
