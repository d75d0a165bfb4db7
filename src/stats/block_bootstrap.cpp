#include "stats/block_bootstrap.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

#include "core/error.h"
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

// Columns of `width` values for each draw that take about 64 MB.
static int64_t fitting_columns(int64_t draws, int64_t width) {
  constexpr int64_t values = 8 << 20;
  return std::max<int64_t>(1, values / (draws * width));
}

static TargetIntervals joined(const std::vector<TargetIntervals>& parts) {
  std::vector<Tensor> low, high;
  for (const auto& part : parts) {
    low.push_back(part.low);
    high.push_back(part.high);
  }
  return {at::cat(low), at::cat(high)};
}

TargetIntervals correlation_interval(const Tensor& a, const Tensor& b, const BlockBootstrap& bootstrap) {
  const int64_t width = fitting_columns(bootstrap.draws(), 8);
  std::vector<TargetIntervals> parts;
  for (int64_t first = 0; first < a.size(1); first += width) {
    const auto centred = [&](const Tensor& all) {
      const auto own = all.slice(1, first, first + width).to(at::kDouble);
      return own - own.mean(0, true);
    };
    const auto x = centred(a), y = centred(b);
    const auto mean_x = bootstrap.means(x), mean_y = bootstrap.means(y);
    const auto xx = bootstrap.means(x * x) - mean_x * mean_x, yy = bootstrap.means(y * y) - mean_y * mean_y;
    parts.push_back(bootstrap.interval((bootstrap.means(x * y) - mean_x * mean_y) / (xx * yy).sqrt()));
  }
  return joined(parts);
}

// V columns -> m x V x N x N.
static Tensor drawn_covariances(const Tensor& repeats, const BlockBootstrap& bootstrap) {
  const int64_t count = repeats.size(0), targets = repeats.size(2);
  const auto centred = repeats - repeats.mean(1, true);
  std::vector<Tensor> means;
  for (int64_t n = 0; n < count; ++n) means.push_back(bootstrap.means(centred[n]));
  auto covariances = at::empty({bootstrap.draws(), targets, count, count}, at::kDouble);
  for (int64_t n = 0; n < count; ++n)
    for (int64_t m = 0; m <= n; ++m) {
      const auto covariance =
          bootstrap.means(centred[n] * centred[m]) - means[static_cast<size_t>(n)] * means[static_cast<size_t>(m)];
      covariances.select(-1, n).select(-1, m).copy_(covariance);
      covariances.select(-1, m).select(-1, n).copy_(covariance);
    }
  return covariances;
}

TargetIntervals repeats_interval(const Tensor& repeats, const std::function<Tensor(const Tensor&)>& statistic,
                                 const BlockBootstrap& bootstrap) {
  const int64_t width = fitting_columns(bootstrap.draws(), 2 * repeats.size(0) * repeats.size(0));
  std::vector<TargetIntervals> parts;
  for (int64_t first = 0; first < repeats.size(2); first += width) {
    const auto own = repeats.slice(2, first, first + width).to(at::kDouble);
    parts.push_back(bootstrap.interval(statistic(drawn_covariances(own, bootstrap))));
  }
  return joined(parts);
}

}  // namespace arcuate
