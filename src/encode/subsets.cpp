#include "encode/subsets.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/random.h"

namespace arcuate {

using Units = std::vector<std::vector<int64_t>>;

// Appends the rows of one story as chunks, or whole.
static void append_units(std::span<const int64_t> rows, int64_t chunk, Units& units) {
  const auto count = static_cast<int64_t>(rows.size());
  const int64_t pieces = chunk > 0 ? std::max<int64_t>(1, count / chunk) : 1;
  for (int64_t i = 0; count > 0 && i < pieces; ++i)
    units.emplace_back(rows.begin() + i * chunk, i + 1 < pieces ? rows.begin() + (i + 1) * chunk : rows.end());
}

Units training_units(std::span<const int64_t> rows, std::span<const RowRange> stories, int64_t chunk) {
  Units units;
  for (const auto& story : stories) {
    const auto first = std::lower_bound(rows.begin(), rows.end(), story.begin),
               last = std::lower_bound(first, rows.end(), story.end);
    append_units({first, last}, chunk, units);
  }
  return units;
}

std::vector<int64_t> subset_counts(const std::vector<int64_t>& counts, int64_t units) {
  std::vector<int64_t> sorted = counts;
  if (sorted.empty()) {
    for (int64_t n = 1; n < units; n *= 2) sorted.push_back(n);
    sorted.push_back(units);
  }
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.front() < 1 || sorted.back() > units)
    bad_usage("subsets of {} to {} units are asked for, but there are {} units of training data (stories, or chunks)",
              sorted.front(), sorted.back(), units);
  return sorted;
}

namespace {

struct Split {
  Units units{};
  std::vector<int64_t> test{};
};

std::vector<Split> cut(const std::vector<Fold>& outer, std::span<const RowRange> stories, int64_t chunk) {
  std::vector<Split> splits;
  for (const auto& fold : outer) splits.push_back({training_units(fold.train, stories, chunk), fold.test});
  return splits;
}

int64_t fewest_units(const std::vector<Split>& splits) {
  size_t fewest = splits.front().units.size();
  for (const auto& split : splits) fewest = std::min(fewest, split.units.size());
  return static_cast<int64_t>(fewest);
}

// The rows of the first `count` units of an order, ascending.
std::vector<int64_t> subset_rows(const Units& units, std::span<const int64_t> order, int64_t count) {
  std::vector<int64_t> rows;
  for (const int64_t unit : order.first(static_cast<size_t>(count))) {
    const auto& own = units[static_cast<size_t>(unit)];
    rows.insert(rows.end(), own.begin(), own.end());
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

// An order of the units for each split.
std::vector<std::vector<int64_t>> draw_orders(const std::vector<Split>& splits, uint64_t seed, int64_t order) {
  Random random(derive_seed(seed, fmt::format("subsets {}", order)));
  std::vector<std::vector<int64_t>> orders;
  for (const auto& split : splits) orders.push_back(random.permutation(static_cast<int64_t>(split.units.size())));
  return orders;
}

// The regression scores its predictions block by block and keeps none of them.
SubsetScore score_one(const RidgeProblem& problem, const std::vector<Fold>& folds, std::span<const RowRange> stories,
                      const SubsetOptions& options, RidgeOptions ridge, const Compute& compute) {
  ridge.keep_predictions = false;
  const auto splits = nested_splits(folds, stories, options.inner_folds, options.gap);
  double rows = 0;
  for (const auto& fold : folds) rows += static_cast<double>(fold.train.size()) / static_cast<double>(folds.size());
  return {.training_rows = rows, .r = ridge_cross_validated(problem, splits, ridge, compute).r};
}

}  // namespace

std::vector<SubsetScore> score_subsets(const RidgeProblem& problem, const std::vector<Fold>& outer,
                                       std::span<const RowRange> stories, const SubsetOptions& options,
                                       const RidgeOptions& ridge, const Compute& compute) {
  const auto splits = cut(outer, stories, options.chunk);
  const auto counts = subset_counts(options.counts, fewest_units(splits));
  Compute quiet = compute;
  quiet.progress = {};
  std::vector<SubsetScore> scores;
  for (int64_t order = 0; order < options.orders; ++order) {
    const auto orders = draw_orders(splits, options.seed, order);
    for (const int64_t count : counts) {
      std::vector<Fold> folds;
      for (size_t k = 0; k < splits.size(); ++k)
        folds.push_back({subset_rows(splits[k].units, orders[k], count), splits[k].test});
      scores.push_back(within(fmt::format("for a subset of {} units", count),
                              [&] { return score_one(problem, folds, stories, options, ridge, quiet); }));
      scores.back().units = count, scores.back().order = order;
      if (compute.progress)
        compute.progress(static_cast<int64_t>(scores.size()), options.orders * static_cast<int64_t>(counts.size()));
    }
  }
  return scores;
}

}  // namespace arcuate
