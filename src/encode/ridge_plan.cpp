#include "encode/ridge_plan.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/memory.h"

namespace arcuate::ridge {

namespace {

constexpr int64_t most_stages = 8;
// Of stages beyond one a thread: more of them save reading responses again, and products of blocks.
constexpr int64_t held_bytes = int64_t{256} << 20, held_bytes_for_products = int64_t{1} << 30,
                  held_bytes_of_a_device = int64_t{2} << 30;
constexpr int64_t narrowest = 48;
// Of a limit's rest: threads' heaps keep up to this share beside what is in use (measured with glibc).
constexpr double kept_share = 1.0 / 16;

double megabytes(int64_t bytes) { return static_cast<double>(bytes) / 1e6; }

}  // namespace

int64_t SplitPlan::bytes(const SplitNeeds& needs) const {
  // Refitted blocks are wider, and their targets take less.
  const int64_t making = std::min<int64_t>(threads, held) * needs.making;
  return needs.once + held * needs.stage + std::max(making, threads * widths.scored * needs.target);
}

std::optional<int64_t> memory_left(const Compute& compute) {
  if (compute.memory == 0) return std::nullopt;
  release_freed_memory();  // what earlier work took and freed is not taken
  return static_cast<int64_t>((1 - kept_share) * static_cast<double>(compute.memory - resident_bytes()));
}

SplitPlan plan_split(const SplitNeeds& needs, int64_t stages, int threads, c10::Device device,
                     std::optional<int64_t> left) {
  SplitPlan plan{.threads = threads, .held = 1, .widths = block_widths(device)};
  const int64_t room = !device.is_cpu()      ? held_bytes_of_a_device
                       : needs.costly_blocks ? held_bytes_for_products
                                             : held_bytes;
  plan.held =
      std::clamp<int64_t>(room / std::max<int64_t>(needs.stage, 1), threads, std::max<int64_t>(threads, most_stages));
  plan.held = std::min(plan.held, stages);
  if (!left) return plan;
  const auto narrow = [&] { plan.widths = {.scored = plan.widths.scored / 2, .refitted = plan.widths.refitted / 2}; };
  while (plan.bytes(needs) > *left && plan.widths.scored / 2 >= narrowest) narrow();
  while (plan.bytes(needs) > *left && plan.held > 1) --plan.held;
  while (plan.bytes(needs) > *left && plan.threads > 1) --plan.threads;
  if (plan.bytes(needs) > *left)
    bad_usage(
        "the memory limit leaves {:.0f} MB for the regression, and the least it takes is {:.0f} MB (one thread, one "
        "decomposition, blocks of {} targets); raise --memory-limit by {:.0f} MB",
        megabytes(std::max<int64_t>(*left, 0)), std::ceil(megabytes(plan.bytes(needs))), plan.widths.scored,
        std::ceil(megabytes(plan.bytes(needs) - *left) / (1 - kept_share)));
  return plan;
}

}  // namespace arcuate::ridge
