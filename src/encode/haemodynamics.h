// The haemodynamic response: how a moment of neural activity spreads over the seconds that follow.
//
//   h(t) = g(t; peak) - undershoot_size g(t; undershoot)        g(t; a) = t^(a-1) e^-t / Gamma(a)
//
// The "double gamma" of SPM (Friston et al. 1998) with a scale of 1 s.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "encode/rows.h"

namespace arcuate {

struct HaemodynamicResponse {
  double peak = 6;         ///< Shape of the response: it is highest peak - 1 seconds after an event.
  double undershoot = 16;  ///< Shape of the undershoot.
  double undershoot_size = 1.0 / 6;
  double length = 32;  ///< Seconds after which it is cut off.
};

/// Its values at lags 0, tr, 2 tr, …
std::vector<double> response_weights(const HaemodynamicResponse& response, double tr);

/// The weights that nilearn gives for "spm" without oversampling, sum 1: round(length / tr) moments spread evenly over
/// [0, length], each answered as if the event came one tr later. The size of the undershoot is 0.167 there. Errors:
/// usage, when that is no moment at all.
std::vector<double> spm_weights(double tr, double length = 32);

/// Each column convolved with the weights within each story: nothing spills over into the next. series: T x F.
at::Tensor convolved(const at::Tensor& series, const std::vector<double>& weights, std::span<const RowRange> stories);

}  // namespace arcuate
