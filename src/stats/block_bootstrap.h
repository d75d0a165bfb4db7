// Bootstrap over time: intervals for what is computed from sums over volumes (Künsch 1989, with blocks that do not
// overlap: Carlstein 1986).
//
// Volumes follow each other, so blocks of them are drawn with replacement, as many as there are; a block ends where its
// story ends. Statistics are functions of means over the drawn volumes, and means of sums over blocks: a draw costs as
// much as there are blocks, not volumes. T volumes, V targets, B blocks, m draws.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace arcuate {

struct BlockBootstrapOptions {
  int64_t draws = 500;
  int64_t block = 20;  ///< Volumes of a block; the last one of a story has what is left.
  double level = 0.95;
  uint64_t seed = 0;
};

/// Ends of an interval, each of the statistic's shape.
struct TargetIntervals {
  at::Tensor low{}, high{};
};

class BlockBootstrap {
 public:
  /// Errors: usage (no draw, no block length, a level outside 0 … 1).
  BlockBootstrap(std::span<const int64_t> story_lengths, const BlockBootstrapOptions& options);

  int64_t draws() const { return counts_.size(0); }
  /// Means over the volumes of each draw: T x V -> m x V.
  at::Tensor means(const at::Tensor& series) const;
  /// The middle `level` of the draws, m x … -> …; NaN where a draw has no value.
  TargetIntervals interval(const at::Tensor& draws) const;

 private:
  std::vector<int64_t> lengths_{};  // of the blocks
  at::Tensor counts_{};             // m x B: how often each block is drawn
  double level_ = 0;
};

// Blocks of targets that fit the memory, on several threads; numbers do not depend on them.

/// Pearson r of each column pair (T x V each) in every draw: the interval of it.
TargetIntervals correlation_interval(const at::Tensor& a, const at::Tensor& b, const BlockBootstrap& bootstrap,
                                     int threads = 1);

/// The interval of a statistic of covariances between repeats (repeats: N x T x V; statistic: … x N x N -> …, as in
/// ceiling.h).
TargetIntervals repeats_interval(const at::Tensor& repeats,
                                 const std::function<at::Tensor(const at::Tensor&)>& statistic,
                                 const BlockBootstrap& bootstrap, int threads = 1);

}  // namespace arcuate
