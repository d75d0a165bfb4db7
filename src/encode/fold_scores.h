// Within the encode layer only: scores of one inner fold at all penalties, from its basis (eigen_stage.h).
#pragma once
#include <memory>
#include <vector>

#include "encode/packed_product.h"
#include "encode/penalty_compression.h"
#include "encode/score_sums.h"

namespace arcuate::ridge {

class FoldScores {
 public:
  virtual ~FoldScores() = default;
  /// Right sides (r x b), U'Y of the training rows, and responses of the tested rows (n_v x b), both less the mean of
  /// the training rows, contiguous, of the type that the scores were made with; b a multiple of `lanes` and of what
  /// width() says.
  virtual void add(const at::Tensor& right, const at::Tensor& tested, ScoreSums& sums) const = 0;
  /// Blocks of targets are filled up to a multiple of this.
  virtual int64_t width() const = 0;
};

/// test: n_v x r, Z. By the matrix products of the library, in float32 or float64.
std::unique_ptr<FoldScores> plain_fold_scores(const at::Tensor& test, std::vector<CompressedBlock> blocks);
/// In float32 or bfloat16, in the order that the processor's kernel wants (packed_product.h): products stay in the
/// nearest cache until they are scored. Only where can_pack(packing).
std::unique_ptr<FoldScores> packed_fold_scores(const at::Tensor& test, std::vector<CompressedBlock> blocks,
                                               Packing packing);

BlockCost block_cost(Packing packing);

/// On any device, by whole tensors: predictions of many rows and all penalties are in memory at once.
std::unique_ptr<FoldScores> tensor_fold_scores(const at::Tensor& test, std::vector<CompressedBlock> blocks);

}  // namespace arcuate::ridge
