#include "stats/paired_blocks.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

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
  Tensor r_a{}, r_b{};  // draws x b; where the first row of signs exchanges nothing, that of the results is observed
};

// Mean 0 and variance 1 over all rows; 0 where constant.
Tensor z_scored(const Tensor& x) {
  const auto centred = x - x.mean(0), deviation = centred.square().mean(0).sqrt();
  return at::where(deviation > no_variance * x.abs().amax(0), centred / deviation, at::zeros_like(centred));
}

// What draws need to know of some columns.
class BlockSums {
 public:
  BlockSums(const PairedColumns& raw, const std::vector<RowBlock>& blocks)
      : rows_(static_cast<double>(raw.responses.size(0))) {
    const auto y = z_scored(raw.responses.to(at::kDouble)) / std::sqrt(rows_);
    const auto a = z_scored(raw.a.to(at::kDouble)), b = z_scored(raw.b.to(at::kDouble));
    sum_ = exchange_of(a, b, blocks);
    square_ = exchange_of(a.square(), b.square(), blocks);
    product_ = exchange_of(y * a, y * b, blocks);
    const auto finite = at::isfinite(raw.responses.sum(0) + raw.a.sum(0) + raw.b.sum(0));
    const auto testable = at::logical_and(finite, at::logical_and(y.square().sum(0) > 0, square_.middle > 0));
    gap_ = at::where(testable, at::zeros_like(square_.middle), at::full_like(square_.middle, nan));
  }

  // signs: draws x K.
  Differences drawn(const Tensor& signs) const {
    const auto s = signs.mm(sum_.half_difference), q = signs.mm(square_.half_difference),
               p = signs.mm(product_.half_difference);
    return {.r_a = correlation(sum_.middle + s, square_.middle + q, product_.middle + p, rows_) + gap_,
            .r_b = correlation(sum_.middle - s, square_.middle - q, product_.middle - p, rows_) + gap_};
  }

 private:
  double rows_;
  Exchange sum_{}, square_{}, product_{};
  Tensor gap_{};  // NaN where there is no test, else 0
};

// The test of columns of draws (the first row is the observed one); `largest` (one a draw) grows with them.
struct Tested {
  Tensor p{}, in_deviations{}, deviation{};  // b
};
Tested test_columns(const Tensor& differences, Alternative alternative, std::vector<double>& largest) {
  const int64_t draws = differences.size(0) - 1, columns = differences.size(1);
  const auto deviation = differences.square().mean(0).sqrt();  // the mean over all draws is 0
  const auto scaled = (differences / deviation).contiguous();
  Tested result{.p = at::full({columns}, nan, at::kDouble), .in_deviations = scaled[0].clone(), .deviation = deviation};
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

// The map of each draw on its surface, of which only the largest value is kept: all columns of one draw at a time.
class EnhancedDraws {
 public:
  EnhancedDraws(const std::vector<BlockSums>& parts, const Tensor& deviation, const TfceSurface& surface)
      : parts_(parts), deviation_(deviation), surface_(surface) {}

  // signs: 1 x K.
  Tensor map(const Tensor& signs) const {
    std::vector<Tensor> differences;
    for (const auto& part : parts_) {
      const auto drawn = part.drawn(signs);
      differences.push_back((drawn.r_a - drawn.r_b)[0]);
    }
    return tfce(at::cat(differences) / deviation_, surface_);
  }

  // One a draw; the first row of signs is none.
  std::vector<double> largest(const Tensor& signs, Alternative alternative, int threads) const {
    auto tops = no_largest(signs.size(0) - 1);
    parallel_for(std::ssize(tops), threads, [&](int64_t d) {
      for (const double value : to_vector(map(signs.slice(0, d + 1, d + 2))))
        if (!std::isnan(value))
          tops[static_cast<size_t>(d)] = std::max(tops[static_cast<size_t>(d)], oriented(value, alternative));
    });
    return tops;
  }

 private:
  const std::vector<BlockSums>& parts_;
  const Tensor deviation_;  // V
  const TfceSurface& surface_;
};

void check(const PairedBlockOptions& options, int64_t voxels) {
  if (options.block < 1 || options.draws < 1)
    bad_usage("blocks of at least 1 row and at least 1 draw are needed, found {} and {}", options.block, options.draws);
  if (options.surface && options.surface->vertices() != voxels)
    bad_input("the surface has {} vertices and the responses have {} targets", options.surface->vertices(), voxels);
}

}  // namespace

PairedBlockResult paired_block_test(const PairedSource& source, int64_t voxels, std::span<const int64_t> story_lengths,
                                    std::span<const int64_t> region_of, const PairedBlockOptions& options,
                                    const Compute& compute) {
  check(options, voxels);
  const auto blocks = row_blocks(story_lengths, options.block);
  SignPatterns patterns(std::ssize(blocks), options.draws, options.seed);
  const auto signs = signs_of(patterns, std::ssize(blocks));
  auto largest = no_largest(patterns.draws());
  auto regions = no_sums(region_of, signs.size(0));
  std::vector<Tensor> r_a, r_b, p, scaled, deviation;
  std::vector<BlockSums> kept;  // where draws are looked at again
  const int64_t step = columns_a_time * std::max(1, compute.threads);
  for (int64_t first = 0; first < voxels; first += step) {
    const int64_t parts = (std::min(step, voxels - first) + columns_a_time - 1) / columns_a_time;
    std::vector<Differences> drawn(static_cast<size_t>(parts));
    std::vector<std::optional<BlockSums>> sums(drawn.size());
    parallel_for(parts, compute.threads, [&](int64_t part) {
      const int64_t begin = first + part * columns_a_time, end = std::min(voxels, begin + columns_a_time);
      const auto i = static_cast<size_t>(part);
      sums[i].emplace(source(begin, end), blocks);
      drawn[i] = sums[i]->drawn(signs);
    });
    for (int64_t part = 0; part < parts; ++part) {  // in order, so that sums do not depend on threads
      const auto& own = drawn[static_cast<size_t>(part)];
      const auto tested = test_columns(own.r_a - own.r_b, options.alternative, largest);
      if (!region_of.empty()) regions.add(own, first + part * columns_a_time, region_of);
      r_a.push_back(own.r_a[0].clone());
      r_b.push_back(own.r_b[0].clone());
      p.push_back(tested.p);
      scaled.push_back(tested.in_deviations);
      deviation.push_back(tested.deviation);
      if (options.surface) kept.push_back(std::move(*sums[static_cast<size_t>(part)]));
    }
  }
  PairedBlockResult result{.region_sizes = regions.sizes,
                           .blocks = std::ssize(blocks),
                           .draws = patterns.draws(),
                           .exhaustive = patterns.exhaustive()};
  result.voxels = {.r_a = at::cat(r_a), .r_b = at::cat(r_b), .p = at::cat(p)};
  result.voxels.difference = result.voxels.r_a - result.voxels.r_b;
  if (options.surface) {
    const EnhancedDraws enhanced(kept, at::cat(deviation), *options.surface);
    result.voxels.enhanced = enhanced.map(signs.slice(0, 0, 1));
    largest = enhanced.largest(signs, options.alternative, compute.threads);
  }
  result.voxels.corrected =
      family_wise_p(options.surface ? result.voxels.enhanced : at::cat(scaled), largest, options.alternative);
  if (!region_of.empty()) result.regions = test_regions(regions, options.alternative);
  return result;
}

}  // namespace arcuate
