// Ridge on a CUDA device against the same on the processor: every variant, criterion and option that has code of its
// own. Skipped where there is no device.
#include <cmath>

#include "core/tensor.h"
#include "encode/band_search.h"
#include "encode/ridge.h"
#include "fixture.h"
#include "ridge_variants.h"

using namespace arcuate;
using test::largest_difference;
using test::RidgeVariant;

namespace {

constexpr double limit = 1e-4;

RidgeProblem make_problem(int64_t rows, const std::vector<int64_t>& widths, int64_t targets) {
  RidgeProblem problem;
  auto signal = at::zeros({rows, targets}, at::kDouble);
  for (size_t b = 0; b < widths.size(); ++b) {
    problem.bands.push_back(random_normals(rows, widths[b], 10 + b) + 0.3);
    signal += problem.bands.back().mm(random_normals(widths[b], targets, 20 + b));
  }
  signal *= at::linspace(1.5, 0, targets, at::kDouble) / signal.std();
  problem.responses = signal + random_normals(rows, targets, 3) + at::linspace(-1, 1, targets, at::kDouble);
  return problem;
}

std::vector<RidgeSplit> make_splits(int64_t rows) {
  const std::vector<RowRange> whole{{0, rows}};
  return nested_splits(contiguous_folds(all_rows(rows), whole, 2, 1), whole, 4, 1);
}

const std::vector<Compute>& places() {
  static const std::vector<Compute> all{{.threads = 2}, {.threads = 2, .device = c10::Device(at::kCUDA, 0)}};
  return all;
}

void expect_same(const RidgeResult& here, const RidgeResult& there) {
  EXPECT_LT(largest_difference(here.r, there.r), limit);
  EXPECT_LT(largest_difference(here.r2, there.r2), limit);
  EXPECT_LT(largest_difference(here.inner_scores, there.inner_scores), limit);
  EXPECT_TRUE(at::equal(here.penalties, there.penalties));
  EXPECT_TRUE(at::equal(here.scales, there.scales));
  for (const auto part : {&RidgeResult::predictions, &RidgeResult::band_predictions, &RidgeResult::curves}) {
    const auto &own = here.*part, &other = there.*part;
    EXPECT_EQ(own.defined(), other.defined());
    if (own.defined() && other.defined()) {
      EXPECT_LT(largest_difference(own, other), limit);
    }
  }
}

void expect_same_solution(const RidgeProblem& problem, const RidgeOptions& options) {
  std::vector<RidgeResult> results;
  for (const auto& place : places())
    results.push_back(ridge_cross_validated(problem, make_splits(problem.responses.rows()), options, place));
  expect_same(results[0], results[1]);
}

RidgeOptions usual() { return {.penalties = {1, 10, 100, 1000, 10000}, .type = at::kDouble, .keep_curves = true}; }

std::vector<RidgeVariant> further_options() {
  return {{"no_intercept", [](RidgeOptions& o) { o.intercept = false; }},
          {"by_r", [](RidgeOptions& o) { o.select = Select::r; }},
          {"by_r2", [](RidgeOptions& o) { o.select = Select::r2; }},
          {"shared", [](RidgeOptions& o) { o.penalty_mode = PenaltyMode::shared; }},
          {"one_standard_error", [](RidgeOptions& o) { o.rule = ChoiceRule::one_standard_error; }},
          {"bands", [](RidgeOptions& o) { o.keep_bands = true; }},
          {"standardized", [](RidgeOptions& o) { o.standardize = Standardize::both; }},
          {"components", [](RidgeOptions& o) { o.components = 2; }},
          {"left_out", [](RidgeOptions& o) { o.criterion = PenaltyCriterion::left_out; }},
          {"gcv", [](RidgeOptions& o) { o.criterion = PenaltyCriterion::gcv; }},
          {"fractions", [](RidgeOptions& o) { o.penalties = {0.2, 0.5, 0.9}, o.fractional = true; }}};
}

#define SKIP_WITHOUT_DEVICE() \
  if (!at::hasCUDA()) GTEST_SKIP() << "there is no CUDA device"

}  // namespace

TEST(RidgeOnDevice, every_variant_and_option_gives_what_the_processor_gives) {
  SKIP_WITHOUT_DEVICE();
  auto variants = test::ridge_variants();
  for (const auto& variant : further_options()) variants.push_back(variant);
  for (const auto& problem : {make_problem(60, {8}, 24), make_problem(50, {40}, 24), make_problem(50, {3, 40}, 24)})
    for (const auto& variant : variants) {
      SCOPED_TRACE(variant.name + ", bands: " + std::to_string(problem.bands.size()) + ", the last " +
                   shape_text(problem.bands.back()));
      expect_same_solution(problem, variant.of(usual()));
    }
}

TEST(RidgeOnDevice, delays_and_many_targets_give_what_the_processor_gives) {
  SKIP_WITHOUT_DEVICE();
  auto problem = make_problem(200, {100}, 20000);  // several blocks of targets, and kernels of delayed rows
  problem.delays = {1, 2, 3};
  problem.stories = {{0, 90}, {90, 200}};
  auto options = usual();
  options.method = Method::eigenbasis;
  expect_same_solution(problem, options);
}

TEST(RidgeOnDevice, a_search_over_bands_gives_what_the_processor_gives) {
  SKIP_WITHOUT_DEVICE();
  const auto problem = make_problem(50, {3, 40}, 24);
  auto options = usual();
  options.keep_curves = false;
  const BandSearch search{.scales = draw_scales(2, {.samples = 8}), .refinements = 2};
  std::vector<BandSearchResult> results;
  for (const auto& place : places()) results.push_back(search_bands(problem, search, make_splits(50), options, place));
  expect_same(results[0].fit, results[1].fit);
  EXPECT_LT(largest_difference(results[0].scales, results[1].scales), limit);
  EXPECT_LT(largest_difference(results[0].parts.products, results[1].parts.products), limit * 50);
}
