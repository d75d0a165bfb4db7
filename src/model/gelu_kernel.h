// Loops that the compiler turns into the widest instructions of the processor; alone in their file because they are
// compiled with looser rules of arithmetic (CMakeLists.txt).
#pragma once
#include <cstdint>

namespace arcuate {

/// y[i] = x[i] Phi(x[i]), and its approximation with tanh; y may be x. Within 1e-6 of the exact value.
void gelu_kernel(const float* x, float* y, int64_t count);
void gelu_tanh_kernel(const float* x, float* y, int64_t count);

}  // namespace arcuate
