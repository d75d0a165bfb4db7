#include "encode/linear_predictions.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "encode/delays.h"
#include "encode/exact_products.h"
#include "encode/target_blocks.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr int64_t targets_at_once = 512;  // whose weights of ten thousand features fill 20 MB

// A product at each delay, shifted: the same numbers as of delayed features, which would take D times their memory.
Tensor predicted(const FeatureRows& rows, const LinearModel& model, const RowRange& targets) {
  const auto weights = model.weights(targets);
  const int64_t width = rows.features.size(1);
  auto sum = at::zeros({rows.features.size(0), targets.size()}, at::kDouble);
  for (size_t d = 0; d < model.delays.size(); ++d) {
    const auto first = static_cast<int64_t>(d) * width;
    add_delayed(sum, exact_product(rows.features, weights.slice(0, first, first + width)), model.delays[d],
                rows.stories);
  }
  return sum.add_(model.intercepts.slice(0, targets.begin, targets.end));
}

// Bytes of one thread with a block: weights and a part of them in float64, and what predictions and their scores are
// computed with.
int64_t block_bytes(const FeatureRows& rows, const LinearModel& model, int64_t targets) {
  constexpr int64_t inner = 1024, item = sizeof(double);  // of exact_product
  constexpr int64_t arrays = 12;  // of rows x targets: products, their sum, scores of pairs (measured)
  const auto weights = model.weights({0, 1});
  const int64_t read = weights.numel() * targets * static_cast<int64_t>(weights.element_size());
  const int64_t part = std::min(inner, rows.features.size(1)), count = rows.features.size(0);
  return read + (part * (targets + count) + arrays * count * targets) * item;
}

int threads_within(const Compute& compute, int64_t each) {
  if (compute.memory == 0) return compute.threads;
  constexpr double megabyte = 1e6;
  const int64_t left = compute.memory - resident_bytes();
  if (left < each)
    bad_usage(
        "the memory limit leaves {:.0f} MB for predictions, and the least they take is {:.0f} MB (one thread, {} "
        "targets at once); raise --memory-limit by {:.0f} MB",
        static_cast<double>(std::max<int64_t>(left, 0)) / megabyte, static_cast<double>(each) / megabyte,
        targets_at_once, std::ceil(static_cast<double>(each - left) / megabyte));
  return static_cast<int>(std::min<int64_t>(left / each, compute.threads));
}

}  // namespace

void predict_in_blocks(const FeatureRows& rows, const LinearModel& model, const Compute& compute,
                       const TakePredictions& take) {
  const auto blocks = ridge::target_blocks(model.intercepts.size(0), targets_at_once);
  const int threads = threads_within(compute, block_bytes(rows, model, blocks.front().size()));
  std::mutex telling;
  int64_t done = 0;
  parallel_for(std::ssize(blocks), threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto& targets = blocks[static_cast<size_t>(i)];
    take(targets, predicted(rows, model, targets));
    const std::lock_guard lock(telling);
    ++done;
    if (compute.progress) compute.progress(done, std::ssize(blocks));
  });
}

}  // namespace arcuate
