#include "brain/clean.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/error.h"

namespace arcuate {

using at::Tensor;

Tensor highpass(const Tensor& series, double tr, double cutoff) {
  const auto x = series.to(at::kDouble);
  const auto waves = cosine_waves(x.size(0), tr, cutoff);
  return x - waves.mm(waves.t().mm(x));
}

Tensor zscore(const Tensor& series) {
  const auto x = series.to(at::kDouble);
  const auto centred = x - x.mean(0, true);
  const auto deviation = centred.square().mean(0, true).sqrt();
  // Rounding leaves a constant column with a deviation of about 1e-16 of its size.
  const auto constant = deviation <= 1e-12 * x.abs().amax(0, true);
  return at::where(constant, at::zeros_like(centred),
                   centred / at::where(constant, at::ones_like(deviation), deviation));
}

Tensor without_regressors(const Tensor& series, const Tensor& regressors) {
  const auto x = series.to(at::kDouble);
  const auto lengths = regressors.norm(2, 0, true);
  const auto scaled = regressors / at::where(lengths > 0, lengths, at::ones_like(lengths));
  const auto [left, sizes, right] = at::linalg_svd(scaled, false);
  // Below it lies what rounding makes of a direction that others span.
  const double smallest =
      std::numeric_limits<double>::epsilon() * static_cast<double>(std::max(x.size(0), int64_t{100}));
  const auto rank = (sizes > smallest * sizes.max()).sum().item<int64_t>();
  if (rank >= x.size(0))
    bad_usage("{} regressors (drifts and confounds) leave nothing of {} volumes; choose fewer", regressors.size(1),
              x.size(0));
  const auto basis = left.slice(1, 0, rank);
  return x - basis.mm(basis.t().mm(x));
}

static Tensor detrended(const Tensor& series, const Detrend& detrend, double tr) {
  const auto x = series.to(at::kDouble);
  if (detrend.kind != Detrend::Kind::savgol) return x;
  return x - savgol_smoothed(x, odd_rows(detrend.window, tr), detrend.order);
}

Tensor without_drift(const DirtySeries& scan, const Detrend& detrend) {
  const int64_t rows = scan.responses.size(0) - scan.trim_start - scan.trim_end;
  const auto prepared = [&](const Tensor& series) {
    return detrended(series, detrend, scan.tr).slice(0, scan.trim_start, scan.trim_start + rows);
  };
  const auto responses = prepared(scan.responses);
  std::vector<Tensor> regressors;
  if (scan.highpass > 0) regressors.push_back(cosine_waves(rows, scan.tr, scan.highpass));
  if (detrend.kind == Detrend::Kind::polynomial) regressors.push_back(polynomials(rows, detrend.order));
  if (scan.confounds.defined()) {
    regressors.push_back(at::ones({rows, 1}, at::kDouble));
    regressors.push_back(prepared(scan.confounds));
  }
  return regressors.empty() ? responses : without_regressors(responses, at::cat(regressors, 1));
}

}  // namespace arcuate
