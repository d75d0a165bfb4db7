// The ways to cut training rows, and the words for them.
#include "encode/inner_folds.h"

#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::message_of;

static const std::vector<RowRange> stories{{0, 40}, {40, 80}, {80, 120}};

static bool same(const std::vector<Fold>& a, const std::vector<Fold>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Fold& x, const Fold& y) { return x.train == y.train && x.test == y.test; });
}

TEST(InnerFolds, automatic_ones_are_stories_where_the_caller_says_so) {
  const auto rows = all_rows(120);
  const InnerFolds how{.blocks = 4, .gap = 2};
  EXPECT_TRUE(same(inner_folds(rows, stories, how, true, 0), leave_one_story_out(rows, stories)));
  EXPECT_TRUE(same(inner_folds(rows, stories, how, false, 0), contiguous_folds(rows, stories, 4, 2)));
}

TEST(InnerFolds, contiguous_ones_are_never_stories) {
  const auto rows = all_rows(120);
  const InnerFolds how{.rule = InnerRule::contiguous, .blocks = 4, .gap = 2};
  EXPECT_TRUE(same(inner_folds(rows, stories, how, true, 0), contiguous_folds(rows, stories, 4, 2)));
}

TEST(InnerFolds, those_in_time_train_on_the_rows_before_them) {
  const auto rows = all_rows(120);
  auto how = parse_inner_folds("time-series");
  how.blocks = 4, how.gap = 2;
  EXPECT_TRUE(same(inner_folds(rows, stories, how, true, 0), time_series_folds(rows, stories, 4, 2)));
}

TEST(InnerFolds, every_split_draws_chunks_of_its_own_from_the_seed) {
  const auto rows = all_rows(120);
  auto how = parse_inner_folds("bootstrap:3:10:0.25");
  how.gap = 2;
  const auto first = inner_folds(rows, stories, how, true, 0), second = inner_folds(rows, stories, how, true, 1);
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].test.size(), 30u);
  EXPECT_FALSE(same(first, second));
  EXPECT_TRUE(same(first, inner_folds(rows, stories, how, false, 0)));
  how.chunks.seed = 1;
  EXPECT_FALSE(same(first, inner_folds(rows, stories, how, true, 0)));
}

TEST(InnerFolds, words_are_read_and_others_refused) {
  EXPECT_EQ(parse_inner_folds("auto").rule, InnerRule::automatic);
  EXPECT_EQ(parse_inner_folds("contiguous").rule, InnerRule::contiguous);
  const auto chunks = parse_inner_folds("bootstrap:50:40:125");
  EXPECT_EQ(chunks.rule, InnerRule::chunks);
  EXPECT_EQ(chunks.chunks.length, 40);
  EXPECT_EQ(parse_inner_folds("loo").rule, InnerRule::left_out);
  EXPECT_EQ(parse_inner_folds("gcv").rule, InnerRule::gcv);
  EXPECT_TRUE(inner_folds(all_rows(120), stories, {.rule = InnerRule::gcv}, true, 0).empty());
  EXPECT_TRUE(contains(message_of([] { parse_inner_folds("random"); }),
                       {"auto, contiguous, time-series or bootstrap:BOOTS:LENGTH:HELD_OUT", "'random'"}));
}
