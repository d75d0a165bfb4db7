#include "encode/rows.h"

#include "core/error.h"
#include "support.h"

using namespace arcuate;

namespace {
std::vector<int64_t> range(int64_t first, int64_t last) {
  std::vector<int64_t> rows;
  for (int64_t i = first; i < last; ++i) rows.push_back(i);
  return rows;
}
}  // namespace

TEST(Rows, folds_are_contiguous_even_and_leave_a_gap_on_both_sides) {
  const std::vector<RowRange> whole{{0, 11}};
  const auto folds = contiguous_folds(all_rows(11), whole, 3, 1);
  ASSERT_EQ(folds.size(), 3u);
  EXPECT_EQ(folds[0].test, range(0, 4));
  EXPECT_EQ(folds[1].test, range(4, 8));
  EXPECT_EQ(folds[2].test, range(8, 11));
  EXPECT_EQ(folds[1].train, (std::vector<int64_t>{0, 1, 2, 9, 10}));
}

TEST(Rows, a_gap_does_not_reach_into_another_story) {
  const auto stories = stack_ranges(std::vector<int64_t>{6, 6});
  const auto folds = contiguous_folds(all_rows(12), stories, 2, 2);
  EXPECT_EQ(folds[0].test, range(0, 6));
  EXPECT_EQ(folds[0].train, range(6, 12));
  const auto four = contiguous_folds(all_rows(12), stories, 4, 1);
  EXPECT_EQ(four[1].test, range(3, 6));
  EXPECT_EQ(four[1].train, (std::vector<int64_t>{0, 1, 6, 7, 8, 9, 10, 11}));
}

TEST(Rows, the_gap_is_counted_on_the_original_rows) {
  const std::vector<RowRange> whole{{0, 20}};
  std::vector<int64_t> rows = range(0, 6);
  for (int64_t row : range(14, 20)) rows.push_back(row);
  const auto folds = contiguous_folds(rows, whole, 2, 3);
  EXPECT_EQ(folds[0].test, range(0, 6));
  EXPECT_EQ(folds[0].train, range(14, 20));  // rows 6 … 13 are away already: nothing more is lost
}

TEST(Rows, each_story_is_left_out_once) {
  const auto stories = stack_ranges(std::vector<int64_t>{2, 3});
  const auto folds = leave_one_story_out(all_rows(5), stories);
  ASSERT_EQ(folds.size(), 2u);
  EXPECT_EQ(folds[1].test, range(2, 5));
  EXPECT_EQ(folds[1].train, range(0, 2));
}

TEST(Rows, folds_in_time_train_on_the_rows_before_them) {
  const std::vector<RowRange> whole{{0, 11}};
  const auto folds = time_series_folds(all_rows(11), whole, 2, 1);
  ASSERT_EQ(folds.size(), 2u);
  EXPECT_EQ(folds[0].train, range(0, 3));  // row 3 is the gap
  EXPECT_EQ(folds[0].test, range(4, 8));
  EXPECT_EQ(folds[1].train, range(0, 7));
  EXPECT_EQ(folds[1].test, range(8, 11));
  const auto stories = stack_ranges(std::vector<int64_t>{4, 7});
  EXPECT_EQ(time_series_folds(all_rows(11), stories, 2, 1)[0].train, range(0, 4));  // no gap between stories
}

TEST(Rows, folds_of_labels_hold_the_rows_of_a_label_and_train_on_all_others) {
  const std::vector<RowRange> whole{{0, 8}};
  const std::vector<int64_t> labels{1, 1, -1, 0, 0, -1, -1, 1};
  const auto folds = labelled_folds(all_rows(8), labels, whole, 0);
  ASSERT_EQ(folds.size(), 2u);
  EXPECT_EQ(folds[0].test, range(3, 5));
  EXPECT_EQ(folds[0].train, (std::vector<int64_t>{0, 1, 2, 5, 6, 7}));
  EXPECT_EQ(folds[1].test, (std::vector<int64_t>{0, 1, 7}));
  EXPECT_EQ(labelled_folds(all_rows(8), labels, whole, 1)[1].train, range(3, 6));
  EXPECT_EQ(labelled_folds(folds[1].train, labels, whole, 0).size(), 1u);
}

TEST(Rows, impossible_splits_are_refused) {
  const std::vector<RowRange> whole{{0, 10}};
  EXPECT_NE(test::message_of([&] { contiguous_folds(all_rows(10), whole, 1, 0); }), "");
  EXPECT_NE(test::message_of([&] { contiguous_folds(all_rows(10), whole, 11, 0); }), "");
  EXPECT_TRUE(test::contains(test::message_of([&] { contiguous_folds(all_rows(10), whole, 2, 9); }),
                             {"no training row", "gap of 9"}));
  EXPECT_TRUE(test::contains(test::message_of([&] { leave_one_story_out(all_rows(10), whole); }), {"two stories"}));
  EXPECT_TRUE(test::contains(test::message_of([&] { time_series_folds(all_rows(10), whole, 10, 0); }),
                             {"10 folds in time of 10 rows", "11 blocks"}));
  EXPECT_TRUE(test::contains(test::message_of([&] { time_series_folds(all_rows(10), whole, 4, 2); }),
                             {"fold 1 of 4", "gap of 2"}));
  EXPECT_TRUE(test::contains(
      test::message_of([&] { labelled_folds(all_rows(2), std::vector<int64_t>{-1, -1}, whole, 0); }), {"no row"}));
  EXPECT_TRUE(test::contains(
      test::message_of([&] { labelled_folds(all_rows(2), std::vector<int64_t>{0, 0}, whole, 0); }), {"fold 1 of 1"}));
}
