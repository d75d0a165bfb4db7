#include "study/stack_needs.h"

#include <algorithm>

#include "core/memory.h"
#include "encode/stacking.h"
#include "study/study_needs.h"

namespace arcuate {
namespace {

double real(int64_t value) { return static_cast<double>(value); }

}  // namespace

UnitNeeds stack_needs(const EncodingPlan& plan, const StackCount& count, int64_t width) {
  const bool together = plan.study.encode.ridge.penalty_mode != PenaltyMode::per_target;
  const int64_t block = together ? count.columns : std::min(width, count.columns);
  const double rows = real(plan.responses.matrix.rows()), columns = real(count.columns), models = real(count.models);
  size_t tested = 0;
  for (const auto& split : plan.splits) tested = std::max(tested, split.outer.test.size());
  auto needs = encoding_needs(plan, {count.widest}, block);
  const double predictions = models * rows * real(block) * 8;
  const double mixed = (models * static_cast<double>(tested) + 4 * rows) * real(block) * 8;
  needs.memory += static_cast<int64_t>(predictions + mixed);
  if (static_cast<int64_t>(predictions) > needs.largest_bytes) {
    needs.largest = fmt::format("predictions of {} models: {} x {}", models, rows, block);
    needs.largest_bytes = static_cast<int64_t>(predictions);
  }
  const double folds = real(std::ssize(plan.splits));
  needs.disk = static_cast<int64_t>(columns * 8 * (folds * (models + 1) + models + 4));
  needs.work *= models * real(count.parts + 1) * columns / real(plan.responses.matrix.targets());
  return needs;
}

int64_t stack_width(const EncodingPlan& plan, const StackCount& count) {
  // A quarter stays for what libraries keep for themselves once they were used.
  const int64_t bytes = (memory_limit(plan.machine.memory).bytes - resident_bytes()) / 4 * 3;
  int64_t width = StackingBlocks().width;
  while (width > targets_of_a_part) {
    const auto needs = stack_needs(plan, count, width);
    if (needs.memory + plan.machine.threads * needs.of_a_thread <= bytes) break;
    width -= targets_of_a_part;
  }
  return width;
}

}  // namespace arcuate
