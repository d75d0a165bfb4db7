// Ridge predictions at many penalties from few products.
//
// In an eigenbasis, the prediction at penalty alpha_l is sum_i z_i b_i f_l(lambda_i) with f_l(lambda) = 1 / (lambda +
// alpha_l): a product for each penalty. Over neighbouring eigenvalues the functions f_l differ little, so that few of
// their combinations stand for all of them:
//   f_l(lambda_i) ~ sum_m G_im c_ml,   G and c from the singular vectors of f_l(lambda_i) / f_l(middle)
// with as few m as keep every f_l(lambda_i) to a relative tolerance: a prediction is then wrong by no more than the
// tolerance times sum_i |z_i b_i f_l(lambda_i)|, whatever the responses. The number of products hardly depends on the
// number of penalties. (Low-rank approximation: Eckart & Young 1936.)
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace arcuate {

/// Eigenvalues [begin, end), and the functions that stand for the penalties there.
struct CompressedBlock {
  int64_t begin = 0, end = 0;
  at::Tensor weights;       ///< (end - begin) x m: G
  at::Tensor coefficients;  ///< m x penalties: c
};

/// What the units that multiply are best at.
struct BlockCost {
  int64_t shortest = 16;  ///< Eigenvalues of a block; its lengths are powers of two times this.
  double overhead = 16;   ///< What a product costs beside its multiplications, in eigenvalues: it is kept and combined.
};

/// eigenvalues: r, ascending, not negative, float64. Blocks are long where eigenvalues are alike and short where they
/// are spread.
std::vector<CompressedBlock> compress_penalties(const at::Tensor& eigenvalues, const std::vector<double>& penalties,
                                                double tolerance, const BlockCost& cost = {});

}  // namespace arcuate
