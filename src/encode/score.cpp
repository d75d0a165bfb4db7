#include "encode/score.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace arcuate {

using at::Tensor;

namespace {
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double constant_share = 1e-24;  // of a column's squares: what rounding leaves of a constant is no variance
}  // namespace

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

std::optional<Flag> flag_named(const std::string& name) {
  for (const Flag flag : {Flag::ok, Flag::constant, Flag::nan, Flag::infinite, Flag::masked})
    if (flag_name(flag) == name) return flag;
  return std::nullopt;
}

// Row by row: responses are large, and tensors of their size are not made.
template <class T>
static std::vector<Flag> flag_columns(const Tensor& responses) {
  const auto columns = static_cast<size_t>(responses.size(1));
  std::vector<int> is_nan(columns, 0), is_infinite(columns, 0), varies(columns, 0);
  const int64_t stride = responses.stride(0);
  const T* first = responses.data_ptr<T>();
  for (int64_t i = 0; i < responses.size(0); ++i) {
    const T* row = first + i * stride;
    for (size_t v = 0; v < columns; ++v) {
      is_nan[v] |= row[v] != row[v];
      is_infinite[v] |= std::abs(row[v]) > std::numeric_limits<T>::max();
      varies[v] |= row[v] != first[v];
    }
  }
  std::vector<Flag> flags(columns, Flag::ok);
  for (size_t v = 0; v < columns; ++v)
    flags[v] = is_nan[v] ? Flag::nan : is_infinite[v] ? Flag::infinite : !varies[v] ? Flag::constant : Flag::ok;
  return flags;
}

std::vector<Flag> flag_targets(const Tensor& responses) {
  const auto rows = responses.stride(1) == 1 ? responses : responses.contiguous();
  return rows.scalar_type() == at::kFloat ? flag_columns<float>(rows) : flag_columns<double>(rows.to(at::kDouble));
}

Tensor without_bad_targets(const Tensor& responses, const std::vector<Flag>& flags) {
  if (std::all_of(flags.begin(), flags.end(), [](Flag flag) { return flag == Flag::ok; })) return responses;
  auto good = responses.clone();
  for (size_t v = 0; v < flags.size(); ++v)
    if (flags[v] != Flag::ok) good.select(1, static_cast<int64_t>(v)).zero_();
  return good;
}

Tensor pearson(const Tensor& a, const Tensor& b) { return pearson(pair_sums(a, b)); }
Tensor r_squared(const Tensor& responses, const Tensor& predictions) {
  return r_squared(pair_sums(responses, predictions));
}

PairSums pair_sums(const Tensor& a, const Tensor& b) {
  PairSums sums{.rows = a.size(0)};
  sums.mean_a = a.mean(0, false, at::kDouble);
  sums.mean_b = b.mean(0, false, at::kDouble);
  const auto x = a - sums.mean_a, y = b - sums.mean_b;
  sums.aa = x.square().sum(0);
  sums.bb = y.square().sum(0);
  sums.ab = (x * y).sum(0);
  return sums;
}

PairSums operator+(const PairSums& left, const PairSums& right) {
  const auto rows = static_cast<double>(left.rows + right.rows);
  const double share = static_cast<double>(right.rows) / rows, across = static_cast<double>(left.rows) * share;
  const auto a = right.mean_a - left.mean_a, b = right.mean_b - left.mean_b;
  return {.mean_a = left.mean_a + a * share,
          .mean_b = left.mean_b + b * share,
          .aa = left.aa + right.aa + a.square() * across,
          .bb = left.bb + right.bb + b.square() * across,
          .ab = left.ab + right.ab + a * b * across,
          .rows = left.rows + right.rows};
}

Tensor pearson(const PairSums& sums) {
  const auto r = sums.ab / (sums.aa.sqrt() * sums.bb.sqrt());
  const auto tiny = [&](const Tensor& about_mean, const Tensor& mean) {
    return about_mean <= constant_share * (about_mean + static_cast<double>(sums.rows) * mean.square());
  };
  return at::where(at::logical_or(tiny(sums.aa, sums.mean_a), tiny(sums.bb, sums.mean_b)), at::full_like(r, nan), r);
}

Tensor r_squared(const PairSums& sums) {
  const auto errors =
      sums.aa - 2 * sums.ab + sums.bb + static_cast<double>(sums.rows) * (sums.mean_a - sums.mean_b).square();
  return at::where(sums.aa.gt(0), 1.0 - errors / sums.aa, at::full_like(errors, nan));
}

Tensor signed_square(const Tensor& r) { return r * r.abs(); }

}  // namespace arcuate
