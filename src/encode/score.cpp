#include "encode/score.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace arcuate {

using at::Tensor;

std::string flag_name(Flag flag) {
  switch (flag) {
    case Flag::ok:
      return "ok";
    case Flag::constant:
      return "constant";
    case Flag::nan:
      return "nan";
    case Flag::infinite:
      return "infinite";
    case Flag::masked:
      return "masked";
  }
  return "";
}

std::vector<Flag> flag_targets(const Tensor& responses) {
  const auto nan = at::isnan(responses).any(0), infinite = at::isinf(responses).any(0);
  const auto constant = responses.eq(responses.slice(0, 0, 1)).all(0);
  std::vector<Flag> flags;
  for (int64_t v = 0; v < responses.size(1); ++v)
    flags.push_back(nan[v].item<bool>()        ? Flag::nan
                    : infinite[v].item<bool>() ? Flag::infinite
                    : constant[v].item<bool>() ? Flag::constant
                                               : Flag::ok);
  return flags;
}

Tensor without_bad_targets(const Tensor& responses, const std::vector<Flag>& flags) {
  if (std::all_of(flags.begin(), flags.end(), [](Flag flag) { return flag == Flag::ok; })) return responses;
  auto good = responses.clone();
  for (size_t v = 0; v < flags.size(); ++v)
    if (flags[v] != Flag::ok) good.select(1, static_cast<int64_t>(v)).zero_();
  return good;
}

Tensor pearson(const Tensor& a, const Tensor& b) {
  const auto x = a.to(at::kDouble) - a.to(at::kDouble).mean(0, true),
             y = b.to(at::kDouble) - b.to(at::kDouble).mean(0, true);
  const auto xx = x.square().sum(0), yy = y.square().sum(0);
  const auto r = (x * y).sum(0) / (xx.sqrt() * yy.sqrt());
  // What rounding leaves of a constant column is no variance.
  const auto tiny = [](const Tensor& sum, const Tensor& raw) {
    return sum <= 1e-24 * raw.to(at::kDouble).square().sum(0);
  };
  return at::where(at::logical_or(tiny(xx, a), tiny(yy, b)), at::full_like(r, std::numeric_limits<double>::quiet_NaN()),
                   r);
}

Tensor r_squared(const Tensor& responses, const Tensor& predictions) {
  const auto y = responses.to(at::kDouble);
  const auto sst = (y - y.mean(0, true)).square().sum(0);
  const auto score = 1.0 - (y - predictions.to(at::kDouble)).square().sum(0) / sst;
  return at::where(sst.gt(0), score, at::full_like(score, std::numeric_limits<double>::quiet_NaN()));
}

PairSums pair_sums(const Tensor& a, const Tensor& b) {
  const auto x = a.to(at::kDouble), y = b.to(at::kDouble);
  return {.a = x.sum(0),
          .aa = x.square().sum(0),
          .b = y.sum(0),
          .bb = y.square().sum(0),
          .ab = (x * y).sum(0),
          .rows = a.size(0)};
}

PairSums operator+(const PairSums& left, const PairSums& right) {
  return {.a = left.a + right.a,
          .aa = left.aa + right.aa,
          .b = left.b + right.b,
          .bb = left.bb + right.bb,
          .ab = left.ab + right.ab,
          .rows = left.rows + right.rows};
}

Tensor pearson(const PairSums& sums) {
  const auto n = static_cast<double>(sums.rows);
  const auto aa = sums.aa - sums.a.square() / n, bb = sums.bb - sums.b.square() / n;
  // What rounding leaves of a constant column is no variance.
  const auto exists = at::logical_and(aa > 1e-13 * sums.aa, bb > 1e-13 * sums.bb);
  const auto r = (sums.ab - sums.a * sums.b / n) / (aa * bb).sqrt();
  return at::where(exists, r, at::full_like(r, std::numeric_limits<double>::quiet_NaN()));
}

Tensor r_squared(const PairSums& sums) {
  const auto sst = sums.aa - sums.a.square() / static_cast<double>(sums.rows);
  const auto score = 1.0 - (sums.aa - 2 * sums.ab + sums.bb) / sst;
  return at::where(sst > 1e-13 * sums.aa, score, at::full_like(score, std::numeric_limits<double>::quiet_NaN()));
}

Tensor signed_square(const Tensor& r) { return r * r.abs(); }

}  // namespace arcuate
