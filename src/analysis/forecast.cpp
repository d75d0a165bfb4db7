#include "analysis/forecast.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <numeric>
#include <span>
#include <string>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/tensor.h"
#include "encode/delays.h"
#include "stats/permutation.h"
#include "stats/swap.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void check_states(const char* name, const Tensor& states, int64_t words, Problems& problems) {
  if (states.dim() < 2 || states.size(0) != words)
    return problems.add("{} are {}: expected one row for each of {} words", name, shape_text(states), words);
  const auto bad = at::isfinite(states).logical_not().flatten(1).any(1).nonzero().flatten();
  if (bad.numel() > 0)
    problems.add("{} of {} words hold NaN or infinite values, first those of word {} (counted from 1)", name,
                 bad.numel(), bad[0].item<int64_t>() + 1);
}

void check_input(const ForecastProblem& problem) {
  const auto& timing = problem.timing;
  const auto words = static_cast<int64_t>(timing.times.size()), volumes = static_cast<int64_t>(timing.centres.size());
  Problems problems("the arrays of a forecast do not fit");
  check_states("states", problem.states, words, problems);
  if (problem.ahead.defined()) check_states("states ahead", problem.ahead, words, problems);
  if (problem.continued.defined()) check_states("continued states", problem.continued, words, problems);
  if (problem.responses.rows() != volumes)
    problems.add("responses are {} x {}: expected one row for each of {} volumes", problem.responses.rows(),
                 problem.responses.targets(), volumes);
  if (timing.words.size() != timing.volumes.size())
    problems.add("{} stories of words and {} of volumes", timing.words.size(), timing.volumes.size());
  if (!(timing.tr > 0)) problems.add("a TR of {} s: expected more than 0", timing.tr);
  problems.raise();
}

void check_windows(const ForecastProblem& problem, const std::vector<FutureWindow>& windows,
                   const ForecastOptions& options) {
  const int64_t w = options.windows.window;
  if (w < 1) bad_usage("a window of {} words: at least 1 is needed", w);
  if (options.windows.components < 0) bad_usage("{} components: at least 0 are needed", options.windows.components);
  if (options.delays.empty()) bad_usage("a forecast needs at least one delay; 0 is none");
  int64_t longest = 0;
  for (const auto& story : problem.timing.words) longest = std::max(longest, story.size());
  Problems problems("windows that hold no word of a story", Fault::usage);
  for (const auto& window : windows)
    if (window.kind != Future::random && (window.distance - w + 1 >= longest || window.distance <= -longest))
      problems.add("distance {} with {} words in a window: the longest story has {} words", window.distance, w,
                   longest);
  problems.raise();
}

// What goes into the regressions of each fold: words reduced by what its training words teach, moved to the volumes.
class Designs {
 public:
  Designs(const ForecastProblem& problem, const std::vector<RidgeSplit>& splits, const ForecastOptions& options,
          const Compute& compute)
      : timing_(problem.timing), options_(options), reduced_(splits.size()), present_(splits.size()) {
    const WordSeries words{problem.states, problem.ahead, problem.continued, timing_.words};
    parallel_for(static_cast<int64_t>(splits.size()), compute.threads, [&](int64_t k) {
      within("in outer fold " + std::to_string(k + 1), [&] {
        const auto i = static_cast<size_t>(k);
        const auto training = words_in_volumes(timing_, splits[i].outer.train);
        reduced_[i] = std::make_unique<ReducedWords>(words, training, options.windows);
        present_[i] = to_volumes(reduced_[i]->present());
      });
    });
  }

  Tensor present(size_t fold) const { return delayed(present_[fold], options_.delays, timing_.volumes); }
  Tensor joint(size_t fold, const FutureWindow& window) const {
    const auto both = at::cat({present_[fold], to_volumes(reduced_[fold]->window(window))}, 1);
    return delayed(both, options_.delays, timing_.volumes);
  }

 private:
  Tensor to_volumes(const Tensor& values) const {
    std::vector<Tensor> stories;
    const auto part = [](const std::vector<double>& all, const RowRange& range) {
      return std::span(all).subspan(static_cast<size_t>(range.begin), static_cast<size_t>(range.size()));
    };
    for (size_t s = 0; s < timing_.words.size(); ++s) {
      const auto& words = timing_.words[s];
      stories.push_back(align(values.slice(0, words.begin, words.end), part(timing_.times, words),
                              part(timing_.centres, timing_.volumes[s]), timing_.tr, options_.align));
    }
    return at::cat(stories, 0);
  }

  const ForecastTiming& timing_;
  const ForecastOptions& options_;
  std::vector<std::unique_ptr<ReducedWords>> reduced_;
  std::vector<Tensor> present_;  // T x K each
};

// What is left out of every fold in turn.
struct HeldOut {
  std::vector<PairSums> folds{};
  std::vector<Tensor> predictions{};  // rows of each fold; none unless the options keep them

  // In the order of the splits.
  Tensor rows() const { return at::cat(predictions, 0); }
  // A prediction that does not vary predicts nothing.
  Tensor score(FoldScore rule) const {
    if (rule == FoldScore::joined)
      return at::nan_to_num(pearson(std::accumulate(folds.begin() + 1, folds.end(), folds.front())));
    std::vector<Tensor> r;
    for (const auto& fold : folds) r.push_back(at::nan_to_num(pearson(fold)));
    return at::stack(r).mean(0);
  }
};

// responses: some of `all` targets.
HeldOut hold_out(const std::function<Tensor(size_t)>& design, const Tensor& responses, int64_t all,
                 const std::vector<RidgeSplit>& splits, const RidgeOptions& options, int threads) {
  HeldOut result{.folds = std::vector<PairSums>(splits.size())};
  if (options.keep_predictions) result.predictions.resize(splits.size());
  parallel_for(static_cast<int64_t>(splits.size()), threads, [&](int64_t k) {
    stop_if_interrupted();
    const auto i = static_cast<size_t>(k);
    const RidgeProblem problem{.bands = {design(i)}, .responses = responses, .of_targets = all};
    const auto fit = ridge_cross_validated(problem, {splits[i]}, options, {});
    result.folds[i] = fit.sums;
    if (options.keep_predictions)
      result.predictions[i] = fit.predictions.index_select(0, index_tensor(splits[i].outer.test));
  });
  return result;
}

// Blocks of the swap test end where a fold's test rows or a story's volumes end.
std::vector<int64_t> held_out_lengths(const std::vector<RidgeSplit>& splits, std::span<const RowRange> stories) {
  std::vector<int64_t> lengths;
  for (const auto& split : splits)
    for (const auto& story : stories) {
      const auto inside = std::count_if(split.outer.test.begin(), split.outer.test.end(),
                                        [&](int64_t row) { return row >= story.begin && row < story.end; });
      if (inside > 0) lengths.push_back(inside);
    }
  return lengths;
}

Tensor swap_p(const Tensor& responses, const Tensor& joint, const Tensor& present, std::span<const int64_t> lengths,
              const ForecastOptions& options) {
  const int64_t longest_delay = *std::max_element(options.delays.begin(), options.delays.end());
  const SwapOptions swap{.count = options.swaps,
                         .block = std::max<int64_t>(1, longest_delay + 10),
                         .seed = derive_seed(options.seed, "forecast swaps")};
  const auto observed = at::nan_to_num(pearson(responses, joint)) - at::nan_to_num(pearson(responses, present));
  return permutation_p(observed, swap_null(responses, joint, present, lengths, swap));
}

// Good targets, so many at a time.
std::vector<Tensor> target_blocks(const std::vector<Flag>& flags, int64_t width) {
  std::vector<int64_t> good;
  for (size_t v = 0; v < flags.size(); ++v)
    if (flags[v] == Flag::ok) good.push_back(static_cast<int64_t>(v));
  const auto all = index_tensor(good);
  std::vector<Tensor> blocks;
  for (int64_t first = 0; first < all.numel(); first += width) blocks.push_back(all.slice(0, first, first + width));
  return blocks;
}

Tensor held_out_rows(const std::vector<RidgeSplit>& splits) {
  std::vector<int64_t> rows;
  for (const auto& split : splits) rows.insert(rows.end(), split.outer.test.begin(), split.outer.test.end());
  return index_tensor(rows);
}

ForecastScores empty_scores(const ResponseMatrix& responses, int64_t windows, bool swaps) {
  const auto many = [&] { return at::full({windows, responses.targets()}, nan, at::kDouble); };
  return {.present = at::full({responses.targets()}, nan, at::kDouble),
          .joint = many(),
          .p = swaps ? many() : Tensor(),
          .flags = flag_targets(responses, {})};
}

}  // namespace

Tensor ForecastScores::forecast() const { return joint - present.unsqueeze(0); }

ForecastScores forecast_scores(const ForecastProblem& problem, const std::vector<FutureWindow>& windows,
                               const std::vector<RidgeSplit>& splits, const ForecastOptions& options,
                               const Compute& compute) {
  check_input(problem);
  check_windows(problem, windows, options);
  const auto count = static_cast<int64_t>(windows.size());
  const bool swaps = options.swaps > 0;
  auto ridge = options.ridge;
  ridge.keep_predictions = swaps;
  auto scores = empty_scores(problem.responses, count, swaps);
  const auto blocks =
      target_blocks(scores.flags, swaps ? targets_of_a_part : options.columns);  // predictions are kept for swaps
  const auto good = std::count(scores.flags.begin(), scores.flags.end(), Flag::ok);
  const auto rows = held_out_rows(splits);
  const auto lengths = held_out_lengths(splits, problem.timing.volumes);
  const Designs designs(problem, splits, options, compute);
  std::mutex guard;
  int64_t done = 0;
  for (const auto& columns : blocks) {
    const auto responses = problem.responses.columns(columns);
    const auto present =
        hold_out([&](size_t k) { return designs.present(k); }, responses, good, splits, ridge, compute.threads);
    scores.present.index_copy_(0, columns, present.score(options.score));
    parallel_for(count, compute.threads, [&](int64_t i) {
      const auto& window = windows[static_cast<size_t>(i)];
      const auto joint =
          hold_out([&](size_t k) { return designs.joint(k, window); }, responses, good, splits, ridge, 1);
      scores.joint.select(0, i).index_copy_(0, columns, joint.score(options.score));
      if (swaps)
        scores.p.select(0, i).index_copy_(
            0, columns, swap_p(responses.index_select(0, rows), joint.rows(), present.rows(), lengths, options));
      const std::lock_guard lock(guard);
      if (compute.progress) compute.progress(++done, static_cast<int64_t>(blocks.size()) * count);
    });
  }
  return scores;
}

std::vector<bool> words_in_volumes(const ForecastTiming& timing, std::span<const int64_t> rows) {
  std::vector<bool> kept(timing.centres.size(), false), inside(timing.times.size(), false);
  for (const int64_t row : rows) kept[static_cast<size_t>(row)] = true;
  for (size_t s = 0; s < timing.words.size(); ++s) {
    const auto first = timing.centres.begin() + timing.volumes[s].begin,
               last = timing.centres.begin() + timing.volumes[s].end;
    for (int64_t n = timing.words[s].begin; n < timing.words[s].end; ++n) {
      const double time = timing.times[static_cast<size_t>(n)];
      // The last volume that begins at or before the word.
      const auto next = std::upper_bound(first, last, time + timing.tr / 2);
      if (next == first || time >= *std::prev(next) + timing.tr / 2) continue;
      inside[static_cast<size_t>(n)] = kept[static_cast<size_t>(std::prev(next) - timing.centres.begin())];
    }
  }
  return inside;
}

double seconds_per_word(const ForecastTiming& timing) {
  double seconds = 0;
  int64_t steps = 0;
  for (const auto& story : timing.words) {
    if (story.size() < 2) continue;
    seconds += timing.times[static_cast<size_t>(story.end - 1)] - timing.times[static_cast<size_t>(story.begin)];
    steps += story.size() - 1;
  }
  return steps > 0 ? seconds / static_cast<double>(steps) : nan;
}

Tensor syntactic_part(const Tensor& twins) {
  if ((twins.dim() != 3 && twins.dim() != 4) || twins.size(0) == 0)
    bad_input("twins are {}: expected twins x words x features, or twins x words x words ahead x features",
              shape_text(twins));
  return twins.mean(0, false, at::kDouble);
}

}  // namespace arcuate
