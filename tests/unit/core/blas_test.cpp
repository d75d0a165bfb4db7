#include "core/blas.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>

#include "core/parallel.h"

namespace arcuate {
namespace {

// The test's main() has made the choice, unless the environment did.
TEST(BlasKernel, has_the_instructions_of_the_processor) {
  const std::string kernel = blas_kernel();
  if (kernel == "unknown") GTEST_SKIP() << "the tensor library uses another BLAS";
#if defined(__x86_64__)
  for (const char* old : {"Prescott", "Core2", "Penryn", "Nehalem", "Barcelona"})
    EXPECT_FALSE(kernel == old && __builtin_cpu_supports("avx2")) << kernel;
#endif
}

TEST(BlasKernel, multiplies_as_the_sum_of_products_does) {
  const auto a = at::rand({130, 257}), b = at::rand({257, 61});
  const auto expected = (a.to(at::kDouble).unsqueeze(2) * b.to(at::kDouble).unsqueeze(0)).sum(1);
  EXPECT_LT((at::matmul(a, b).to(at::kDouble) - expected).abs().max().item<double>(), 1e-4);
}

}  // namespace
}  // namespace arcuate
