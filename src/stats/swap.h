// Block-swap test of two predictions of the same responses: is one better than the other?
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace arcuate {

/// Rows [begin, end) that are swapped together.
struct RowBlock {
  int64_t begin = 0, end = 0;
};
/// Contiguous blocks of `block` rows that end where stories end; a shorter rest joins the last one of its story.
std::vector<RowBlock> row_blocks(std::span<const int64_t> story_lengths, int64_t block);

struct SwapOptions {
  int64_t count = 1000;  ///< Draws.
  int64_t block =
      14;  ///< Rows that are swapped together: longer than the autocorrelation (longest delay + 10 TRs by default).
  uint64_t seed = 0;
};

/// Null of r(responses, a) - r(responses, b) when a and b (both z-scored over all rows) are exchanged within contiguous
/// blocks of rows chosen at random; blocks do not cross stories. Under the hypothesis that both predict equally well
/// the sign of a block's contribution z_y (z_a - z_b) / T is arbitrary, so a draw flips the signs of random blocks.
/// responses, a, b: T x V. Returns draws x V, float64; 0 where a or b is constant.
at::Tensor swap_null(const at::Tensor& responses, const at::Tensor& a, const at::Tensor& b,
                     std::span<const int64_t> story_lengths, const SwapOptions& options);

}  // namespace arcuate
