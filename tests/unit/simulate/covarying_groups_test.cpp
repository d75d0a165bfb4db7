// Groups of columns that go up and down together.
#include "simulate/covarying_groups.h"

#include <ATen/ATen.h>

#include <set>

#include "core/random.h"
#include "core/tensor.h"
#include "support.h"

using namespace arcuate;

namespace {

// Columns 0-5 follow one course, 6-11 another, 12-17 a little of both, the other 22 nothing.
at::Tensor planted_columns() {
  const auto courses = random_normals(200, 2, 1);
  auto series = random_normals(200, 40, 2);
  series.slice(1, 0, 6) += 3 * courses.slice(1, 0, 1);
  series.slice(1, 6, 12) += 3 * courses.slice(1, 1, 2);
  series.slice(1, 12, 18) += courses.sum(1, true);
  return series;
}

double mean_correlation(const at::Tensor& series, const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  const auto x = series.index_select(1, index_tensor(a)).mean(1), y = series.index_select(1, index_tensor(b)).mean(1);
  return at::corrcoef(at::stack({x, y}))[0][1].item<double>();
}

}  // namespace

TEST(CovaryingGroups, are_the_columns_that_share_a_course_and_little_alike) {
  const auto series = planted_columns();
  for (uint64_t seed : {1, 2, 3}) {
    const auto groups = covarying_groups(series, 2, 6, seed);
    ASSERT_EQ(groups.size(), 2u);
    // Not the columns of both courses together with one of them: these are alike.
    EXPECT_LT(std::abs(mean_correlation(series, groups[0], groups[1])), 0.3) << seed;
    EXPECT_EQ((std::set<std::vector<int64_t>>{groups[0], groups[1]}),
              (std::set<std::vector<int64_t>>{{0, 1, 2, 3, 4, 5}, {6, 7, 8, 9, 10, 11}}))
        << seed;
  }
}

TEST(CovaryingGroups, take_every_column_once_if_they_must) {
  std::set<int64_t> seen;
  for (const auto& group : covarying_groups(planted_columns(), 8, 5, 1)) {
    EXPECT_EQ(group.size(), 5u);
    EXPECT_TRUE(std::is_sorted(group.begin(), group.end()));
    seen.insert(group.begin(), group.end());
  }
  EXPECT_EQ(seen.size(), 40u);
}

TEST(CovaryingGroups, depend_on_the_seed_and_on_nothing_else) {
  const auto noise = random_normals(50, 300, 4);
  EXPECT_EQ(covarying_groups(noise, 3, 4, 1), covarying_groups(noise, 3, 4, 1));
  EXPECT_NE(covarying_groups(noise, 3, 4, 1), covarying_groups(noise, 3, 4, 2));
}
