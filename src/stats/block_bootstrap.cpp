#include "stats/block_bootstrap.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

static std::vector<int64_t> block_lengths(std::span<const int64_t> stories, int64_t block) {
  std::vector<int64_t> lengths;
  for (const int64_t story : stories)
    for (int64_t first = 0; first < story; first += block) lengths.push_back(std::min(block, story - first));
  return lengths;
}

BlockBootstrap::BlockBootstrap(std::span<const int64_t> story_lengths, const BlockBootstrapOptions& options)
    : level_(options.level) {
  if (options.draws < 1) bad_usage("a bootstrap of {} draws: at least 1 is needed", options.draws);
  if (options.block < 1) bad_usage("blocks of {} volumes: at least 1 is needed", options.block);
  if (!(options.level > 0 && options.level < 1))
    bad_usage("the level of an interval is {}: from 0 to 1", options.level);
  lengths_ = block_lengths(story_lengths, options.block);
  const auto blocks = std::ssize(lengths_);
  counts_ = at::zeros({options.draws, blocks}, at::kDouble);
  Random random(derive_seed(options.seed, "blocks of volumes"));
  auto counts = counts_.accessor<double, 2>();
  for (int64_t draw = 0; draw < options.draws; ++draw)
    for (int64_t b = 0; b < blocks; ++b)
      counts[draw][static_cast<int64_t>(random.below(static_cast<uint64_t>(blocks)))] += 1;
}

Tensor BlockBootstrap::means(const Tensor& series) const {
  std::vector<Tensor> sums;
  for (const auto& block : series.to(at::kDouble).split_with_sizes(lengths_)) sums.push_back(block.sum(0));
  const auto volumes = at::matmul(counts_, index_tensor(lengths_).to(at::kDouble));
  return at::matmul(counts_, at::stack(sums)) / volumes.unsqueeze(1);
}

TargetIntervals BlockBootstrap::interval(const Tensor& draws) const {
  const double tail = (1 - level_) / 2;
  const auto ends = at::quantile(draws, at::tensor({tail, 1 - tail}, at::kDouble), 0);
  return {ends[0], ends[1]};
}

namespace {

// Columns that take about 16 MB with so many values each.
int64_t fitting_columns(int64_t values_of_a_column) {
  constexpr int64_t values = 2 << 20;
  return std::max<int64_t>(1, values / values_of_a_column);
}

// Of columns first … end, a block of them at a time.
TargetIntervals in_blocks(int64_t columns, int64_t width, int threads,
                          const std::function<TargetIntervals(int64_t, int64_t)>& of_block) {
  const int64_t blocks = (columns + width - 1) / width;
  std::vector<Tensor> low(static_cast<size_t>(blocks)), high(low);
  parallel_for(blocks, threads, [&](int64_t b) {
    stop_if_interrupted();
    const auto own = of_block(b * width, std::min((b + 1) * width, columns));
    low[static_cast<size_t>(b)] = own.low;
    high[static_cast<size_t>(b)] = own.high;
  });
  return {at::cat(low), at::cat(high)};
}

// N x T x V -> m x V x N x N, which lie in memory as N x N x m x V.
Tensor drawn_covariances(const Tensor& repeats, const BlockBootstrap& bootstrap) {
  const int64_t count = repeats.size(0), targets = repeats.size(2);
  const auto centred = repeats - repeats.mean(1, true);
  std::vector<Tensor> series;  // each repeat, then the products of pairs
  for (int64_t n = 0; n < count; ++n) series.push_back(centred[n]);
  for (int64_t n = 0; n < count; ++n)
    for (int64_t m = 0; m <= n; ++m) series.push_back(centred[n] * centred[m]);
  const auto means = bootstrap.means(at::cat(series, 1));
  const auto mean = [&](int64_t i) { return means.slice(1, i * targets, (i + 1) * targets); };
  auto covariances = at::empty({count, count, bootstrap.draws(), targets}, at::kDouble);
  int64_t pair = count;
  for (int64_t n = 0; n < count; ++n)
    for (int64_t m = 0; m <= n; ++m) {
      covariances[n][m].copy_(mean(pair++) - mean(n) * mean(m));
      if (m < n) covariances[m][n].copy_(covariances[n][m]);
    }
  return covariances.permute({2, 3, 0, 1});
}

}  // namespace

TargetIntervals correlation_interval(const Tensor& a, const Tensor& b, const BlockBootstrap& bootstrap, int threads) {
  const int64_t width = fitting_columns(5 * (bootstrap.draws() + a.size(0)));
  return in_blocks(a.size(1), width, threads, [&](int64_t first, int64_t end) {
    const auto centred = [&](const Tensor& all) {
      const auto own = all.slice(1, first, end).to(at::kDouble);
      return own - own.mean(0, true);
    };
    const auto x = centred(a), y = centred(b);
    const auto mean_x = bootstrap.means(x), mean_y = bootstrap.means(y);
    const auto xx = bootstrap.means(x * x) - mean_x * mean_x, yy = bootstrap.means(y * y) - mean_y * mean_y;
    return bootstrap.interval((bootstrap.means(x * y) - mean_x * mean_y) / (xx * yy).sqrt());
  });
}

TargetIntervals repeats_interval(const Tensor& repeats, const std::function<Tensor(const Tensor&)>& statistic,
                                 const BlockBootstrap& bootstrap, int threads) {
  const int64_t count = repeats.size(0), pairs = count * (count + 1) / 2;
  const int64_t width = fitting_columns(count * count * bootstrap.draws() + (count + pairs) * repeats.size(1));
  return in_blocks(repeats.size(2), width, threads, [&](int64_t first, int64_t end) {
    const auto own = repeats.slice(2, first, end).to(at::kDouble);
    return bootstrap.interval(statistic(drawn_covariances(own, bootstrap)));
  });
}

}  // namespace arcuate
