#include "encode/ridge_plan.h"

#include "core/memory.h"
#include "core/tensor.h"
#include "encode/ridge.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::ridge;
using test::contains;
using test::message_of;

namespace {
constexpr int64_t mega = 1'000'000;
constexpr SplitNeeds needs{.stage = 50 * mega, .making = 200 * mega, .target = 100'000};
}  // namespace

TEST(RidgePlan, without_a_limit_holds_a_stage_a_thread_and_more_where_they_are_small) {
  const auto large = plan_split({.stage = 1000 * mega}, 20, 3, at::kCPU, {});
  EXPECT_EQ(large.held, 3);
  EXPECT_EQ(large.threads, 3);
  EXPECT_EQ(plan_split({.stage = mega}, 20, 3, at::kCPU, {}).held, 8);
  EXPECT_EQ(plan_split({.stage = mega}, 5, 3, at::kCPU, {}).held, 5);
  EXPECT_GT(plan_split(needs, 20, 1, c10::Device(at::kCUDA, 0), {}).widths.scored, large.widths.scored);
}

TEST(RidgePlan, counts_what_stages_share_and_holds_more_of_them_where_blocks_are_costly) {
  SplitNeeds shared = needs;
  shared.once = 30 * mega;
  const auto plan = plan_split(needs, 20, 1, at::kCPU, {});
  EXPECT_EQ(plan.bytes(shared), plan.bytes(needs) + 30 * mega);
  shared.costly_blocks = true;
  EXPECT_GT(plan_split(shared, 20, 1, at::kCPU, {}).held, plan.held);
}

TEST(RidgePlan, narrows_blocks_then_holds_less_then_uses_fewer_threads) {
  const auto usual = plan_split(needs, 20, 2, at::kCPU, {});
  EXPECT_EQ(usual.bytes(needs), 5 * needs.stage + 2 * needs.making);
  auto before = usual;
  for (const int64_t left : {600, 500, 400, 250}) {
    const auto plan = plan_split(needs, 20, 2, at::kCPU, left * mega);
    EXPECT_LE(plan.bytes(needs), left * mega);
    EXPECT_LE(plan.held, before.held);
    EXPECT_LE(plan.threads, before.threads);
    before = plan;
  }
  EXPECT_EQ(before.held, 1);
  EXPECT_EQ(before.threads, 2);  // a single stage is made by one of them
  EXPECT_EQ(plan_split({.target = mega}, 20, 2, at::kCPU, 70 * mega).threads, 1);
}

TEST(RidgePlan, says_the_least_that_would_do) {
  EXPECT_TRUE(contains(message_of([] { plan_split(needs, 20, 2, at::kCPU, 100 * mega); }),
                       {"leaves 100 MB", "the least it takes is 250 MB", "raise --memory-limit by 160 MB"}));
  // Where more than the limit is taken already, that too.
  EXPECT_TRUE(contains(message_of([] { plan_split(needs, 20, 2, at::kCPU, -50 * mega); }),
                       {"leaves 0 MB", "the least it takes is 250 MB", "raise --memory-limit by 320 MB"}));
}

TEST(RidgePlan, blocks_halve_while_the_memory_of_a_device_is_short) {
  std::vector<int64_t> tried;
  const auto work = [&](int64_t most) {
    return [&tried, most](int64_t width) {
      tried.push_back(width);
      if (width > most) throw c10::OutOfMemoryError({__func__, __FILE__, __LINE__}, "no memory");
      return width;
    };
  };
  int64_t width = 8192;
  EXPECT_EQ(in_blocks(width, work(3000)), 2048);
  EXPECT_EQ(tried, (std::vector<int64_t>{8192, 4096, 2048}));
  EXPECT_EQ(width, 2048);  // for the blocks that follow
  EXPECT_TRUE(contains(message_of([&] { in_blocks(width, work(10)); }), {"use --device cpu"}));
}

TEST(RidgePlan, a_limit_changes_results_by_rounding_alone) {
  const auto x = random_normals(300, 90, 1), y = x.mm(random_normals(90, 3000, 2)) + 9 * random_normals(300, 3000, 3);
  const std::vector<RowRange> whole{{0, 300}};
  const auto splits = nested_splits(contiguous_folds(all_rows(300), whole, 2, 1), whole, 4, 1);
  const RidgeOptions options{.penalties = {1, 10, 100}, .method = Method::eigenbasis};
  const auto solve = [&](int64_t memory) {
    return ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {.threads = 2, .memory = memory});
  };
  const auto free = solve(0);
  // Which of these suffice depends on what the process has kept of memory that it used before.
  for (const int64_t more : {8, 32, 128, 512}) {
    RidgeResult limited;
    const auto refused = message_of([&] { limited = solve(resident_bytes() + more * mega); });
    EXPECT_TRUE(refused.empty() || more < 512) << refused;
    if (!refused.empty()) continue;
    EXPECT_LT(test::largest_difference(free.predictions, limited.predictions), 1e-4);
    EXPECT_TRUE(at::equal(free.penalties, limited.penalties));
  }
  EXPECT_TRUE(contains(message_of([&] { solve(1); }), {"raise --memory-limit"}));
}
