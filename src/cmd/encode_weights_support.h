// The weights of `encode`: one model of all training rows, with all that is needed to predict from new features.
#pragma once
#include <filesystem>
#include <vector>

#include "encode/ridge_weights.h"
#include "encode/score.h"

namespace arcuate {

/// The model and what it is for.
struct EncodeWeights {
  RidgeWeights fit{};
  at::Tensor penalties{};         ///< V: lambda of each target.
  std::vector<int64_t> delays{};  ///< Of the design's columns, slowest; empty: features as they are.
};

/// HDF5 (docs/formats.md). Targets that are flagged have NaN.
void write_weights(const std::filesystem::path& path, const EncodeWeights& weights, const std::vector<Flag>& flags);

}  // namespace arcuate
