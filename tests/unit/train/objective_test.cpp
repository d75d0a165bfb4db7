#include "train/objective.h"

#include <cmath>

#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;

namespace {

double cosine(const at::Tensor& a, const at::Tensor& b) {
  return (a * b).sum().item<double>() / std::sqrt((a * a).sum().item<double>() * (b * b).sum().item<double>());
}

// The definition, one exponential after the other.
double plain_contrast(const at::Tensor& p, const at::Tensor& q, const at::Tensor& r, double temperature, bool both) {
  double sum = 0;
  for (int64_t t = 0; t < p.size(0); ++t) {
    const double right = std::exp(cosine(p[t], q[t]) / temperature);
    double below = both ? right : 0;
    for (int64_t i = 0; i < r.size(0); ++i) below += std::exp(cosine(p[t], r[i]) / temperature);
    sum -= std::log(right / below);
  }
  return sum / static_cast<double>(p.size(0));
}

const at::Tensor p = random_normals(6, 5, 1), q = random_normals(6, 5, 2), r = random_normals(9, 5, 3);

double contrast(const ObjectiveOptions& options) { return contrastive_loss(p, q, r, options).item<double>(); }

}  // namespace

TEST(Objective, next_token_loss_of_equal_logits_is_the_logarithm_of_the_vocabulary) {
  const auto ids = at::tensor({1, 4, 2}, at::kLong);
  EXPECT_NEAR(next_token_loss(at::zeros({3, 7}, at::kDouble), ids).item<double>(), std::log(7.0), 1e-14);
}

TEST(Objective, next_token_loss_asks_each_token_for_the_next_and_the_last_for_none) {
  const auto ids = at::tensor({1, 4, 2}, at::kLong);
  auto logits = at::zeros({3, 7}, at::kDouble);
  logits[0][4] = 3.0;   // right
  logits[1][3] = 2.0;   // wrong
  logits[2][6] = 99.0;  // not asked
  const double first = std::log(std::exp(3.0) + 6) - 3.0, second = std::log(std::exp(2.0) + 6);
  EXPECT_NEAR(next_token_loss(logits, ids).item<double>(), (first + second) / 2, 1e-14);
}

TEST(Objective, contrastive_loss_is_its_definition_with_either_denominator) {
  EXPECT_NEAR(contrast({}), plain_contrast(p, q, r, 0.1, true), 1e-12);
  EXPECT_NEAR(contrast({.denominator = Denominator::negatives_only}), plain_contrast(p, q, r, 0.1, false), 1e-12);
  EXPECT_NEAR(contrast({.temperature = 0.7}), plain_contrast(p, q, r, 0.7, true), 1e-12);
  EXPECT_GT(contrast({}) - contrast({.denominator = Denominator::negatives_only}), 1e-3);
}

TEST(Objective, contrastive_loss_sees_directions_not_lengths) {
  EXPECT_NEAR(contrastive_loss(7 * p, 0.2 * q, 30 * r, {}).item<double>(), contrast({}), 1e-12);
  EXPECT_TRUE(std::isfinite(contrastive_loss(at::zeros_like(p), q, r, {}).item<double>()));
}

TEST(Objective, the_weight_gives_the_high_loss_its_share) {
  for (const double alpha : {0.0, 0.2, 0.5, 0.9, 1.0}) {
    const double language = 3.1, high = 7.4, a = mixing_weight(alpha, language, high, -1);
    EXPECT_NEAR(a * high / (a * high + (1 - a) * language), alpha, 1e-15) << alpha;
  }
  EXPECT_NEAR(mixing_weight(0.5, 2, 6, -1), 0.25, 1e-15);
}

TEST(Objective, the_weight_stays_while_a_loss_is_not_positive) {
  EXPECT_EQ(mixing_weight(0.5, 2, -1, 0.3), 0.3);
  EXPECT_EQ(mixing_weight(0.5, 2, std::nan(""), 0.3), 0.3);
  EXPECT_EQ(mixing_weight(1, 0, 1, 0.3), 0.3);
}
