// Folds of random chunks: what is held out, what never is, and that both forms of ridge agree on them.
#include "encode/chunks.h"

#include <algorithm>
#include <set>

#include "core/tensor.h"
#include "encode/ridge.h"
#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::largest_difference;
using test::message_of;

static const std::vector<RowRange> whole{{0, 103}};

TEST(Chunks, are_contiguous_do_not_overlap_and_never_hold_out_the_remainder) {
  const auto folds = chunk_folds(all_rows(103), whole, {.boots = 200, .length = 10, .held_out = 3, .seed = 1}, 0);
  ASSERT_EQ(folds.size(), 200u);
  std::set<int64_t> ever;
  for (const auto& fold : folds) {
    ASSERT_EQ(fold.test.size(), 30u);
    for (size_t i = 0; i < fold.test.size(); i += 10) {
      EXPECT_EQ(fold.test[i] % 10, 0);
      EXPECT_EQ(fold.test[i + 9], fold.test[i] + 9);
    }
    std::vector<int64_t> all = fold.train;
    all.insert(all.end(), fold.test.begin(), fold.test.end());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, all_rows(103));
    ever.insert(fold.test.begin(), fold.test.end());
  }
  EXPECT_EQ(ever.size(), 100u);
  EXPECT_EQ(*ever.rbegin(), 99);
}

TEST(Chunks, every_chunk_is_held_out_about_equally_often) {
  const auto folds = chunk_folds(all_rows(103), whole, {.boots = 1000, .length = 10, .held_out = 3, .seed = 2}, 0);
  std::vector<double> count(10, 0);
  for (const auto& fold : folds)
    for (size_t i = 0; i < fold.test.size(); i += 10) ++count[static_cast<size_t>(fold.test[i] / 10)];
  for (const double c : count) EXPECT_NEAR(c, 300, 4 * std::sqrt(1000 * 0.3 * 0.7));
}

TEST(Chunks, a_share_is_rounded_down_to_whole_chunks) {
  const auto folds = chunk_folds(all_rows(103), whole, {.boots = 1, .length = 10, .held_out = 0.25}, 0);
  EXPECT_EQ(folds[0].test.size(), 20u);  // 25.75 rows
}

TEST(Chunks, are_cut_from_the_rows_as_they_follow_each_other) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < 103; ++row)
    if (row < 15 || row >= 40) rows.push_back(row);
  const auto folds = chunk_folds(rows, whole, {.boots = 50, .length = 10, .held_out = 1, .seed = 3}, 0);
  const std::vector<int64_t> spanning{10, 11, 12, 13, 14, 40, 41, 42, 43, 44};
  EXPECT_TRUE(std::any_of(folds.begin(), folds.end(), [&](const Fold& f) { return f.test == spanning; }));
}

TEST(Chunks, rows_within_the_gap_belong_to_neither_part) {
  const std::vector<RowRange> stories{{0, 50}, {50, 103}};
  for (const auto& fold : chunk_folds(all_rows(103), stories, {.boots = 30, .length = 10, .held_out = 2, .seed = 4}, 3))
    for (const int64_t row : fold.train)
      for (const int64_t tested : fold.test) EXPECT_TRUE((row < 50) != (tested < 50) || std::abs(row - tested) > 3);
  const auto alone = chunk_folds(all_rows(103), stories, {.boots = 30, .length = 10, .held_out = 1, .seed = 4}, 3);
  const auto at_end = std::find_if(alone.begin(), alone.end(), [](const Fold& f) { return f.test.front() == 40; });
  ASSERT_NE(at_end, alone.end());
  EXPECT_EQ(at_end->train.size(), 90u);  // rows 37 … 39 are left out, the next story begins at once
}

TEST(Chunks, the_seed_decides_and_draws_differ) {
  const ChunkOptions options{.boots = 5, .length = 5, .held_out = 4, .seed = 1};
  const auto one = chunk_folds(all_rows(103), whole, options, 0), again = chunk_folds(all_rows(103), whole, options, 0);
  ChunkOptions other = options;
  other.seed = 2;
  EXPECT_EQ(one[0].test, again[0].test);
  EXPECT_NE(one[0].test, one[1].test);
  EXPECT_NE(one[0].test, chunk_folds(all_rows(103), whole, other, 0)[0].test);
}

TEST(Chunks, both_forms_of_ridge_agree_on_folds_with_holes) {
  const auto x = random_normals(103, 6, 1), y = x.matmul(random_normals(6, 4, 2)) + 3 * random_normals(103, 4, 3);
  const RidgeSplit split{.outer = {.train = all_rows(90), .test = {90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100}},
                         .inner = chunk_folds(all_rows(90), whole, {.boots = 6, .length = 7, .held_out = 3}, 2)};
  RidgeOptions options{.penalties = {0.1, 1, 10, 100}, .type = at::kDouble, .keep_curves = true};
  options.form = Form::dual;
  const auto dual = ridge_cross_validated({.bands = {x}, .responses = y}, {split}, options, {});
  options.form = Form::primal;
  const auto primal = ridge_cross_validated({.bands = {x}, .responses = y}, {split}, options, {});
  EXPECT_LT(largest_difference(dual.curves, primal.curves), 1e-9);
  EXPECT_LT(largest_difference(dual.predictions, primal.predictions), 1e-9);
}

TEST(Chunks, impossible_folds_are_refused) {
  const auto refused = [&](ChunkOptions options, int64_t gap) {
    return message_of([&] { chunk_folds(all_rows(103), whole, options, gap); });
  };
  EXPECT_TRUE(
      contains(refused({.length = 10, .held_out = 11}, 0), {"11 chunks of 10 rows", "103 rows", "10 whole chunks"}));
  EXPECT_TRUE(contains(refused({.length = 200, .held_out = 1}, 0), {"0 whole chunks"}));
  EXPECT_TRUE(contains(refused({.length = 50, .held_out = 0.25}, 0), {"0 chunks of 50 rows"}));
  EXPECT_TRUE(contains(message_of([&] { chunk_folds(all_rows(100), whole, {.length = 10, .held_out = 10}, 0); }),
                       {"a row left for training"}));
  EXPECT_TRUE(contains(refused({.length = 10, .held_out = 9}, 20), {"no training row left", "gap of 20"}));
}

TEST(Chunks, are_read_from_a_text) {
  const auto options = parse_chunks("50:40:125");
  EXPECT_EQ(options.boots, 50);
  EXPECT_EQ(options.length, 40);
  EXPECT_EQ(options.held_out, 125);
  EXPECT_EQ(parse_chunks("3:20:0.25").held_out, 0.25);
  for (const char* text : {"", "3:20", "3:20:0.25:1", "0:20:1", "3:0:1", "3:20:0", "3:20:1.5", "3:20:-1", "x:20:1",
                           "3:20:nan", "3:20:inf"})
    EXPECT_TRUE(contains(message_of([&] { parse_chunks(text); }), {"BOOTS:LENGTH:HELD_OUT"})) << text;
}
