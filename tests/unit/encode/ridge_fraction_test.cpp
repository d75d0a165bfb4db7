// Fractional ridge against weights by normal equations whose penalty is found by bisection.
#include <cmath>

#include "core/tensor.h"
#include "fixture.h"
#include "ridge_variants.h"

using namespace arcuate;
using at::Tensor;
using test::contains;
using test::largest_difference;
using test::message_of;

namespace {

// Weights of one target (F x 1), centred rows, whose length is the fraction of that of the pseudo-inverse's.
Tensor weights_of(const Tensor& x, const Tensor& y, double fraction) {
  const auto whole = at::linalg_pinv(x, 1e-10).mm(y);
  if (fraction == 1) return whole;
  const auto at_penalty = [&](double alpha) {
    return x.t().mm(at::linalg_solve(x.mm(x.t()) + alpha * at::eye(x.size(0), at::kDouble), y));
  };
  const double length = fraction * whole.norm().item<double>();
  double low = -16, high = 16;  // logarithms
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (at_penalty(std::exp(middle)).norm().item<double>() > length ? low : high) = middle;
  }
  return at_penalty(std::exp(low));
}

Tensor predicted(const Tensor& x, const Tensor& y, const Fold& fold, double fraction, bool intercept) {
  const auto train = index_tensor(fold.train), test = index_tensor(fold.test);
  auto a = x.index_select(0, train), b = x.index_select(0, test), t = y.index_select(0, train);
  auto mean = at::zeros({1, 1}, at::kDouble);
  if (intercept) {
    b = b - a.mean(0, true);
    a = a - a.mean(0, true);
    mean = t.mean(0, true);
    t = t - mean;
  }
  return b.mm(weights_of(a, t, fraction)) + mean;
}

struct World {
  RidgeProblem problem{};
  std::vector<RidgeSplit> splits{};
  RidgeOptions options{};
};

World make_world(int64_t features) {
  const int64_t rows = 30, targets = 4;
  const auto x = random_normals(rows, features, 1) + 0.4;
  const auto y = x.mm(random_normals(features, targets, 2)) * at::linspace(0.5, 0, targets, at::kDouble) /
                     std::sqrt(static_cast<double>(features)) * 3 +
                 random_normals(rows, targets, 3) + 1;
  const std::vector<RowRange> whole{{0, rows}};
  return {
      .problem = {.bands = {x}, .responses = y},
      .splits = nested_splits(contiguous_folds(all_rows(rows), whole, 2, 0), whole, 3, 0),
      .options = {.penalties = {0.1, 0.3, 0.6, 0.9, 1}, .fractional = true, .type = at::kDouble, .keep_curves = true}};
}

RidgeResult solve(const World& world, int threads = 1) {
  return ridge_cross_validated(world.problem, world.splits, world.options, {.threads = threads});
}

}  // namespace

TEST(RidgeFraction, weights_have_the_fraction_of_the_unregularised_length) {
  for (const int64_t features : {4, 25})
    for (const bool intercept : {false, true})
      for (const auto type : {at::kDouble, at::kFloat}) {
        auto world = make_world(features);
        world.options.intercept = intercept;
        world.options.type = type;
        const double limit = type == at::kDouble ? 1e-8 : 1e-5;
        const auto result = solve(world);
        const auto& x = world.problem.bands.front();
        for (int64_t v = 0; v < 4; ++v) {
          const auto y = world.problem.responses.whole().slice(1, v, v + 1);
          for (size_t k = 0; k < world.splits.size(); ++k) {
            const auto& split = world.splits[k];
            const auto fold = static_cast<int64_t>(k);
            for (size_t l = 0; l < world.options.penalties.size(); ++l) {
              double score = 0;
              for (const auto& inner : split.inner)
                score -= (predicted(x, y, inner, world.options.penalties[l], intercept) -
                          y.index_select(0, index_tensor(inner.test)))
                             .square()
                             .mean()
                             .item<double>() /
                         static_cast<double>(split.inner.size());
              EXPECT_NEAR(result.curves[fold][static_cast<int64_t>(l)][v].item<double>(), score,
                          limit * std::max(1.0, std::abs(score)));
            }
            const double chosen = result.penalties[fold][v].item<double>();
            const auto expected = predicted(x, y, split.outer, chosen, intercept);
            EXPECT_LT(
                largest_difference(
                    result.predictions.index_select(0, index_tensor(split.outer.test)).slice(1, v, v + 1), expected),
                limit * std::max(1.0, expected.abs().max().item<double>()));
          }
        }
      }
}

TEST(RidgeFraction, bands_add_up_and_threads_change_nothing) {
  auto world = make_world(12);
  world.problem.bands = world.problem.bands.front().split_with_sizes({4, 8}, 1);
  world.options.keep_bands = true;
  const auto one = solve(world), three = solve(world, 3);
  EXPECT_TRUE(at::equal(one.predictions, three.predictions));
  EXPECT_LT(largest_difference(one.band_predictions.sum(0), one.predictions), 1e-10);
  EXPECT_GT(one.band_predictions[1].abs().max().item<double>(), 0.1);
}

TEST(RidgeFraction, a_target_of_zeros_is_predicted_as_zero) {
  auto world = make_world(12);
  world.problem.responses.whole().select(1, 2).zero_();
  EXPECT_TRUE(solve(world).predictions.select(1, 2).eq(0).all().item<bool>());
}

TEST(RidgeFraction, what_is_no_fraction_is_refused) {
  auto world = make_world(4);
  world.options.penalties = {0.5, 2};
  EXPECT_TRUE(contains(message_of([&] { solve(world); }), {"at most 1, found 2"}));
  world.options.penalties = {0.5};
  world.options.bf16_scores = true;
  EXPECT_TRUE(contains(message_of([&] { solve(world); }), {"on inner folds only; use float32"}));
  world.options.bf16_scores = false;
  world.options.rule = ChoiceRule::one_standard_error;
  EXPECT_TRUE(contains(message_of([&] { solve(world); }), {"the largest fraction of the length of the weights"}));
  world.options.rule = ChoiceRule::best;
  world.options.criterion = PenaltyCriterion::left_out;
  EXPECT_TRUE(contains(message_of([&] { solve(world); }), {"on inner folds only"}));
}
