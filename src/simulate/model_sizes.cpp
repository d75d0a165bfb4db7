#include "simulate/model_sizes.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

std::vector<ModelSize> model_sizes() {
  std::vector<ModelSize> sizes;
  for (int power = 6; power <= 10; ++power)
    sizes.push_back({fmt::format("size-1e{}", power), std::pow(10.0, power), 0.5 + 0.1 * (power - 6)});
  return sizes;
}

at::Tensor size_features(const at::Tensor& hidden, const ModelSize& size, uint64_t seed) {
  const auto noise = random_normals(hidden.size(0), hidden.size(1), derive_seed(seed, size.name));
  return (size.accuracy * hidden + std::sqrt(1 - size.accuracy * size.accuracy) * noise).to(at::kFloat);
}

}  // namespace arcuate
