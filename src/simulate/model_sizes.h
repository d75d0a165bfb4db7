// Feature spaces that stand for five models of growing size. Each tells the hidden numbers behind the drive `size` with
// an accuracy that grows with the logarithm of its size, so that a brain score's growth with size is known:
//   features = a z + sqrt(1 - a^2) n      a: accuracy = correlation of each feature with its hidden number
// The best linear prediction of any mixture of the z's from the features has r = a.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace arcuate {

struct ModelSize {
  std::string name{};
  double parameters = 0;
  double accuracy = 0;
};

/// size-1e6 … size-1e10: accuracy 0.5, 0.6, … 0.9.
std::vector<ModelSize> model_sizes();

/// words x hidden numbers, float32.
at::Tensor size_features(const at::Tensor& hidden, const ModelSize& size, uint64_t seed);

}  // namespace arcuate
