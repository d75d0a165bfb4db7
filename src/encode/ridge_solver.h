// Within the encode layer only: what a solver of one split sees, and the two forms of the normal equations.
#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "encode/ridge.h"

namespace arcuate::ridge {

/// Positions of rows: a slice where they are consecutive (no copy is made), else an index.
class Rows {
 public:
  explicit Rows(const std::vector<int64_t>& positions);
  at::Tensor of(const at::Tensor& tensor, int64_t dim = 0) const;
  int64_t count() const;

 private:
  int64_t first_ = 0, end_ = 0;
  at::Tensor index_;
};

/// Rows of one inner fold as positions within the split's training rows.
struct InnerFold {
  Rows train;          ///< kept for training
  Rows block;          ///< held out: test rows and the gap around them
  Rows test;           ///< those that are scored
  Rows test_in_block;  ///< where they are within `block`
};

/// One split, centred and scaled by its training rows.
struct SplitData {
  std::vector<at::Tensor> train, test;  ///< a band each: n x F_b, n_test x F_b
  at::Tensor responses;                 ///< n x V
  std::vector<InnerFold> inner;
  const RidgeOptions& options;
};

class Solver {
 public:
  virtual ~Solver() = default;
  /// Mean inner score of every candidate: (scales * penalties) x V, float64, scales slowest.
  virtual at::Tensor inner_scores(const std::vector<std::vector<double>>& scales) = 0;
  /// Test predictions of the targets in `columns`, fitted on all training rows: bands x n_test x columns.
  virtual at::Tensor predict(const std::vector<double>& scales, double penalty, const at::Tensor& columns) = 0;
};

std::unique_ptr<Solver> dual_solver(const SplitData& data);
std::unique_ptr<Solver> primal_solver(const SplitData& data);

/// Score of one inner fold, higher is better: V values, float64. A correlation that does not exist counts as 0.
at::Tensor inner_score(Select select, const at::Tensor& responses, const at::Tensor& predictions);
/// The same from responses minus predictions.
at::Tensor residual_score(Select select, const at::Tensor& responses, const at::Tensor& residuals);

/// X'X in float64: the smallest penalty is often 1e-7 of its largest eigenvalue, below what float32 resolves.
at::Tensor gram(const at::Tensor& x);

/// Inverse of a symmetric positive definite matrix in float64. Errors: input, when it is not (NaN, singular).
at::Tensor inverse_spd(const at::Tensor& matrix);
/// matrix^-1 right, for a symmetric positive definite matrix. Errors as above.
at::Tensor solve_spd(const at::Tensor& matrix, const at::Tensor& right);

}  // namespace arcuate::ridge
