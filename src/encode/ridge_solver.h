// Within the encode layer only: what a solver of one split sees and does.
//
// Work that does not depend on the responses is done once a split, in stages; responses come in blocks of targets, each
// of which goes through all stages that are held. Everything const may be called from several threads.
#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "encode/ridge_choice.h"

namespace arcuate::ridge {

/// Positions of rows: a slice where they are consecutive (no copy is made), else an index.
class Rows {
 public:
  explicit Rows(const std::vector<int64_t>& positions);
  at::Tensor of(const at::Tensor& tensor, int64_t dim = 0) const;
  int64_t count() const;
  const at::Tensor& positions() const { return index_; }

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

/// Inner products of a split's rows, a band each, float64: n x n of training rows, n_test x n.
struct BandKernels {
  std::vector<at::Tensor> train{}, test{};
};

/// Features of one split, centred and scaled by its training rows.
struct SplitDesign {
  int64_t rows = 0;               ///< n, for training
  std::vector<int64_t> widths{};  ///< F_b
  /// A band each: n x F_b, n_test x F_b. Not there where kernels stand for them, which the dual form can do with.
  std::vector<at::Tensor> train{}, test{};
  std::vector<InnerFold> inner{};
  const RidgeOptions& options;
  BandKernels kernels{};  ///< Where they are known or several solvers share them; else empty.

  /// Where features or kernels are, and all that solvers make of them.
  c10::Device device() const { return (train.empty() ? kernels.train : train).front().device(); }
};

/// 1 x b: mean responses of the fold's training rows; zeros without an intercept. responses: n x b.
at::Tensor training_mean(const SplitDesign& design, const InnerFold& fold, const at::Tensor& responses);

/// Band scales and a penalty, by their places in the lists.
struct Candidate {
  int64_t scales = 0, penalty = 0;
};

/// What a solver needs of a block of targets: the responses (n x b, of the options' type) and their products.
struct TargetBlock {
  at::Tensor responses{};
  at::Tensor cross{};                    ///< primal: X'Y (or U'Y) of all training rows, F x b
  std::vector<at::Tensor> held_cross{};  ///< primal: the same of each inner fold's block
};

enum class Scoring { exact, bf16 };

/// One factorisation and the inner scores that it gives.
class Stage {
 public:
  virtual ~Stage() = default;
  /// Adds the scores of its folds to those of its candidates (scales slowest). Stages without products of bfloat16 are
  /// exact in any case.
  virtual void add_scores(const TargetBlock& block, Scoring scoring, BlockScores& scores) const = 0;
  virtual bool has(Scoring scoring) const { return scoring == Scoring::exact; }
};

/// Test predictions after fitting all training rows with one candidate.
class Refit {
 public:
  virtual ~Refit() = default;
  /// bands x n_test x columns, of the options' type, for those columns of the block.
  virtual at::Tensor predict(const TargetBlock& block, const at::Tensor& columns) const = 0;
};

/// Memory of a solver's work, in bytes; about.
struct SplitNeeds {
  int64_t stage = 0;   ///< Of a stage that is held: the largest.
  int64_t making = 0;  ///< Of making one, beside itself.
  int64_t once = 0;    ///< Of what stages share, made with the first of them.
  int64_t target = 0;  ///< Of each target of a block.
  /// Products of a block of targets cost much: to hold more stages saves making them again.
  bool costly_blocks = false;
};
/// Of responses and products of one target, for `products` of them at once.
int64_t target_bytes(const SplitDesign& design, int64_t products);

class Solver {
 public:
  virtual ~Solver() = default;
  virtual SplitNeeds needs() const = 0;
  /// Scores of all inner folds are sums over stages.
  virtual int64_t stages() const = 0;
  virtual std::unique_ptr<Stage> stage(int64_t number) const = 0;
  virtual std::unique_ptr<Refit> refit(const Candidate& candidate) const = 0;
  /// `for_folds`: with what stages need, else with what refits need.
  virtual TargetBlock block(at::Tensor responses, bool for_folds) const = 0;
};

/// `scales`: rows of band scales, the candidates' first part. The design outlives the solver.
using Scales = std::vector<std::vector<double>>;
std::unique_ptr<Solver> inverse_dual_solver(const SplitDesign& design, const Scales& scales);
/// How many decompositions it needs: rows of scales that differ in narrow bands alone share one.
int64_t inverse_groups(const SplitDesign& design, const Scales& scales);
std::unique_ptr<Solver> inverse_primal_solver(const SplitDesign& design, const Scales& scales);
std::unique_ptr<Solver> eigenbasis_dual_solver(const SplitDesign& design, const Scales& scales);
std::unique_ptr<Solver> eigenbasis_primal_solver(const SplitDesign& design, const Scales& scales);
/// For fractions of the length of the weights.
std::unique_ptr<Solver> fraction_solver(const SplitDesign& design, const Scales& scales);
/// For criteria other than folds; both forms.
std::unique_ptr<Solver> left_out_solver(const SplitDesign& design, const Scales& scales);

/// Score of one inner fold, higher is better: V values, float64. A correlation that does not exist counts as 0.
at::Tensor inner_score(Select select, const at::Tensor& responses, const at::Tensor& predictions);
/// The same from responses minus predictions.
at::Tensor residual_score(Select select, const at::Tensor& responses, const at::Tensor& residuals);

/// Of a symmetric positive definite matrix: its lower Cholesky factor, its inverse. Errors: input, when it is not (NaN,
/// singular).
at::Tensor factor_spd(const at::Tensor& matrix);
at::Tensor inverse_spd(const at::Tensor& matrix);
/// matrix^-1 right. Errors as above.
at::Tensor solve_spd(const at::Tensor& matrix, const at::Tensor& right);

}  // namespace arcuate::ridge
