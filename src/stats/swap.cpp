#include "stats/swap.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "core/random.h"

namespace arcuate {

using at::Tensor;

// Columns with mean 0 and length 1; constant ones become 0.
static Tensor unit_columns(const Tensor& x) {
  const auto exact = x.to(at::kDouble);
  const auto centred = exact - exact.mean(0, true);
  const auto length = centred.norm(2, 0, true);
  return at::where(length > 1e-12 * exact.norm(2, 0, true), centred / length, at::zeros_like(centred));
}

std::vector<RowBlock> row_blocks(std::span<const int64_t> story_lengths, int64_t block) {
  std::vector<RowBlock> result;
  int64_t begin = 0;
  for (const int64_t length : story_lengths) {
    const int64_t blocks = std::max<int64_t>(1, length / block);
    for (int64_t k = 0; k < blocks; ++k)
      result.push_back({begin + k * block, k + 1 == blocks ? begin + length : begin + (k + 1) * block});
    begin += length;
  }
  return result;
}

// blocks x V
static Tensor block_sums(const Tensor& x, std::span<const int64_t> story_lengths, int64_t block) {
  std::vector<Tensor> sums;
  for (const auto& [begin, end] : row_blocks(story_lengths, block)) sums.push_back(x.slice(0, begin, end).sum(0));
  return at::stack(sums);
}

Tensor swap_null(const Tensor& responses, const Tensor& a, const Tensor& b, std::span<const int64_t> story_lengths,
                 const SwapOptions& options) {
  const auto contribution = unit_columns(responses) * (unit_columns(a) - unit_columns(b));
  const auto sums = block_sums(contribution, story_lengths, options.block);
  Random random(derive_seed(options.seed, "block swaps"));
  auto signs = at::empty({options.count, sums.size(0)}, at::kDouble);
  auto* sign = signs.data_ptr<double>();
  for (int64_t i = 0; i < signs.numel(); ++i) sign[i] = random.next() >> 63 ? 1.0 : -1.0;
  return signs.mm(sums);
}

}  // namespace arcuate
