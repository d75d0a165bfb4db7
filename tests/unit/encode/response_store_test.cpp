#include "encode/response_store.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
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
