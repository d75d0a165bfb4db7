// What forecast scores say: how far ahead and at which depth they peak, which targets count, and tests over subjects.
// Letters: D distances or layers, S subjects, V targets of one subject.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stats/signed_rank.h"

namespace arcuate {

/// argmax over the first dimension, as values: d* over distances, k* over layers. scores: D x ..., values: D of them.
/// The first of equals; NaN where all scores are. Returns the remaining dimensions, float64.
at::Tensor peaks(const at::Tensor& scores, std::span<const int64_t> values);

/// A test over subjects for each target, with Benjamini & Hochberg's correction over targets.
struct SubjectTest {
  at::Tensor p, q;  ///< V; NaN where no subject has a number that differs from 0.
};
/// Wilcoxon's signed-rank test of each column of S x V against 0.
SubjectTest test_over_subjects(const at::Tensor& values, Alternative alternative);
/// q for p-values that were found otherwise.
SubjectTest corrected(const at::Tensor& p);

/// Which targets have a distance. A forecast score below 0 peaks somewhere too, and that peak means nothing.
enum class MaskRule {
  none,         ///< All with a score.
  positive,     ///< Mean over subjects above 0 at the peak of that mean.
  significant,  ///< Score at the tested distance above 0, q at most `level`.
  difference  ///< Score at the tested distance differs from that at distance 0, q at most `level` (Caucheteux et al.).
};
struct MaskOptions {
  MaskRule rule = MaskRule::positive;
  double level = 0.05;  ///< Of q.
};
struct MaskEvidence {
  at::Tensor curve{};         ///< D x V: mean over subjects
  at::Tensor q{};             ///< V: score at the tested distance above 0
  at::Tensor q_difference{};  ///< V: that score against the one at distance 0; needed for `difference` alone
};
/// V, bool.
at::Tensor kept_targets(const MaskEvidence& evidence, const MaskOptions& options);

/// Where a target lies.
struct ForecastPlace {
  std::string hemisphere{};  ///< "L" or "R"
  std::string region{};
};

/// Means over the subjects of their means over a region's targets, and how they differ.
struct PlaceTest {
  std::string first{}, second{};  ///< What is compared.
  double first_mean = 0, second_mean = 0;
  double p = 0, q = 0;
};
/// Left against right for each region with targets in both: signed-rank test over subjects, two-sided. values: S x V,
/// NaN are left out.
std::vector<PlaceTest> compare_hemispheres(const at::Tensor& values, const std::vector<ForecastPlace>& places);
/// Each pair of regions: rank-sum test of the subjects' means, two-sided.
std::vector<PlaceTest> compare_regions(const at::Tensor& values, const std::vector<ForecastPlace>& places);

/// Half the width of the 95 % confidence interval of a mean, by Student's t; NaN for fewer than two values. NaN are no
/// values.
double half_interval(std::span<const double> values);

}  // namespace arcuate
