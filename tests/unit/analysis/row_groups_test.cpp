#include "analysis/row_groups.h"

#include <ATen/ATen.h>

#include <set>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

const std::vector<std::string> labels{"b", "a", "b", "c", "a", "d", "d", "c", "e"};

// For every row the group of the row whose response it receives.
std::vector<std::string> senders(const at::Tensor& order) {
  std::vector<std::string> groups;
  for (int64_t row = 0; row < order.size(0); ++row)
    groups.push_back(labels[static_cast<size_t>(order[row].item<int64_t>())]);
  return groups;
}

bool is_permutation(const at::Tensor& order) {
  return at::equal(std::get<0>(order.sort()), at::arange(order.size(0), at::kLong));
}

}  // namespace

TEST(RowGroups, stand_in_the_order_of_appearance) {
  const auto groups = row_groups(labels);
  ASSERT_EQ(groups.size(), 5u);
  EXPECT_EQ(groups[0], (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(groups[4], (std::vector<int64_t>{8}));
}

TEST(RowGroups, folds_keep_groups_whole_and_cover_every_row_once) {
  const auto folds = grouped_folds(row_groups(labels), 3);
  ASSERT_EQ(folds.size(), 3u);
  EXPECT_EQ(folds[0].test, (std::vector<int64_t>{0, 1, 2, 4}));  // b and a
  EXPECT_EQ(folds[1].test, (std::vector<int64_t>{3, 5, 6, 7}));  // c and d
  EXPECT_EQ(folds[2].test, (std::vector<int64_t>{8}));
  EXPECT_EQ(folds[2].train, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_TRUE(contains(message_of([] { grouped_folds(row_groups(labels), 6); }),
                       {"6 folds need at least as many groups, found 5"}));
}

TEST(RowGroups, shuffles_of_rows_reach_every_place) {
  const auto orders = shuffled_orders(row_groups(labels), Shuffle::rows, 300, 1);
  for (int64_t i = 0; i < 300; ++i) ASSERT_TRUE(is_permutation(orders[i]));
  for (int64_t row = 0; row < 9; ++row) EXPECT_EQ(std::get<0>(at::_unique(orders.select(1, row))).size(0), 9) << row;
}

TEST(RowGroups, shuffles_within_groups_stay_in_them) {
  const auto orders = shuffled_orders(row_groups(labels), Shuffle::within, 50, 1);
  std::set<int64_t> first;
  for (int64_t i = 0; i < 50; ++i) {
    EXPECT_TRUE(is_permutation(orders[i]));
    EXPECT_EQ(senders(orders[i]), labels);
    first.insert(orders[i][0].item<int64_t>());
  }
  EXPECT_EQ(first, (std::set<int64_t>{0, 2}));
}

TEST(RowGroups, shuffles_of_groups_exchange_those_of_one_size_as_wholes) {
  const auto orders = shuffled_orders(row_groups(labels), Shuffle::groups, 200, 1);
  std::set<std::string> to_b;
  std::set<int64_t> first;
  for (int64_t i = 0; i < 200; ++i) {
    const auto from = senders(orders[i]);
    EXPECT_TRUE(is_permutation(orders[i]));
    EXPECT_EQ(from[0], from[2]);  // both rows of b receive from one group
    EXPECT_EQ(from[8], "e");      // no other group has one row
    to_b.insert(from[0]);
    first.insert(orders[i][0].item<int64_t>());
  }
  EXPECT_EQ(to_b, (std::set<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(first.size(), 8u);  // and the rows within groups change places too
}

TEST(RowGroups, resamples_draw_groups_whole) {
  const auto counts = resampled_counts(row_groups(labels), 4000, 3);
  EXPECT_TRUE(at::equal(counts.select(1, 0), counts.select(1, 2)));
  EXPECT_FALSE(at::equal(counts.select(1, 0), counts.select(1, 1)));
  // Each of 5 draws is a given group with probability 1/5: mean 1, variance 4/5.
  EXPECT_NEAR(counts.select(1, 8).mean().item<double>(), 1, 4 * std::sqrt(0.8 / 4000));
  EXPECT_NEAR(counts.select(1, 8).var().item<double>(), 0.8, 0.08);
}

TEST(RowGroups, draws_depend_on_the_seed_alone) {
  const auto groups = row_groups(labels);
  const auto one = shuffled_orders(groups, Shuffle::groups, 20, 1);
  EXPECT_TRUE(at::equal(one, shuffled_orders(groups, Shuffle::groups, 20, 1)));
  EXPECT_FALSE(at::equal(one, shuffled_orders(groups, Shuffle::groups, 20, 2)));
}
