#include "model/passes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "model/streamed_passes.h"

namespace arcuate {
// The order depends on the passes alone. Few passes are cut into batches that keep several threads busy.
std::vector<std::vector<size_t>> batches_of(std::span<const Pass> passes, int64_t tokens_per_batch, int64_t causal) {
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

PassBatch make_batch(const std::vector<size_t>& members, std::span<const Pass> passes) {
  const int64_t longest = std::ssize(passes[members.back()].ids);
  PassBatch batch{.ids = at::zeros({std::ssize(members), longest}, at::kLong), .tokens = {}, .rows = {}};
  auto* ids = batch.ids.data_ptr<int64_t>();
  for (size_t b = 0; b < members.size(); ++b) {
    const auto& pass = passes[members[b]];
    const int64_t begin = static_cast<int64_t>(b) * longest;
    std::copy(pass.ids.begin(), pass.ids.end(), ids + begin);
    for (const auto& wanted : pass.wanted) {
      batch.tokens.push_back(begin + wanted.token);
      batch.rows.push_back(wanted.row);
    }
  }
  return batch;
}

std::vector<std::vector<int64_t>> tokenize_words(const Tokenizer& tokenizer, std::span<const std::string> words) {
  std::vector<std::vector<int64_t>> tokens;
  Problems problems("the story cannot be tokenised");
  for (size_t i = 0; i < words.size(); ++i) {
    tokens.push_back(tokenizer.encode_word(words[i], true));
    if (tokens.back().empty()) problems.add("word {} ('{}') has no token", i + 1, words[i]);
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

Pass window_pass(const Window& window, std::span<const std::span<const int64_t>> words, const SpecialTokens& special,
                 int64_t first_row) {
  Pass pass{.ids = special.before, .wanted = {}};
  for (int64_t word = window.first; word < window.end + window.after; ++word) {
    const auto& ids = words[static_cast<size_t>(word)];
    pass.ids.insert(pass.ids.end(), ids.begin(), ids.end());
    if (word >= window.wanted && word < window.end)
      pass.wanted.push_back({std::ssize(pass.ids) - 1, first_row + word - window.wanted});
  }
  pass.ids.insert(pass.ids.end(), special.after.begin(), special.after.end());
  return pass;
}

at::Tensor run_passes(const Model& model, std::span<const Pass> passes, int64_t rows, const PassOptions& options,
                      const Compute& compute) {
  if (model.is_streamed() && !passes.empty()) return stream_passes(model, passes, rows, options, compute);
  const auto batches = batches_of(passes, options.tokens_per_batch, causal_tokens(model.spec()));
  const auto layers = std::ssize(options.layers);
  at::Tensor result;
  std::mutex guard;
  int64_t done = 0;
  parallel_for(std::ssize(batches), compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto batch = make_batch(batches[static_cast<size_t>(i)], passes);
    const auto states = model.states(batch.ids, options.layers, options.units);
    const auto from = at::tensor(batch.tokens, at::kLong), to = at::tensor(batch.rows, at::kLong);
    std::vector<at::Tensor> wanted;
    for (const auto& state : states)
      wanted.push_back(state.reshape({-1, state.size(-1)}).index_select(0, from.to(state.device())).cpu());
    const std::lock_guard lock(guard);
    if (!result.defined()) result = at::zeros({layers, rows, wanted.front().size(1)}, wanted.front().options());
    for (size_t layer = 0; layer < wanted.size(); ++layer)
      result[static_cast<int64_t>(layer)].index_copy_(0, to, wanted[layer]);
    if (compute.progress) compute.progress(++done, std::ssize(batches));
  });
  return result.defined() ? result : at::zeros({layers, rows, model.spec().block.width});
}

}  // namespace arcuate
