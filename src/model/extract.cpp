#include "model/extract.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"

namespace arcuate {
namespace {

struct TokenizedWords {
  std::vector<std::vector<int64_t>> ids;
  std::vector<int64_t> counts;
};

TokenizedWords tokenize_words(const Tokenizer& tokenizer, std::span<const std::string> words) {
  TokenizedWords tokens;
  Problems problems("the story cannot be tokenised");
  for (size_t i = 0; i < words.size(); ++i) {
    tokens.ids.push_back(tokenizer.encode_word(words[i], true));
    tokens.counts.push_back(static_cast<int64_t>(tokens.ids.back().size()));
    if (tokens.ids.back().empty()) problems.add("word {} ('{}') has no token", i + 1, words[i]);
  }
  problems.raise();
  return tokens;
}

std::vector<int64_t> start_tokens(const Tokenizer& tokenizer, StartToken choice) {
  if (choice == StartToken::never) return {};
  if (choice == StartToken::from_tokenizer) return tokenizer.template_prefix();
  const auto start = tokenizer.bos();
  if (!start) bad_usage("a start token was asked for, but the tokenizer names none");
  return {*start};
}

int64_t window_tokens(const Window& window, const TokenizedWords& tokens, int64_t prefix) {
  return std::accumulate(tokens.counts.begin() + window.first, tokens.counts.begin() + window.end, prefix);
}

// Windows of similar length together, so that little is padded; the order depends on the story alone.
std::vector<std::vector<size_t>> batches_of(const std::vector<int64_t>& lengths, int64_t tokens_per_batch) {
  std::vector<size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return lengths[a] < lengths[b]; });
  std::vector<std::vector<size_t>> batches;
  for (size_t window : order) {
    const bool full =
        batches.empty() || static_cast<int64_t>(batches.back().size() + 1) * lengths[window] > tokens_per_batch;
    if (full) batches.emplace_back();
    batches.back().push_back(window);
  }
  return batches;
}

struct Batch {
  at::Tensor ids;                  // B x T; shorter windows are filled up on the right, which a causal model cannot see
  std::vector<int64_t> positions;  // flat index (b * T + t) of each wanted word's last token …
  std::vector<int64_t> words;      // … and the word it belongs to
};

Batch make_batch(const std::vector<size_t>& members, const std::vector<Window>& windows,
                 const std::vector<int64_t>& lengths, const TokenizedWords& tokens,
                 const std::vector<int64_t>& prefix) {
  int64_t longest = 0;
  for (size_t window : members) longest = std::max(longest, lengths[window]);
  Batch batch{
      .ids = at::zeros({static_cast<int64_t>(members.size()), longest}, at::kLong), .positions = {}, .words = {}};
  auto* ids = batch.ids.data_ptr<int64_t>();
  for (size_t b = 0; b < members.size(); ++b) {
    const int64_t row = static_cast<int64_t>(b) * longest;
    auto* out = std::copy(prefix.begin(), prefix.end(), ids + row);
    for (int64_t word = windows[members[b]].first; word < windows[members[b]].end; ++word) {
      const auto& word_ids = tokens.ids[static_cast<size_t>(word)];
      out = std::copy(word_ids.begin(), word_ids.end(), out);
      if (word < windows[members[b]].wanted) continue;
      batch.positions.push_back(out - ids - 1);
      batch.words.push_back(word);
    }
  }
  return batch;
}

std::vector<int64_t> all_layers(int64_t layers, Units units) {
  const int64_t first = units == Units::ffn ? 1 : 0;
  std::vector<int64_t> all(static_cast<size_t>(layers + 1 - first));
  std::iota(all.begin(), all.end(), first);
  return all;
}

}  // namespace

Activations extract(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                    const ExtractOptions& options, const Compute& compute) {
  const auto tokens = tokenize_words(tokenizer, words);
  const auto prefix = start_tokens(tokenizer, options.start_token);
  const auto prefix_size = static_cast<int64_t>(prefix.size());
  const auto windows = context_windows(tokens.counts, options.context, model.spec().max_tokens, prefix_size);
  std::vector<int64_t> lengths;
  for (const auto& window : windows) lengths.push_back(window_tokens(window, tokens, prefix_size));
  const auto batches = batches_of(lengths, options.tokens_per_batch);

  Activations result;
  result.layers = options.layers.empty() ? all_layers(model.spec().layers, options.units) : options.layers;
  result.units = options.units;
  result.windows = static_cast<int64_t>(windows.size());
  result.tokens = std::accumulate(lengths.begin(), lengths.end(), int64_t{0});
  const auto layer_count = static_cast<int64_t>(result.layers.size()), word_count = static_cast<int64_t>(words.size());
  std::mutex guard;
  int64_t done = 0;
  parallel_for(static_cast<int64_t>(batches.size()), compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto batch = make_batch(batches[static_cast<size_t>(i)], windows, lengths, tokens, prefix);
    const auto states = model.states(batch.ids, result.layers, options.units);
    const auto from = at::tensor(batch.positions, at::kLong), to = at::tensor(batch.words, at::kLong);
    std::vector<at::Tensor> rows;
    for (const auto& state : states)
      rows.push_back(state.reshape({-1, state.size(-1)}).index_select(0, from.to(state.device())).cpu());
    const std::lock_guard lock(guard);
    if (!result.states.defined())
      result.states = at::zeros({layer_count, word_count, rows.front().size(1)}, rows.front().options());
    for (size_t layer = 0; layer < rows.size(); ++layer)
      result.states[static_cast<int64_t>(layer)].index_copy_(0, to, rows[layer]);
    if (compute.progress) compute.progress(++done, static_cast<int64_t>(batches.size()));
  });
  if (!result.states.defined()) result.states = at::zeros({layer_count, 0, model.spec().block.width});
  return result;
}

}  // namespace arcuate
