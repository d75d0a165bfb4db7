#include "stats/paired_blocks.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "stats/sign_patterns.h"
#include "stats/swap.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double tie = 1e-12;            // of differences of r that were summed in another order
constexpr double no_variance = 1e-12;    // what rounding leaves of a constant, relative to it
constexpr int64_t columns_a_time = 512;  // fixed, so that products have the same bytes on any number of threads

// K x b: sums over the rows of each block.
Tensor sums_of_blocks(const Tensor& x, const std::vector<RowBlock>& blocks) {
  std::vector<Tensor> sums;
  for (const auto& [begin, end] : blocks) sums.push_back(x.slice(0, begin, end).sum(0));
  return at::stack(sums);
}

// What a swap moves between the predictions: a sum over all rows is middle + signed for one and middle - signed for the
// other, where signed is the sum over blocks of sign times half the difference.
struct Exchange {
  Tensor middle{};           // b
  Tensor half_difference{};  // K x b
};
Exchange exchange_of(const Tensor& of_a, const Tensor& of_b, const std::vector<RowBlock>& blocks) {
  return {.middle = (of_a.sum(0) + of_b.sum(0)) / 2, .half_difference = sums_of_blocks(of_a - of_b, blocks) / 2};
}

// r from sums of p, p^2 and y p over T rows; y has mean 0 and length 1.
Tensor correlation(const Tensor& sum, const Tensor& square, const Tensor& product, double rows) {
  const auto variance = square - sum.square() / rows;
  return at::where(variance > no_variance * rows, product / variance.sqrt(), at::zeros_like(product));
}

struct Differences {
  Tensor r_a{}, r_b{};  // draws + 1 x b; the first row is the observed one
};

// Mean 0 and variance 1 over all rows; 0 where constant.
Tensor z_scored(const Tensor& x) {
  const auto centred = x - x.mean(0), deviation = centred.square().mean(0).sqrt();
  return at::where(deviation > no_variance * x.abs().amax(0), centred / deviation, at::zeros_like(centred));
}

// signs: draws + 1 x K.
Differences drawn_differences(const PairedColumns& raw, const std::vector<RowBlock>& blocks, const Tensor& signs) {
  const auto rows = static_cast<double>(raw.responses.size(0));
  const auto y = z_scored(raw.responses.to(at::kDouble)) / std::sqrt(rows);
  const auto a = z_scored(raw.a.to(at::kDouble)), b = z_scored(raw.b.to(at::kDouble));
  const auto sum = exchange_of(a, b, blocks), square = exchange_of(a.square(), b.square(), blocks),
             product = exchange_of(y * a, y * b, blocks);
  const auto s = signs.mm(sum.half_difference), q = signs.mm(square.half_difference),
             p = signs.mm(product.half_difference);
  const auto finite = at::isfinite(raw.responses.sum(0) + raw.a.sum(0) + raw.b.sum(0));
  const auto testable = at::logical_and(finite, at::logical_and(y.square().sum(0) > 0, square.middle > 0));
  const auto gap = at::where(testable, at::zeros_like(square.middle), at::full_like(square.middle, nan));
  return {.r_a = correlation(sum.middle + s, square.middle + q, product.middle + p, rows) + gap,
          .r_b = correlation(sum.middle - s, square.middle - q, product.middle - p, rows) + gap};
}

// The test of columns of draws (the first row is the observed one); `largest` (one a draw) grows with them.
struct Tested {
  Tensor p{}, in_deviations{};  // b
};
Tested test_columns(const Tensor& differences, Alternative alternative, std::vector<double>& largest) {
  const int64_t draws = differences.size(0) - 1, columns = differences.size(1);
  const auto deviation = differences.square().mean(0).sqrt();  // the mean over all draws is 0
  const auto scaled = (differences / deviation).contiguous();
  Tested result{.p = at::full({columns}, nan, at::kDouble), .in_deviations = scaled[0].clone()};
  const auto *value = scaled.data_ptr<double>(), *unit = deviation.data_ptr<double>();
  for (int64_t v = 0; v < columns; ++v) {
    if (std::isnan(value[v])) continue;
    const double observed = oriented(value[v], alternative) - tie / unit[v];
    int64_t beaten = 0;
    for (int64_t d = 1; d <= draws; ++d) {
      const double drawn = oriented(value[d * columns + v], alternative);
      beaten += drawn >= observed;
      auto& top = largest[static_cast<size_t>(d - 1)];
      top = std::max(top, drawn);
    }
    result.p.data_ptr<double>()[v] = static_cast<double>(beaten + 1) / static_cast<double>(draws + 1);
  }
  return result;
}

std::vector<double> no_largest(int64_t draws) {
  return std::vector<double>(static_cast<size_t>(draws), -std::numeric_limits<double>::infinity());
}

// Sums over the voxels of each region of what was drawn: draws + 1 x G.
struct RegionSums {
  Tensor r_a{}, r_b{};
  std::vector<int64_t> sizes{};

  void add(const Differences& drawn, int64_t begin, std::span<const int64_t> region_of) {
    for (int64_t v = 0; v < drawn.r_a.size(1); ++v) {
      const int64_t region = region_of[static_cast<size_t>(begin + v)];
      if (region < 0 || std::isnan(drawn.r_a[0][v].item<double>())) continue;
      r_a.select(1, region) += drawn.r_a.select(1, v);
      r_b.select(1, region) += drawn.r_b.select(1, v);
      ++sizes[static_cast<size_t>(region)];
    }
  }
};

RegionSums no_sums(std::span<const int64_t> region_of, int64_t rows) {
  const int64_t regions = region_of.empty() ? 0 : *std::max_element(region_of.begin(), region_of.end()) + 1;
  return {.r_a = at::zeros({rows, regions}, at::kDouble),
          .r_b = at::zeros({rows, regions}, at::kDouble),
          .sizes = std::vector<int64_t>(static_cast<size_t>(std::max<int64_t>(0, regions)), 0)};
}

PairedScores test_regions(const RegionSums& sums, Alternative alternative) {
  const auto size = at::tensor(sums.sizes, at::kLong).to(at::kDouble);
  const auto r_a = sums.r_a / size, r_b = sums.r_b / size;  // NaN for a region without a voxel
  PairedScores scores{.r_a = r_a[0], .r_b = r_b[0], .difference = r_a[0] - r_b[0]};
  auto largest = no_largest(r_a.size(0) - 1);
  const auto tested = test_columns(r_a - r_b, alternative, largest);
  scores.p = tested.p;
  scores.corrected = family_wise_p(tested.in_deviations, largest, alternative);
  return scores;
}

Tensor signs_of(SignPatterns& patterns, int64_t blocks) {
  auto signs = std::vector<double>(static_cast<size_t>(blocks), 1.0);  // nothing is exchanged
  const auto drawn = patterns.next(patterns.draws());
  signs.insert(signs.end(), drawn.begin(), drawn.end());
  return to_tensor(signs).view({-1, blocks});
}

}  // namespace

PairedBlockResult paired_block_test(const PairedSource& source, int64_t voxels, std::span<const int64_t> story_lengths,
                                    std::span<const int64_t> region_of, const PairedBlockOptions& options,
                                    const Compute& compute) {
  if (options.block < 1 || options.draws < 1)
    bad_usage("blocks of at least 1 row and at least 1 draw are needed, found {} and {}", options.block, options.draws);
  const auto blocks = row_blocks(story_lengths, options.block);
  SignPatterns patterns(std::ssize(blocks), options.draws, options.seed);
  const auto signs = signs_of(patterns, std::ssize(blocks));
  auto largest = no_largest(patterns.draws());
  auto regions = no_sums(region_of, signs.size(0));
  std::vector<Tensor> r_a, r_b, p, scaled;
  const int64_t step = columns_a_time * std::max(1, compute.threads);
  for (int64_t first = 0; first < voxels; first += step) {
    const int64_t parts = (std::min(step, voxels - first) + columns_a_time - 1) / columns_a_time;
    std::vector<Differences> drawn(static_cast<size_t>(parts));
    parallel_for(parts, compute.threads, [&](int64_t part) {
      const int64_t begin = first + part * columns_a_time, end = std::min(voxels, begin + columns_a_time);
      drawn[static_cast<size_t>(part)] = drawn_differences(source(begin, end), blocks, signs);
    });
    for (int64_t part = 0; part < parts; ++part) {  // in order, so that sums do not depend on threads
      const auto& own = drawn[static_cast<size_t>(part)];
      const auto tested = test_columns(own.r_a - own.r_b, options.alternative, largest);
      if (!region_of.empty()) regions.add(own, first + part * columns_a_time, region_of);
      r_a.push_back(own.r_a[0].clone());
      r_b.push_back(own.r_b[0].clone());
      p.push_back(tested.p);
      scaled.push_back(tested.in_deviations);
    }
  }
  PairedBlockResult result{.region_sizes = regions.sizes,
                           .blocks = std::ssize(blocks),
                           .draws = patterns.draws(),
                           .exhaustive = patterns.exhaustive()};
  result.voxels = {.r_a = at::cat(r_a), .r_b = at::cat(r_b), .p = at::cat(p)};
  result.voxels.difference = result.voxels.r_a - result.voxels.r_b;
  result.voxels.corrected = family_wise_p(at::cat(scaled), largest, options.alternative);
  if (!region_of.empty()) result.regions = test_regions(regions, options.alternative);
  return result;
}

}  // namespace arcuate
