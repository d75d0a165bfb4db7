#include "model/rotary.h"

#include <ATen/ATen.h>

#include <cmath>

namespace arcuate {

using at::Tensor;

static Tensor geometric(double theta, int64_t head_size) {
  return at::pow(theta, -at::arange(0, head_size, 2, at::kDouble) / static_cast<double>(head_size));
}

// The base of "dynamic NTK" scaling, for a sequence longer than those trained on.
static double grown_theta(const Rotary& r, int64_t head_size, int64_t tokens) {
  if (tokens <= r.trained) return r.theta;
  const double longer = static_cast<double>(tokens) / static_cast<double>(r.trained),
               size = static_cast<double>(head_size);
  return r.theta * std::pow(r.factor * longer - (r.factor - 1), size / (size - 2));
}

// Between waves that are kept and waves that are stretched the share of either is linear in how often they fit.
static Tensor long_waves_stretched(const Rotary& r, const Tensor& frequency) {
  const auto fits = frequency * (static_cast<double>(r.trained) / (2 * M_PI));
  const auto kept = ((fits - r.low) / (r.high - r.low)).clamp(0, 1);
  return frequency * (kept + (1 - kept) / r.factor);
}

Tensor rotary_frequencies(const Rotary& r, int64_t head_size, int64_t tokens) {
  switch (r.scaling) {
    case RopeScaling::none:
      return geometric(r.theta, head_size);
    case RopeScaling::linear:
      return geometric(r.theta, head_size) / r.factor;
    case RopeScaling::dynamic:
      return geometric(grown_theta(r, head_size, tokens), head_size);
    case RopeScaling::llama3:
      return long_waves_stretched(r, geometric(r.theta, head_size));
  }
  return geometric(r.theta, head_size);
}

}  // namespace arcuate
