#include "encode/response_matrix.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/tensor.h"
#include "encode/ridge.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using test::contains;
using test::largest_difference;

namespace {

class Stored final : public ResponseSource {
 public:
  explicit Stored(at::Tensor values) : values_(std::move(values)) {}
  int64_t rows() const override { return values_.size(0); }
  int64_t targets() const override { return values_.size(1); }
  at::Tensor read(const RowRange& targets) const override {
    widest_ = std::max(widest_, targets.size());
    return values_.slice(1, targets.begin, targets.end).clone();
  }
  int64_t widest() const { return widest_; }

 private:
  at::Tensor values_;
  mutable int64_t widest_ = 0;
};

}  // namespace

TEST(ResponseMatrix, gives_the_same_columns_from_memory_and_from_a_source) {
  const auto values = random_normals(7, 3000, 1);
  const ResponseMatrix here(values), there(std::make_shared<Stored>(values));
  const auto places = index_tensor(std::vector<int64_t>{0, 5, 1023, 1024, 2999});
  for (const auto& matrix : {here, there}) {
    EXPECT_EQ(matrix.rows(), 7);
    EXPECT_EQ(matrix.targets(), 3000);
    EXPECT_TRUE(at::equal(matrix.columns(RowRange{1000, 1030}), values.slice(1, 1000, 1030)));
    EXPECT_TRUE(at::equal(matrix.columns(places), values.index_select(1, places)));
    EXPECT_TRUE(at::equal(matrix.whole(), values));
  }
  EXPECT_TRUE(here.in_memory());
  EXPECT_FALSE(there.in_memory());
}

TEST(ResponseMatrix, flagged_targets_are_zero_and_others_as_they_were) {
  auto values = random_normals(7, 6, 1);
  values.select(1, 2)[4] = std::numeric_limits<double>::quiet_NaN();
  values.select(1, 4).fill_(3);
  values.select(1, 5).slice(0, 0, 3).fill_(1);
  for (const auto& matrix : {ResponseMatrix(values), ResponseMatrix(std::make_shared<Stored>(values))}) {
    const auto flags = flag_targets(matrix, {{0, 1, 2}, {0, 1, 2, 3, 4, 5, 6}});
    EXPECT_EQ(flags, (std::vector<Flag>{Flag::ok, Flag::ok, Flag::nan, Flag::ok, Flag::constant, Flag::constant}));
    const auto good = matrix.without(flags).whole();
    EXPECT_EQ(good.index_select(1, index_tensor(std::vector<int64_t>{2, 4, 5})).abs().max().item<double>(), 0);
    EXPECT_TRUE(at::equal(good.slice(1, 0, 2), values.slice(1, 0, 2)));
    EXPECT_TRUE(
        at::equal(matrix.without(flags).columns(index_tensor(std::vector<int64_t>{1, 2})), good.slice(1, 1, 3)));
  }
}

TEST(ResponseMatrix, a_ridge_reads_blocks_of_a_source_and_gives_what_a_tensor_gives) {
  const auto x = random_normals(40, 6, 1), y = x.mm(random_normals(6, 5000, 2)) + 3 * random_normals(40, 5000, 3);
  const std::vector<RowRange> whole{{0, 40}};
  const auto splits = nested_splits(contiguous_folds(all_rows(40), whole, 2, 1), whole, 3, 1);
  const RidgeOptions options{.penalties = {1, 10, 100}};
  const auto source = std::make_shared<Stored>(y);
  const auto here = ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {.threads = 2});
  const auto there =
      ridge_cross_validated({.bands = {x}, .responses = ResponseMatrix(source)}, splits, options, {.threads = 2});
  EXPECT_TRUE(at::equal(here.predictions, there.predictions));
  EXPECT_TRUE(at::equal(here.r, there.r));
  EXPECT_LT(source->widest(), 2100);
}

TEST(ResponseMatrix, a_tensor_of_other_dimensions_is_refused) {
  EXPECT_TRUE(
      contains(test::message_of([] { ResponseMatrix(at::zeros({4})); }), {"responses are 4: expected rows x targets"}));
}
