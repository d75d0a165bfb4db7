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
      bad_usage("a story of {} volumes has no circular shift at least {} away from zero; lower the minimal shift",
                length, options.min_shift);
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
    for (int64_t n : choices)
      draw.push_back(options.min_shift + static_cast<int64_t>(random.below(static_cast<uint64_t>(n))));
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

namespace {

// Columns with mean 0 and length 1; constant ones become NaN.
Tensor unit_columns(const Tensor& x) {
  const auto exact = x.to(at::kDouble), centred = exact - exact.mean(0, true), length = centred.norm(2, 0, true);
  return centred / at::where(length > 1e-12 * exact.norm(2, 0, true), length,
                             at::full_like(length, std::numeric_limits<double>::quiet_NaN()));
}

int64_t largest_prime_factor(int64_t n) {
  int64_t largest = 1;
  for (int64_t factor = 2; n > 1; ++factor)
    for (; n % factor == 0; n /= factor) largest = factor;
  return largest;
}

constexpr int64_t largest_quick_factor = 7;

int64_t quick_length(int64_t least) {
  while (largest_prime_factor(least) > largest_quick_factor) ++least;
  return least;
}

// sum_t a[t] b[t - shift] within a story, for every shift 0 … T-1 at once: T x V, by the correlation theorem.
// Transforms of a length with a large prime factor are slow; padded with zeros to a quick length, shifts beyond the end
// are sums of two parts.
Tensor circular_products(const Tensor& a, const Tensor& b) {
  const int64_t length = a.size(0);
  const bool padded = largest_prime_factor(length) > largest_quick_factor;
  const int64_t whole = padded ? quick_length(2 * length) : length;
  const auto spectrum = at::fft_rfft(a, whole, 0) * at::fft_rfft(b, whole, 0).conj();
  const auto products = at::fft_irfft(spectrum, whole, 0);
  return padded ? products.slice(0, 0, length) + products.slice(0, whole - length, whole) : products;
}

// The same sum over all stories, each with its own shift, for every draw: draws x V.
Tensor drawn_products(const Tensor& a, const Tensor& b, std::span<const int64_t> story_lengths,
                      const std::vector<std::vector<int64_t>>& shifts) {
  auto total = at::zeros({static_cast<int64_t>(shifts.size()), a.size(1)}, at::kDouble);
  int64_t begin = 0;
  for (size_t s = 0; s < story_lengths.size(); ++s) {
    std::vector<int64_t> own;
    for (const auto& draw : shifts) own.push_back(draw[s]);
    const int64_t end = begin + story_lengths[s];
    total +=
        circular_products(a.slice(0, begin, end), b.slice(0, begin, end)).index_select(0, at::tensor(own, at::kLong));
    begin = end;
  }
  return total;
}

}  // namespace

Tensor shift_null(const Tensor& responses, const Tensor& predictions, std::span<const int64_t> story_lengths,
                  const std::vector<std::vector<int64_t>>& shifts) {
  // Shifts change neither means nor lengths, so scaling once is enough.
  return drawn_products(unit_columns(responses), unit_columns(predictions), story_lengths, shifts);
}

Tensor permutation_p(const Tensor& observed, const Tensor& null) {
  // Equal values that were summed in another order must count as equal.
  const auto beaten = (null >= observed.unsqueeze(0) - 1e-12).sum(0).to(at::kDouble);
  const auto p = (beaten + 1.0) / static_cast<double>(null.size(0) + 1);
  return at::where(at::isnan(observed), observed, p);
}

}  // namespace arcuate
