// Principal component analysis (Pearson 1901; Hotelling 1933): the directions of largest variance of some rows.
//
//   X - mean = U S V'      components = rows of V', variances = S^2 / (N - 1), scores = (x - mean) V
//
// A component's sign is that which makes its largest loading (by magnitude, the first of equals) positive, so the same
// rows always give the same scores.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace arcuate {

struct Pca {
  at::Tensor mean;        ///< 1 x F
  at::Tensor components;  ///< K x F, of length 1, by falling variance
  at::Tensor variances;   ///< K
};

/// rows: N x F, finite. All results are float64. Errors: usage, when `components` is not from 1 to min(N - 1, F);
/// input, when the rows vary in fewer directions.
Pca fit_pca(const at::Tensor& rows, int64_t components);

/// rows: N x F. Returns N x K, float64.
at::Tensor pca_scores(const Pca& pca, const at::Tensor& rows);

}  // namespace arcuate
