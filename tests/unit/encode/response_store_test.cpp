#include "encode/response_store.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "encode/ridge.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using test::TemporaryFolder;

TEST(ResponseStore, gives_the_same_from_memory_and_from_a_scratch_file) {
  const TemporaryFolder folder;
  const auto values = random_normals(13, 50, 7);
  for (const auto& place : {std::filesystem::path(), folder.path()}) {
    ResponseStore store(13, 50, place);
    const auto matrix = store.matrix();
    store.write(20, values.slice(1, 20, 50));
    store.write(0, values.slice(1, 0, 20));
    EXPECT_EQ(matrix.in_memory(), place.empty());
    EXPECT_TRUE(at::equal(matrix.whole(), values));
    EXPECT_TRUE(at::equal(matrix.columns(RowRange{7, 33}), values.slice(1, 7, 33)));
    const auto part = matrix.slice({10, 40}).slice({5, 25});
    EXPECT_EQ(part.targets(), 20);
    EXPECT_TRUE(at::equal(part.whole(), values.slice(1, 15, 35)));
    const auto places = index_tensor(std::vector<int64_t>{0, 4, 19});
    EXPECT_TRUE(at::equal(part.columns(places), values.slice(1, 15, 35).index_select(1, places)));
  }
}

TEST(ResponseMatrix, a_part_keeps_the_flags_of_its_targets) {
  std::vector<Flag> flags(6, Flag::ok);
  flags[3] = Flag::nan;
  auto values = random_normals(4, 6, 8);
  const auto part = ResponseMatrix(values).without(flags).slice({2, 6}).whole();
  EXPECT_TRUE(at::equal(part.select(1, 0), values.select(1, 2)));
  EXPECT_EQ(part.select(1, 1).abs().max().item<double>(), 0);
}

// The way to solve changes with the number of targets here, and with it the last digits.
TEST(ResponseMatrix, parts_that_are_told_of_the_whole_have_its_bytes) {
  const auto x = random_normals(120, 40, 9), y = random_normals(120, targets_of_a_part + 10, 10);
  const std::vector<RowRange> story{{0, 120}};
  const auto splits = nested_splits(contiguous_folds(all_rows(120), story, 2, 0), story, 4, 0);
  const RidgeOptions options{.penalties = parse_penalties("log:0:4:3")};
  const auto solve = [&](const RowRange& part, int64_t of_targets) {
    return ridge_cross_validated({.bands = {x}, .responses = ResponseMatrix(y).slice(part), .of_targets = of_targets},
                                 splits, options, {});
  };
  const auto whole = solve({0, y.size(1)}, 0);
  for (const RowRange part : {RowRange{0, targets_of_a_part}, RowRange{targets_of_a_part, y.size(1)}}) {
    const auto own = solve(part, y.size(1));
    EXPECT_TRUE(at::equal(own.predictions, whole.predictions.slice(1, part.begin, part.end)));
    EXPECT_TRUE(at::equal(own.r, whole.r.slice(0, part.begin, part.end)));
    EXPECT_EQ(own.costs.front().method, whole.costs.front().method);
  }
  EXPECT_NE(solve({targets_of_a_part, y.size(1)}, 0).costs.front().method, whole.costs.front().method);
}
