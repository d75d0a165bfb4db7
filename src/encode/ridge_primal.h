// Within the encode layer only: what solvers share that work with G = X'X and C = X'Y, X the bands side by side (F
// columns). Training rows of an inner fold are all rows less its block: G - G_block, C - C_block.
#pragma once
#include "encode/ridge_solver.h"

namespace arcuate::ridge {

/// Normal equations of some training rows, for one row of band scales; centred if there is an intercept.
struct Equations {
  at::Tensor gram;    ///< F x F
  at::Tensor mean_x;  ///< 1 x F: of those rows, scaled; zeros without an intercept
  at::Tensor roots;   ///< F x 1: square roots of each column's scale
  double rows = 0;
};

class PrimalSolver : public Solver {
 public:
  /// Products of features are float64, but not features themselves.
  PrimalSolver(const SplitDesign& design, const Scales& scales);

  TargetBlock block(at::Tensor responses, bool for_folds) const override;
  std::unique_ptr<Refit> refit(const Candidate& candidate) const override;

  const SplitDesign& design() const { return design_; }
  /// Of the training rows of an inner fold; of all of the split; of all at scales of 1.
  Equations equations(int64_t scales, int64_t fold) const;
  Equations whole_equations(int64_t scales) const;
  Equations unscaled_equations() const;
  /// Those of the split's training rows, scaled, less the mean of the equations' rows.
  at::Tensor rows_of(const Equations& equations, const Rows& rows) const;
  /// The same times vectors, of the options' type: rows x vectors.size(1).
  at::Tensor projected(const Equations& equations, const Rows& rows, const at::Tensor& vectors) const;
  /// X'Y of the fold's training rows, scaled and centred: F x b. mean_y: 1 x b, of those rows.
  at::Tensor cross(const Equations& equations, const TargetBlock& block, int64_t fold, const at::Tensor& mean_y) const;

  /// Of whole equations: the split's test rows, scaled, once for each predicted band with the columns of the others at
  /// zero: (bands n_test) x F.
  at::Tensor scaled_test(const Equations& equations) const;

 protected:
  const Scales& scales() const { return scales_; }
  int64_t features() const { return x_.size(1); }
  /// Of all predicted bands: bands n_test.
  int64_t predicted_rows() const { return predicted_bands() * test_.size(0); }
  /// X_test (G + alpha I)^-1 of those rows and all training rows, as scaled but for X'Y: (bands n_test) x F, float64.
  at::Tensor ridge_operator(const Candidate& candidate) const;
  /// Test predictions operation * TargetBlock::cross.
  std::unique_ptr<Refit> cross_refit(const at::Tensor& operation) const;
  /// X'Y of some of the split's training rows, float64: F x b. Or what else stands for it in a block of targets.
  virtual at::Tensor cross_of(const Rows& rows, const at::Tensor& responses) const;

 private:
  at::Tensor roots(int64_t scales) const;
  int64_t predicted_bands() const;

  const SplitDesign& design_;
  Scales scales_;
  at::Tensor x_, test_;                             // n x F, n_test x F, of the options' type
  at::Tensor gram_;                                 // F x F, all training rows of the split
  std::vector<std::pair<Rows, double>> uncovered_;  // rows that are not in one block alone, and 1 - their blocks
};

}  // namespace arcuate::ridge
