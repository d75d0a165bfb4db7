// Normalizer, which keeps traces, and Decoder, which does not.
#include "input/normalizer.h"

namespace arcuate {
namespace {

TracedText forward(const Prepend& step, const TracedText& text) {
  if (text.text.empty()) return text;
  TracedText result;
  result.append(step.text, text.first_character());
  result.append(text, {0, text.text.size()});
  return result;
}

TracedText forward(const Replace& step, const TracedText& text) {
  TracedText result;
  size_t done = 0;
  for (size_t at; (at = text.text.find(step.pattern, done)) != std::string::npos;) {
    const size_t end = at + step.pattern.size();
    result.append(text, {done, at});
    result.append(step.content, text.origin({at, end}));
    done = end;
  }
  result.append(text, {done, text.text.size()});
  return result;
}

std::string decoded(const Replace& step, const std::string& text) {
  std::string result;
  size_t done = 0;
  for (size_t at; (at = text.find(step.pattern, done)) != std::string::npos; done = at + step.pattern.size())
    result.append(text, done, at - done).append(step.content);
  return result.append(text, done);
}

std::string decoded(const Strip& step, std::string_view text) {
  for (int64_t i = 0; i < step.start && text.starts_with(step.content); ++i) text.remove_prefix(step.content.size());
  for (int64_t i = 0; i < step.stop && text.ends_with(step.content); ++i) text.remove_suffix(step.content.size());
  return std::string(text);
}

}  // namespace

TracedText Normalizer::apply(TracedText text) const {
  for (const auto& step : steps) text = std::visit([&](const auto& kind) { return forward(kind, text); }, step);
  return text;
}

std::string Normalizer::apply(const std::string& text) const { return apply(trace(text, {0, text.size()})).text; }

bool Normalizer::prepends() const {
  for (const auto& step : steps)
    if (std::holds_alternative<Prepend>(step)) return true;
  return false;
}

std::string Decoder::apply(std::string text) const {
  for (const auto& step : steps) text = std::visit([&](const auto& kind) { return decoded(kind, text); }, step);
  return text;
}

}  // namespace arcuate
