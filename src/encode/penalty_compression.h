// Ridge predictions at many penalties from few products.
//
// In an eigenbasis, the prediction at penalty alpha_l is sum_i z_i b_i f_l(lambda_i) with f_l(lambda) = 1 / (lambda +
// alpha_l): a product for each penalty. Over a block of neighbouring eigenvalues the functions f_l differ little, so
// that few of their combinations suffice:
//   f_l(lambda_i) ~ sum_m G_im c_ml,
// G and c from the singular vectors of the weighted matrix F_il = w_i f_l(lambda_i) / ||w f_l||, w_i the size that
// z_i b_i is expected to have. Singular values are dropped as long as the squares that a block loses stay below
// (tolerance^2 / blocks), relative to the size of each prediction. The number of products then hardly depends on the
// number of penalties. (Low-rank approximation: Eckart & Young 1936.)
//
// Where targets differ (noise spreads evenly over directions, signal goes with their variance), w_i^2 is the sum over
// several expectations and ||w f_l|| the smallest of theirs, so that none loses more than the tolerance.
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

/// eigenvalues: r, ascending, not negative; sizes: expectations x r, w above; float64 all. `block` eigenvalues at a
/// time; blocks that need no function at all are left out.
std::vector<CompressedBlock> compress_penalties(const at::Tensor& eigenvalues, const at::Tensor& sizes,
                                                const std::vector<double>& penalties, double tolerance,
                                                int64_t block = 256);

}  // namespace arcuate
