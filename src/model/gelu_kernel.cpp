#include "model/gelu_kernel.h"

#include <algorithm>
#include <cmath>

#if defined(__x86_64__)
#define ARCUATE_FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define ARCUATE_FOR_EACH_PROCESSOR
#endif

namespace arcuate {

ARCUATE_FOR_EACH_PROCESSOR void gelu_kernel(const float* x, float* y, int64_t count) {
  constexpr float root_half = 0.70710678F;
  for (int64_t i = 0; i < count; ++i) y[i] = 0.5F * x[i] * (1 + std::erf(root_half * x[i]));
}

ARCUATE_FOR_EACH_PROCESSOR void gelu_tanh_kernel(const float* x, float* y, int64_t count) {
  constexpr float twice_root = 1.59576912F;  // 2 sqrt(2 / pi)
  constexpr float largest = 80;              // whose exponential is a number
  for (int64_t i = 0; i < count; ++i) {
    const float u = twice_root * x[i] * (1 + 0.044715F * x[i] * x[i]);
    y[i] = x[i] / (1 + std::exp(std::min(-u, largest)));
  }
}

}  // namespace arcuate
