#include "encode/band_parts.h"

#include <ATen/ATen.h>

#include <limits>
#include <vector>

namespace arcuate {

using at::Tensor;

namespace {

constexpr double constant_share = 1e-24;  // as in score.cpp: what rounding leaves of a constant is no variance

Tensor varies(const Tensor& about_mean, const Tensor& mean, double rows) {
  return about_mean.gt(constant_share * (about_mean + rows * mean.square()));
}

}  // namespace

PartSums part_sums(const Tensor& responses, const Tensor& parts) {
  const auto all = at::cat({responses.to(at::kDouble).unsqueeze(0), parts.to(at::kDouble)}, 0);
  PartSums sums{.means = all.mean(1), .products = {}, .rows = responses.size(0)};
  const auto about = all - sums.means.unsqueeze(1);
  std::vector<Tensor> rows;
  for (int64_t i = 0; i < all.size(0); ++i) rows.push_back((about[i].unsqueeze(0) * about).sum(1));
  sums.products = at::stack(rows);
  return sums;
}

PartSums operator+(const PartSums& left, const PartSums& right) {
  const auto rows = static_cast<double>(left.rows + right.rows);
  const double share = static_cast<double>(right.rows) / rows, across = static_cast<double>(left.rows) * share;
  const auto apart = right.means - left.means;
  return {.means = left.means + apart * share,
          .products = left.products + right.products + apart.unsqueeze(0) * apart.unsqueeze(1) * across,
          .rows = left.rows + right.rows};
}

PartScores part_scores(const PartSums& sums) {
  const auto n = static_cast<double>(sums.rows);
  const auto& c = sums.products;
  const auto& mean = sums.means;
  const auto with_whole = c.slice(1, 1).sum(1);  // of each row with the whole prediction
  const auto total = c[0][0], whole = with_whole.slice(0, 1).sum(0);
  PartScores scores{.r = c[0].slice(0, 1) / (total * whole).sqrt(), .r2 = {}};
  const auto exists = varies(whole, mean.slice(0, 1).sum(0), n).logical_and(varies(total, mean[0], n));
  scores.r = at::where(exists, scores.r, at::zeros_like(scores.r));
  // The intercept is row 1, the bands follow.
  const auto bands = c.slice(0, 2), own = mean.slice(0, 2);
  const auto offset = mean[0] - mean[1];
  const auto gained =
      2 * (bands.select(1, 0) - bands.select(1, 1)) - bands.slice(1, 2).sum(1) + n * own * (2 * offset - own.sum(0));
  const auto without = total - 2 * c[0][1] + c[1][1] + n * offset.square();
  const auto r2 = at::cat({(total - without).unsqueeze(0), gained}, 0) / total;
  scores.r2 = at::where(total.gt(0), r2, at::full_like(r2, std::numeric_limits<double>::quiet_NaN()));
  return scores;
}

}  // namespace arcuate
