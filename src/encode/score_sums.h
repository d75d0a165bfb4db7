// Scores of many predictions of the same responses from their sums, without keeping the predictions.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "encode/ridge.h"

namespace arcuate::ridge {

/// Sums over the rows of one fold, for L penalties and b targets, float64.
struct ScoreSums {
  at::Tensor p, pp, py;  ///< L x b: of predictions, their squares, their products with the responses
  at::Tensor y, yy;      ///< b: of the responses and their squares
  int64_t rows = 0;
};

/// No predictions yet; `responses` (rows x b) are those of the whole fold.
ScoreSums start_sums(int64_t penalties, const at::Tensor& responses);

/// Scores, higher is better: L x b, float64. What does not exist counts as 0.
at::Tensor scores_of(const ScoreSums& sums, Select select);

/// Predictions of some rows and targets at penalty l: the sum over products of c_l times its values.
template <class T>
struct Product {
  const T* values = nullptr;  ///< of the first row and target; targets are side by side
  int64_t row_stride = 0;
  const T* coefficients = nullptr;  ///< L
};

/// Where they are, and the responses there. Targets come in multiples of `lanes`.
constexpr int64_t lanes = 16;
template <class T>
struct Tile {
  std::vector<Product<T>> products{};
  const T* responses = nullptr;
  int64_t response_stride = 0;
  int64_t rows = 0, first_target = 0, targets = 0;
};

void add_tile(const Tile<float>& tile, ScoreSums& sums);
void add_tile(const Tile<double>& tile, ScoreSums& sums);

}  // namespace arcuate::ridge
