// One entry for all tests: each is that of its own file, whatever the threads and the memory.
#include "stats/group_test.h"

#include "stats/fdr.h"
#include "stats/signed_rank.h"
#include "unit/stats/group_reference.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

at::Tensor reference_rows() { return rows_of(group_reference()["t"]["x"], 11); }

GroupTestResult tested(const at::Tensor& rows, const GroupTestOptions& options, const Compute& compute = {}) {
  return group_test(units_of(rows), options, compute);
}

TfceSurface line(size_t vertices) {
  auto edges = Json::array();
  for (size_t v = 0; v + 1 < vertices; ++v) edges.push_back({v, v + 1});
  return {.adjacency = adjacency_of(edges, vertices), .sizes = at::ones({static_cast<int64_t>(vertices)}, at::kDouble)};
}

}  // namespace

TEST(GroupTest, signed_ranks_agree_with_scipy) {
  const auto found = tested(reference_rows(), {.test = GroupTest::signed_rank,
                                               .against = 0.25,
                                               .alternative = Alternative::greater,
                                               .correction = Correction::none});
  const auto stored = group_reference()["t"];
  EXPECT_LT(largest_difference(found.statistic, tensor_of(stored["rank_sums"])), 1e-12);
  EXPECT_LT(largest_difference(found.p, tensor_of(stored["rank_p"])), 1e-12);
  EXPECT_FALSE(found.corrected.defined());
}

TEST(GroupTest, the_value_to_test_against_is_a_shift) {
  const auto rows = reference_rows();
  for (const auto test : {GroupTest::t, GroupTest::signed_rank, GroupTest::sign_flip}) {
    const auto found = tested(rows, {.test = test, .against = 0.3}), moved = tested(rows - 0.3, {.test = test});
    EXPECT_LT(largest_difference(found.p, moved.p), 1e-12);
    EXPECT_LT(largest_difference(found.statistic, moved.statistic), 1e-12);
    EXPECT_GT(largest_difference(found.p, tested(rows, {.test = test}).p), 1e-3);
    EXPECT_LT(largest_difference(found.moments.mean, moved.moments.mean + 0.3), 1e-12);
  }
}

TEST(GroupTest, corrections_are_those_asked_for) {
  const auto rows = random_normals(9, 8, 31) + 0.6;
  GroupTestOptions options{.test = GroupTest::sign_flip, .surface = line(8)};
  const auto corrected = [&](Correction correction) {
    options.correction = correction;
    return tested(rows, options);
  };
  const auto bh = corrected(Correction::bh);
  EXPECT_EQ(largest_difference(bh.corrected, bh_fdr(bh.p)), 0);
  EXPECT_EQ(largest_difference(corrected(Correction::by).corrected, by_fdr(bh.p)), 0);
  const auto largest = corrected(Correction::largest), tfce = corrected(Correction::tfce);
  EXPECT_TRUE((largest.corrected >= bh.p).all().item<bool>());
  EXPECT_GT(largest_difference(largest.corrected, tfce.corrected), 0);
  EXPECT_FALSE(largest.enhanced.defined());
  EXPECT_TRUE(tfce.enhanced.defined());
}

TEST(GroupTest, gives_the_same_bytes_for_any_number_of_threads_and_any_memory) {
  auto rows = random_normals(13, 300, 32);
  rows[3][17] = NAN;
  GroupTestOptions options{.draws = 50, .surface = line(300), .bootstrap = {.draws = 50}};
  for (const auto& [test, correction] : {std::pair(GroupTest::t, Correction::by),
                                         {GroupTest::signed_rank, Correction::bh},
                                         {GroupTest::sign_flip, Correction::tfce}}) {
    options.test = test;
    options.correction = correction;
    const auto once = tested(rows, options), again = tested(rows, options, {.threads = 3, .memory = 9000});
    for (const auto field : {&GroupTestResult::statistic, &GroupTestResult::p, &GroupTestResult::corrected,
                             &GroupTestResult::low, &GroupTestResult::high})
      EXPECT_EQ(largest_difference(once.*field, again.*field), 0);
  }
}

TEST(GroupTest, reads_one_unit_at_a_time) {
  int64_t read = 0;
  const UnitRows units{.count = 1000, .columns = 4, .read = [&](int64_t unit) {
                         ++read;
                         return random_normals(1, 4, static_cast<uint64_t>(unit))[0];
                       }};
  EXPECT_FALSE(at::isnan(group_test(units, {}, {}).p).any().item<bool>());
  EXPECT_EQ(read, 1000);
}

TEST(GroupTest, says_what_does_not_fit) {
  const auto rows = random_normals(5, 4, 33);
  const auto message = [&](const GroupTestOptions& options) { return message_of([&] { tested(rows, options); }); };
  EXPECT_TRUE(contains(message({.correction = Correction::largest}), {"need the sign-flip test"}));
  EXPECT_TRUE(contains(message({.test = GroupTest::sign_flip, .correction = Correction::tfce}), {"needs a surface"}));
  EXPECT_TRUE(contains(message({.test = GroupTest::sign_flip, .correction = Correction::tfce, .surface = line(5)}),
                       {"surface has 5 vertices", "maps have 4"}));
  auto infinite = rows.clone();
  infinite[2][1] = INFINITY;
  EXPECT_TRUE(contains(message_of([&] { tested(infinite, {}); }), {"unit 3 has infinite values"}));
}
