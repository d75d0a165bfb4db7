#include "train/negatives.h"

#include <set>

#include "fixture.h"

using namespace arcuate;

static at::Tensor rows(int64_t from, int64_t to) { return at::arange(from, to, at::kDouble).unsqueeze(1); }

TEST(Negatives, the_oldest_leave_the_queue) {
  const auto first = enqueue({}, rows(0, 3), 5);
  EXPECT_TRUE(at::equal(first, rows(0, 3)));
  EXPECT_TRUE(at::equal(enqueue(first, rows(3, 7), 5), rows(2, 7)));
  EXPECT_TRUE(at::equal(enqueue(first, rows(10, 20), 5), rows(15, 20)));
}

TEST(Negatives, are_drawn_once_each_from_the_seed) {
  const auto drawn = draw_negatives(rows(0, 50), 30, 4);
  std::set<double> seen;
  for (int64_t i = 0; i < 30; ++i) seen.insert(drawn[i][0].item<double>());
  EXPECT_EQ(seen.size(), 30u);
  EXPECT_TRUE(at::equal(drawn, draw_negatives(rows(0, 50), 30, 4)));
  EXPECT_FALSE(at::equal(drawn, draw_negatives(rows(0, 50), 30, 5)));
}
