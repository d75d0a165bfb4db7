// Predictions of a linear model for new rows:
//   prediction[t] = sum over delays d of x[t - d] w_d + c,   where t - d lies in the story of t
// Targets come in blocks: neither delayed features nor the weights of all targets need exist. Sums are float64.
// Shapes: T rows, F features before delays, D delays, V targets, b targets of a block.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "core/compute.h"
#include "encode/rows.h"

namespace arcuate {

struct LinearModel {
  /// D F x b, float32 or float64, of a range of targets; all features of the first delay first. Several threads ask.
  std::function<at::Tensor(const RowRange& targets)> weights{};
  at::Tensor intercepts{};         ///< V, float64.
  std::vector<int64_t> delays{0};  ///< D, in rows; 0: features as they are.
};

struct FeatureRows {
  at::Tensor features{};            ///< T x F, before delays.
  std::vector<RowRange> stories{};  ///< All T rows; no delay crosses an edge.
};

/// What becomes of a block's predictions, T x b, float64. Several threads call it, each for targets of its own.
using TakePredictions = std::function<void(const RowRange& targets, const at::Tensor& predictions)>;

/// Each target is in one block, and the blocks are the same for any number of threads, of which fewer work where
/// Compute::memory leaves no room for more. Errors: usage, when it leaves none for one block, saying how much that
/// takes.
void predict_in_blocks(const FeatureRows& rows, const LinearModel& model, const Compute& compute,
                       const TakePredictions& take);

}  // namespace arcuate
