#include "stats/group_test.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <span>

#include "core/error.h"
#include "core/parallel.h"
#include "stats/fdr.h"
#include "stats/group_bootstrap.h"
#include "stats/signed_rank.h"
#include "stats/t_test.h"
#include "stats/unit_blocks.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t usual_memory = int64_t{256} << 20;

int64_t memory_of(const Compute& compute) { return compute.memory > 0 ? compute.memory / 2 : usual_memory; }

UnitRows relative_to(double against, const UnitRows& units) {
  return {.count = units.count, .columns = units.columns, .read = [&units, against](int64_t unit) {
            return units.read(unit).to(at::kDouble) - against;
          }};
}

RunningMoments moments_of(const UnitRows& units) {
  auto moments = no_moments(units.columns);
  for (int64_t u = 0; u < units.count; ++u) {
    const auto values = units.read(u);
    if (at::isinf(values).any().item<bool>()) bad_input("unit {} has infinite values", u + 1);
    observe(moments, values);
  }
  return moments;
}

void run_t(const GroupTestOptions& options, GroupTestResult& result) {
  const auto found =
      t_test(result.moments, {.against = options.against, .alternative = options.alternative, .least = options.least});
  result.statistic = found.t;
  result.p = found.p;
}

void run_signed_rank(const UnitRows& units, const GroupTestOptions& options, const Compute& compute,
                     GroupTestResult& result) {
  result.statistic = at::full({units.columns}, nan, at::kDouble);
  result.p = result.statistic.clone();
  const auto testable = are_testable(result.moments, options.least).contiguous();
  for_unit_blocks(relative_to(options.against, units), memory_of(compute), [&](int64_t begin, const Tensor& columns) {
    parallel_for(columns.size(0), compute.threads, [&](int64_t v) {
      if (!testable.data_ptr<bool>()[begin + v]) return;
      const auto found =
          signed_rank(std::span(columns.data_ptr<double>() + v * units.count, static_cast<size_t>(units.count)),
                      {.alternative = options.alternative});
      result.statistic.data_ptr<double>()[begin + v] = found.rank_sum;
      result.p.data_ptr<double>()[begin + v] = found.p;
    });
  });
}

void run_sign_flip(const UnitRows& units, const GroupTestOptions& options, const Compute& compute,
                   GroupTestResult& result) {
  SignFlipOptions flips{.draws = options.draws,
                        .alternative = options.alternative,
                        .least = options.least,
                        .seed = options.seed,
                        .threads = compute.threads,
                        .memory = memory_of(compute)};
  if (options.correction == Correction::tfce)
    flips.enhance = [&surface = *options.surface](const Tensor& t) { return tfce(t, surface); };
  const auto found = sign_flip_test(relative_to(options.against, units), flips);
  run_t(options, result);  // the same t, with all its digits where the deviation is small
  result.enhanced = found.enhanced;
  result.p = found.p;
  result.corrected = found.corrected;
  result.exhaustive = found.exhaustive;
}

void check(const UnitRows& units, const GroupTestOptions& options) {
  const bool family_wise = options.correction == Correction::largest || options.correction == Correction::tfce;
  if (family_wise && options.test != GroupTest::sign_flip)
    bad_usage("family-wise corrections compare with the largest statistic of sign flips: they need the sign-flip test");
  if (options.correction != Correction::tfce) return;
  if (!options.surface) bad_usage("TFCE needs a surface that says which vertices are neighbours");
  if (options.surface->vertices() != units.columns)
    bad_input("the surface has {} vertices and the maps have {}", options.surface->vertices(), units.columns);
}

}  // namespace

GroupTestResult group_test(const UnitRows& units, const GroupTestOptions& options, const Compute& compute) {
  check(units, options);
  GroupTestResult result{.moments = moments_of(units)};
  if (options.test == GroupTest::t) run_t(options, result);
  if (options.test == GroupTest::signed_rank) run_signed_rank(units, options, compute, result);
  if (options.test == GroupTest::sign_flip) run_sign_flip(units, options, compute, result);
  if (options.correction == Correction::none) result.corrected = Tensor();
  if (options.correction == Correction::bh) result.corrected = bh_fdr(result.p);
  if (options.correction == Correction::by) result.corrected = by_fdr(result.p);
  if (options.bootstrap.draws > 0) {
    const auto intervals = bootstrap_means(units, options.bootstrap, compute.threads, memory_of(compute));
    result.low = intervals.low;
    result.high = intervals.high;
  }
  return result;
}

}  // namespace arcuate
