// The haemodynamic response: how a moment of neural activity spreads over the seconds that follow.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "encode/rows.h"

namespace arcuate {

/// A difference of two gamma densities with a scale of 1 s; the constants are those commonly used by default (as in
/// SPM).
struct HaemodynamicResponse {
  double peak = 6;         ///< Shape of the response: it is highest peak - 1 seconds after an event.
  double undershoot = 16;  ///< Shape of the undershoot.
  double undershoot_size = 1.0 / 6;
  double length = 32;  ///< Seconds after which it is cut off.
};

/// How far people's responses differ from the usual one.
struct ResponseSpread {
  double peak = 0.7;        ///< Seconds by which a peak may differ (uniform), either way.
  double undershoot = 0.3;  ///< Likewise for the undershoot's size, as a share of it.
};

/// The response of one subject, decided by the seed.
HaemodynamicResponse own_response(const ResponseSpread& spread, uint64_t seed);

/// Its values at lags 0, tr, 2 tr, …
std::vector<double> response_weights(const HaemodynamicResponse& response, double tr);

/// Each column convolved with the weights within each story: nothing spills over into the next. series: T x F.
at::Tensor convolved(const at::Tensor& series, const std::vector<double>& weights, std::span<const RowRange> stories);

}  // namespace arcuate
