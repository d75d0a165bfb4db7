#include "encode/linear_predictions.h"

#include <ATen/ATen.h>

#include <mutex>

#include "core/interrupt.h"
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

}  // namespace

void predict_in_blocks(const FeatureRows& rows, const LinearModel& model, const Compute& compute,
                       const TakePredictions& take) {
  const auto blocks = ridge::target_blocks(model.intercepts.size(0), targets_at_once);
  std::mutex telling;
  int64_t done = 0;
  parallel_for(std::ssize(blocks), compute.threads, [&](int64_t i) {
    stop_if_interrupted();
    const auto& targets = blocks[static_cast<size_t>(i)];
    take(targets, predicted(rows, model, targets));
    const std::lock_guard lock(telling);
    ++done;
    if (compute.progress) compute.progress(done, std::ssize(blocks));
  });
}

}  // namespace arcuate
