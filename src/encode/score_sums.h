// Scores of many predictions of the same responses from their sums, without keeping the predictions.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "encode/ridge.h"

namespace arcuate::ridge {

/// Targets come in multiples of this: blocks are filled up with columns of zeros.
constexpr int64_t lanes = 16;

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

/// A group of products that share a buffer: rows x (m b), product m in the columns [m b, (m + 1) b).
struct ProductGroup {
  at::Tensor products;      ///< contiguous, float or double
  at::Tensor coefficients;  ///< m x L, the same type, contiguous
};

/// Adds rows whose predictions at penalty l are the sum over groups and m of c_ml product_m. responses: rows x b, of
/// the products' type, columns side by side, b a multiple of `lanes`.
void add_rows(std::span<const ProductGroup> groups, const at::Tensor& responses, ScoreSums& sums);

}  // namespace arcuate::ridge
