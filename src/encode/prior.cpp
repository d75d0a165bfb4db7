#include "encode/prior.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double asymmetry = 1e-6;  // of the largest entry: rounding of a file in float32

Tensor by_variances(const Tensor& features, const Tensor& variances) {
  const auto bad = variances.gt(0).logical_not().nonzero().flatten();
  if (bad.numel() > 0)
    bad_input("prior variances must be positive: {} of {} are not, the first is that of column {} ({}; counted from 0)",
              bad.numel(), variances.numel(), bad[0].item<int64_t>(), variances[bad[0]].item<double>());
  return features * variances.sqrt();
}

}  // namespace

Tensor with_prior(const Tensor& features, const Tensor& covariance) {
  const auto x = features.to(at::kDouble), s = covariance.to(at::kDouble);
  const int64_t columns = x.size(1);
  const bool fits = s.size(0) == columns && (s.dim() == 1 || (s.dim() == 2 && s.size(1) == columns));
  if (!fits || !at::isfinite(s).all().item<bool>())
    bad_input("a prior of {} feature columns is {} variances or a {} x {} covariance of finite numbers, found {}",
              columns, columns, columns, columns, shape_text(covariance));
  if (s.dim() == 1) return by_variances(x, s);
  if ((s - s.t()).abs().max().item<double>() > asymmetry * s.abs().max().item<double>())
    bad_input("a prior covariance must be symmetric; this one is not");
  const auto [factor, info] = at::linalg_cholesky_ex((s + s.t()) / 2);
  if (info.item<int>() != 0)
    bad_input("a prior covariance must be positive definite; this one is not, at row {} of {}", info.item<int>(),
              columns);
  return x.mm(factor);
}

}  // namespace arcuate
