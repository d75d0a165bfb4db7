#include "analysis/forecast_summary.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/tensor.h"
#include "stats/fdr.h"
#include "stats/rank_sum.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Means of each subject over some targets, NaN left out.
std::vector<double> subject_means(const Tensor& values, const std::vector<int64_t>& targets) {
  return to_vector(at::nanmean(values.index_select(1, index_tensor(targets)).to(at::kDouble), 1));
}

double mean_of(const std::vector<double>& values) { return at::nanmean(to_tensor(values)).item<double>(); }

std::map<std::string, std::vector<int64_t>> by_region(const std::vector<ForecastPlace>& places,
                                                      const char* hemisphere) {
  std::map<std::string, std::vector<int64_t>> regions;
  for (size_t v = 0; v < places.size(); ++v)
    if (std::string_view(hemisphere).empty() || places[v].hemisphere == hemisphere)
      regions[places[v].region].push_back(static_cast<int64_t>(v));
  return regions;
}

void check_places(const Tensor& values, const std::vector<ForecastPlace>& places) {
  if (values.dim() != 2 || values.size(1) != static_cast<int64_t>(places.size()))
    bad_input("values are {} for {} places: expected subjects x targets", shape_text(values), places.size());
}

void correct(std::vector<PlaceTest>& tests) {
  std::vector<double> p;
  for (const auto& test : tests) p.push_back(test.p);
  const auto q = to_vector(bh_fdr(to_tensor(p)));
  for (size_t i = 0; i < tests.size(); ++i) tests[i].q = q[i];
}

// Student's t, two-sided 95 %: exact for 1 and 2 degrees of freedom, else the expansion of Abramowitz & Stegun 26.7.5
// (within 0.004 of the tabled values from 3 on).
double student_t(double freedom) {
  if (freedom == 1) return 12.706204736432095;
  if (freedom == 2) return 4.302652729911275;
  constexpr double z = 1.959963984540054;
  const double z3 = std::pow(z, 3), z5 = std::pow(z, 5), z7 = std::pow(z, 7), z9 = std::pow(z, 9);
  return z + (z3 + z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * z) / (96 * std::pow(freedom, 2)) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * std::pow(freedom, 3)) +
         (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * std::pow(freedom, 4));
}

}  // namespace

Tensor peaks(const Tensor& scores, std::span<const int64_t> values) {
  const auto exact = scores.to(at::kDouble);
  const auto known = at::where(at::isnan(exact), at::full_like(exact, -std::numeric_limits<double>::infinity()), exact);
  // Where several are largest, the first: argmax promises none.
  const auto largest = known.eq(known.amax(0, true)).to(at::kInt).argmax(0);
  std::vector<double> numbers(values.begin(), values.end());
  const auto found = to_tensor(numbers).index_select(0, largest.flatten()).view(largest.sizes());
  return at::where(at::isnan(exact).all(0), at::full_like(found, nan), found);
}

SubjectTest corrected(const Tensor& p) { return {p, bh_fdr(p)}; }

SubjectTest test_over_subjects(const Tensor& values, Alternative alternative) {
  return corrected(signed_rank_p(values, {.alternative = alternative}));
}

Tensor kept_targets(const MaskEvidence& evidence, const MaskOptions& options) {
  const auto scored = at::isnan(evidence.curve).all(0).logical_not();
  switch (options.rule) {
    case MaskRule::none:
      return scored;
    case MaskRule::positive:
      return at::nan_to_num(evidence.curve, -1).amax(0).gt(0);
    case MaskRule::significant:
      return evidence.q.le(options.level);
    case MaskRule::difference:
      return evidence.q_difference.le(options.level);
  }
  return scored;
}

std::vector<PlaceTest> compare_hemispheres(const Tensor& values, const std::vector<ForecastPlace>& places) {
  check_places(values, places);
  const auto right = by_region(places, "R");
  std::vector<PlaceTest> tests;
  for (const auto& [region, targets] : by_region(places, "L")) {
    const auto other = right.find(region);
    if (other == right.end()) continue;
    const auto a = subject_means(values, targets), b = subject_means(values, other->second);
    const auto difference = to_vector(to_tensor(a) - to_tensor(b));
    tests.push_back({region + " L", region + " R", mean_of(a), mean_of(b), signed_rank(difference).p, nan});
  }
  correct(tests);
  return tests;
}

std::vector<PlaceTest> compare_regions(const Tensor& values, const std::vector<ForecastPlace>& places) {
  check_places(values, places);
  const auto regions = by_region(places, "");
  std::vector<PlaceTest> tests;
  for (auto first = regions.begin(); first != regions.end(); ++first)
    for (auto second = std::next(first); second != regions.end(); ++second) {
      const auto a = subject_means(values, first->second), b = subject_means(values, second->second);
      tests.push_back({first->first, second->first, mean_of(a), mean_of(b), rank_sum(a, b).p, nan});
    }
  correct(tests);
  return tests;
}

double half_interval(std::span<const double> values) {
  std::vector<double> known;
  std::copy_if(values.begin(), values.end(), std::back_inserter(known), [](double v) { return !std::isnan(v); });
  if (known.size() < 2) return nan;
  const auto count = static_cast<double>(known.size());
  return student_t(count - 1) * to_tensor(known).std().item<double>() / std::sqrt(count);
}

}  // namespace arcuate
