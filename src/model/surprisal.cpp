#include "model/surprisal.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "model/weight_source.h"

namespace arcuate {
namespace {

constexpr int64_t block = 64;  // tokens whose predictions are made at once
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Of each token, in nats, by the states before them; sums over the vocabulary in float64. The blocks do not depend on
// the number of threads.
WordPredictions token_predictions(const ModelWeights& head, const at::Tensor& states, const FlatTokens& flat,
                                  const Compute& compute) {
  const auto tokens = std::ssize(flat.ids);
  const auto ids = at::tensor(flat.ids, at::kLong).unsqueeze(1);
  WordPredictions result{at::empty({tokens}, at::kDouble), at::empty({tokens}, at::kDouble)};
  parallel_for((tokens + block - 1) / block, compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const int64_t first = i * block, end = std::min(first + block, tokens);
    const auto logs = model_logits(head, states.slice(0, first, end)).cpu().to(at::kDouble).log_softmax(-1);
    result.surprisal.slice(0, first, end).copy_(-logs.gather(1, ids.slice(0, first, end)).squeeze(1));
    result.entropy.slice(0, first, end).copy_(-(logs.exp() * logs.clamp_min(-1e4)).sum(-1));  // 0 log 0 is 0
  });
  return result;
}

// The head is read when all states are there.
void check_head(const Model& model, int threads) {
  constexpr int64_t megabyte = 1'000'000, copies = 4;  // of logits, in float64
  const auto& source = model.source();
  const int64_t stage = model.spec().layers + 2;
  const int64_t work = threads * block * model.spec().vocabulary * copies * 8;
  const int64_t least = resident_bytes() + source.stage_bytes(stage) + std::max(source.reading_bytes(), work);
  if (least > model.memory())
    bad_usage("surprisal needs the model's next-token head at once, {} MB in all; the limit is {} MB", least / megabyte,
              model.memory() / megabyte);
}

// Of a word whose last token is `last` of a pass: the token before each of its tokens, if there is one.
void add_before(int64_t last, int64_t word, const FlatTokens& flat, std::vector<Pass::Wanted>& predicting) {
  const auto first = flat.first[static_cast<size_t>(word)], end = flat.first[static_cast<size_t>(word) + 1];
  const int64_t begin = last + 1 - (end - first);
  if (begin == 0) return;
  for (int64_t i = first; i < end; ++i) predicting.push_back({begin - 1 + i - first, i});
}

}  // namespace

FlatTokens flatten(std::span<const std::vector<int64_t>> words) {
  FlatTokens flat;
  for (const auto& word : words) {
    flat.ids.insert(flat.ids.end(), word.begin(), word.end());
    flat.first.push_back(std::ssize(flat.ids));
  }
  return flat;
}

void add_predicting(std::span<Pass> passes, const FlatTokens& flat) {
  for (auto& pass : passes)
    for (size_t i = 0; i < pass.wanted.size(); ++i) {
      const auto& wanted = pass.wanted[i];
      const bool is_last = i + 1 == pass.wanted.size() || pass.wanted[i + 1].row != wanted.row;
      if (is_last) add_before(wanted.token, wanted.row, flat, pass.predicting);
    }
}

WordPredictions predictions_of(const Model& model, const FlatTokens& flat, std::span<const Pass> passes,
                               const at::Tensor& states, const Compute& compute) {
  std::vector<bool> predicted(flat.ids.size(), false);
  for (const auto& pass : passes)
    for (const auto& token : pass.predicting) predicted[static_cast<size_t>(token.row)] = true;
  const auto of_tokens = token_predictions(model.head(), states, flat, compute);
  const auto words = flat.first.size() - 1;
  const auto nothing = at::full({static_cast<int64_t>(words)}, missing, at::kDouble);
  WordPredictions result{nothing.clone(), nothing.clone()};
  const auto* surprisal = of_tokens.surprisal.data_ptr<double>();
  const auto* entropy = of_tokens.entropy.data_ptr<double>();
  for (size_t word = 0; word < words; ++word) {
    const auto first = flat.first[word], end = flat.first[word + 1];
    if (first == end || !predicted[static_cast<size_t>(first)]) continue;
    const auto place = static_cast<int64_t>(word);
    result.surprisal[place] = std::accumulate(surprisal + first, surprisal + end, 0.0) / std::log(2.0);
    result.entropy[place] = entropy[first] / std::log(2.0);
  }
  return result;
}

void check_predicts(const Model& model, int threads) {
  if (model.spec().head == Head::none)
    bad_usage("surprisal needs a model that predicts the next word; {} has no next-token head", model.spec().family);
  if (model.is_streamed()) check_head(model, threads);
}

}  // namespace arcuate
