// Within the encode layer only: what solvers share that work with the kernel K = sum_b g_b X_b X_b' (n x n).
#pragma once
#include "encode/ridge_solver.h"

namespace arcuate::ridge {

BandKernels band_kernels(const SplitDesign& design);

class DualSolver : public Solver {
 public:
  /// Kernels are float64. Narrow bands get kernels as well: refits use them.
  DualSolver(const SplitDesign& design, const Scales& scales);

  TargetBlock block(at::Tensor responses, bool for_folds) const override;
  std::unique_ptr<Refit> refit(const Candidate& candidate) const override;

 protected:
  const SplitDesign& design() const { return design_; }
  const Scales& scales() const { return scales_; }
  /// n x n, a new tensor; bands of scale 0 are left out.
  at::Tensor kernel_of(const std::vector<double>& scales) const;
  /// n_test x n for each predicted band, scaled; one for all of them unless bands are kept.
  std::vector<at::Tensor> test_kernels_of(const std::vector<double>& scales) const;

 private:
  const SplitDesign& design_;
  Scales scales_;
  BandKernels kernels_;
};

}  // namespace arcuate::ridge
