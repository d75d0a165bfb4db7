#include "stats/permutation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/error.h"
#include "core/random.h"

namespace arcuate {

using at::Tensor;

// Number of different draws, or `limit` when there are more.
static int64_t draw_count(const std::vector<int64_t>& choices, int64_t limit) {
  int64_t total = 1;
  for (int64_t n : choices) {
    if (total > limit / n) return limit;
    total *= n;
  }
  return total;
}

std::vector<std::vector<int64_t>> circular_shifts(std::span<const int64_t> story_lengths, const ShiftOptions& options) {
  std::vector<int64_t> choices;  // shifts min_shift … length - min_shift of each story
  for (int64_t length : story_lengths) {
    choices.push_back(length - 2 * options.min_shift + 1);
    if (options.min_shift < 1 || choices.back() < 1)
      bad_usage("a story of {} volumes has no circular shift at least {} away from zero; lower the minimal shift", length, options.min_shift);
  }
  std::vector<std::vector<int64_t>> shifts;
  const auto draw_at = [&](int64_t index) {  // mixed radix
    std::vector<int64_t> draw;
    for (int64_t n : choices) {
      draw.push_back(options.min_shift + index % n);
      index /= n;
    }
    return draw;
  };
  constexpr int64_t many = int64_t{1} << 40;
  const int64_t available = draw_count(choices, many);
  if (available <= options.count) {
    for (int64_t i = 0; i < available; ++i) shifts.push_back(draw_at(i));
    return shifts;
  }
  Random random(derive_seed(options.seed, "circular shifts"));
  std::set<std::vector<int64_t>> seen;
  while (static_cast<int64_t>(shifts.size()) < options.count) {
    std::vector<int64_t> draw;
    for (int64_t n : choices) draw.push_back(options.min_shift + static_cast<int64_t>(random.below(static_cast<uint64_t>(n))));
    if (seen.insert(draw).second) shifts.push_back(std::move(draw));
  }
  return shifts;
}

Tensor shifted(const Tensor& series, std::span<const int64_t> story_lengths, std::span<const int64_t> shifts) {
  std::vector<Tensor> stories;
  int64_t begin = 0;
  for (size_t s = 0; s < story_lengths.size(); ++s) {
    stories.push_back(series.slice(0, begin, begin + story_lengths[s]).roll(shifts[s], 0));
    begin += story_lengths[s];
  }
  return stories.size() == 1 ? stories.front() : at::cat(stories, 0);
}

// Columns with mean 0 and length 1; constant ones become NaN.
static Tensor unit_columns(const Tensor& x) {
  const auto centred = x - x.mean(0, true);
  const auto length = centred.norm(2, 0, true);
  return centred / at::where(length > 1e-12 * x.norm(2, 0, true), length, at::full_like(length, std::numeric_limits<double>::quiet_NaN()));
}

Tensor shift_null(const Tensor& responses, const Tensor& predictions, const Tensor& fixed, std::span<const int64_t> story_lengths,
                  const std::vector<std::vector<int64_t>>& shifts) {
  const auto y = unit_columns(responses.to(at::kDouble)), p = predictions.to(at::kDouble);
  auto null = at::empty({static_cast<int64_t>(shifts.size()), y.size(1)}, at::kDouble);
  // Without a fixed part a shift changes neither means nor lengths: normalise once.
  const auto moving = fixed.defined() ? p : unit_columns(p);
  for (size_t i = 0; i < shifts.size(); ++i) {
    auto moved = shifted(moving, story_lengths, shifts[i]);
    if (fixed.defined()) moved = unit_columns(moved + fixed);
    null.select(0, static_cast<int64_t>(i)).copy_((y * moved).sum(0));
  }
  return null;
}

Tensor permutation_p(const Tensor& observed, const Tensor& null) {
  // Equal values that were summed in another order must count as equal.
  const auto beaten = (null >= observed.unsqueeze(0) - 1e-12).sum(0).to(at::kDouble);
  const auto p = (beaten + 1.0) / static_cast<double>(null.size(0) + 1);
  return at::where(at::isnan(observed), observed, p);
}

}  // namespace arcuate
