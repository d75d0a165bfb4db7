#include "model/passes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/error.h"

namespace arcuate {

// Numbers of passes, the longest of a batch last. The order depends on the passes alone. Few passes are cut into
// batches that keep several threads busy.
static std::vector<std::vector<size_t>> similar_passes(std::span<const Pass> passes, int64_t tokens_per_batch,
                                                       int64_t causal) {
  constexpr int64_t several = 8, smallest = 512;
  const auto length = [&](size_t pass) { return std::ssize(passes[pass].ids); };
  int64_t tokens = 0;
  for (const auto& pass : passes) tokens += std::ssize(pass.ids);
  tokens_per_batch = std::min(tokens_per_batch, std::max(tokens / several, smallest));
  std::vector<size_t> order(passes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return length(a) < length(b); });
  std::vector<std::vector<size_t>> batches;
  for (size_t pass : order) {
    const bool full = batches.empty() || (std::ssize(batches.back()) + 1) * length(pass) > tokens_per_batch;
    const bool unlike = !batches.empty() && length(pass) > causal && length(pass) != length(batches.back().front());
    if (full || unlike) batches.emplace_back();
    batches.back().push_back(pass);
  }
  return batches;
}

// B x T.
static at::Tensor padded_ids(const std::vector<size_t>& members, std::span<const Pass> passes, int64_t length) {
  auto result = at::zeros({std::ssize(members), length}, at::kLong);
  auto* ids = result.data_ptr<int64_t>();
  for (size_t b = 0; b < members.size(); ++b, ids += length)
    std::copy(passes[members[b]].ids.begin(), passes[members[b]].ids.end(), ids);
  return result;
}

// Those of all passes of a batch whose sequences are `length` long.
static WantedTokens tokens_of(const std::vector<size_t>& members, std::span<const Pass> passes,
                              std::vector<Pass::Wanted> Pass::* which, int64_t length) {
  WantedTokens all;
  for (size_t b = 0; b < members.size(); ++b)
    for (const auto& wanted : passes[members[b]].*which) {
      all.tokens.push_back(static_cast<int64_t>(b) * length + wanted.token);
      all.rows.push_back(wanted.row);
      all.shares.push_back(wanted.share);
    }
  if (std::all_of(all.shares.begin(), all.shares.end(), [](double share) { return share == 1; })) all.shares.clear();
  return all;
}

static ModelBatch batch_of(const std::vector<size_t>& members, std::span<const Pass> passes) {
  ModelBatch batch{.sequences = std::ssize(members), .length = std::ssize(passes[members.back()].ids)};
  batch.wanted = tokens_of(members, passes, &Pass::wanted, batch.length);
  batch.predicting = tokens_of(members, passes, &Pass::predicting, batch.length);
  batch.input = [ids = padded_ids(members, passes, batch.length)] { return ids; };
  return batch;
}

std::vector<ModelBatch> batches_of(std::span<const Pass> passes, int64_t tokens_per_batch, int64_t causal) {
  std::vector<ModelBatch> batches;
  for (const auto& members : similar_passes(passes, tokens_per_batch, causal))
    batches.push_back(batch_of(members, passes));
  return batches;
}

std::vector<std::vector<int64_t>> tokenize_words(const Tokenizer& tokenizer, std::span<const std::string> words,
                                                 Untokenized rule) {
  std::vector<std::vector<int64_t>> tokens;
  Problems problems("the story cannot be tokenised");
  for (size_t i = 0; i < words.size(); ++i) {
    tokens.push_back(
        within(fmt::format("word {} ('{}')", i + 1, words[i]), [&] { return tokenizer.encode_word(words[i], true); }));
    if (tokens.back().empty() && rule == Untokenized::error)
      problems.add("word {} ('{}') has no token", i + 1, words[i]);
  }
  problems.raise();
  return tokens;
}

SpecialTokens special_tokens(const Tokenizer& tokenizer, StartToken choice, const ModelSpec& spec) {
  if (choice == StartToken::never) return {};
  SpecialTokens special{.before = tokenizer.template_prefix()};
  const auto around_nothing = tokenizer.encode("", Special::template_);
  if (!spec.block.causal) special.after.assign(around_nothing.begin() + special.count(), around_nothing.end());
  if (choice == StartToken::from_tokenizer) return special;
  const auto start = tokenizer.bos();
  if (!start) bad_usage("a start token was asked for, but the tokenizer names none");
  special.before = {*start};
  return special;
}

Pass window_pass(const Window& window, const PassText& text, int64_t first_row) {
  const auto words = std::ssize(text.words);
  Pass pass{.ids = text.special.before, .wanted = {}};
  int64_t skip = window.skip;
  for (int64_t word = window.first; word < window.end + window.after; ++word) {
    const auto ids = text.words[static_cast<size_t>((word + words) % words)].subspan(static_cast<size_t>(skip));
    skip = 0;
    pass.ids.insert(pass.ids.end(), ids.begin(), ids.end());
    if (word < window.wanted || word >= window.end) continue;
    const int64_t row = first_row + word - window.wanted, last = std::ssize(pass.ids) - 1;
    const int64_t pooled = text.pooling == Pooling::mean ? std::ssize(ids) : 1;
    for (int64_t token = last + 1 - pooled; token <= last; ++token)
      pass.wanted.push_back({token, row, 1 / static_cast<double>(pooled)});
  }
  pass.ids.insert(pass.ids.end(), text.special.after.begin(), text.special.after.end());
  return pass;
}

BatchStates run_passes(const Model& model, std::span<const Pass> passes, int64_t rows, const PassOptions& options,
                       const Compute& compute) {
  const auto batches = batches_of(passes, options.tokens_per_batch, causal_tokens(model.spec()));
  const Taps taps{.layers = options.layers, .units = options.units, .predicting_rows = options.predicting_rows};
  return run_batches(model, batches, rows, taps, compute);
}

}  // namespace arcuate
