// Small models of random weights whose states the original library made.
#pragma once
#include <numeric>
#include <string>
#include <vector>

#include "fixture.h"
#include "model/model.h"
#include "support.h"

namespace arcuate::test {

/// A folder of tests/reference/models.
inline fs::path reference_model(const std::string& name) { return source_path("reference/models/" + name); }

/// After the embedding, after each block and after the final norm.
inline std::vector<int64_t> layers_to_final(const Model& model) {
  std::vector<int64_t> layers(static_cast<size_t>(model.spec().layers) + 2);
  std::iota(layers.begin(), layers.end(), int64_t{0});
  return layers;
}

/// Largest difference over the largest number.
inline double relative_difference(const at::Tensor& found, const at::Tensor& expected) {
  return largest_difference(found, expected) / expected.abs().max().item<double>();
}

}  // namespace arcuate::test
