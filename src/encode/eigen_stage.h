// Within the encode layer only: scores of an inner fold at all penalties from the eigenbasis of its training rows. With
// X_tr'X_tr = V Lambda V' the held-out predictions at penalty l are
//   sum_i Z_i (V'X_tr'Y_tr)_i / (lambda_i + alpha_l),   Z = X_v V,
// and with X_tr = U S V' the same of U'Y_tr and Z = X_v V S. Decompositions are float64: float32 would round what the
// penalty is added to by 1e-7 of the largest eigenvalue, which changes choices (docs/performance.md). Few products
// stand for all penalties (penalty_compression.h). Predictions are scored as they arise and never kept (fold_scores.h).
#pragma once
#include <memory>
#include <optional>

#include "encode/packed_product.h"
#include "encode/ridge_solver.h"

namespace arcuate::ridge {

/// A left factor for responses, packed for exact products and, where folds are scored in bfloat16, for those.
class ScoringFactor {
 public:
  ScoringFactor(const SplitDesign& design, const at::Tensor& matrix);
  at::Tensor times(const at::Tensor& right, Scoring scoring) const;

 private:
  LeftFactor exact_;
  std::optional<LeftFactor> coarse_;
};

/// What a fold's training responses are in its eigenbasis.
class RightSide {
 public:
  virtual ~RightSide() = default;
  /// r x b: U'Y or V'X'Y of the fold's training rows about their mean (1 x b), with columns of zeros up to a multiple
  /// of `width`; contiguous, of the options' type.
  virtual at::Tensor of(const TargetBlock& block, const at::Tensor& mean, int64_t width, Scoring scoring) const = 0;
};

struct Basis {
  at::Tensor eigenvalues{};  ///< r, float64, ascending, not negative
  std::unique_ptr<RightSide> right{};
  at::Tensor test{};  ///< n_v x r: Z, float64
};

/// `first_place`: of the candidates that the fold is scored for.
std::unique_ptr<Stage> eigen_stage(const SplitDesign& design, int64_t fold, int64_t first_place, Basis basis);

/// Matrix less another of its columns, or one row for all, with columns of zeros up to a multiple of `width`.
at::Tensor filled_up(const at::Tensor& matrix, const at::Tensor& less, int64_t width);

/// Of a stage whose right side comes from `right_rows` rows, beside that; r: directions.
int64_t eigen_stage_bytes(const SplitDesign& design, int64_t r, int64_t right_rows, int64_t test);
/// Of a target: responses and right sides, and packed the right sides times the usual functions.
int64_t eigen_target_bytes(const SplitDesign& design, int64_t r);

/// Stages go by rows of scales, then folds.
struct EigenPlace {
  int64_t scales = 0, fold = 0;
};
inline int64_t eigen_stages(const SplitDesign& design, const Scales& scales) {
  return std::ssize(scales) * std::ssize(design.inner);
}
inline EigenPlace eigen_place(const SplitDesign& design, int64_t stage) {
  return {stage / std::ssize(design.inner), stage % std::ssize(design.inner)};
}

}  // namespace arcuate::ridge
