#include "io/npy_columns.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <fstream>

#include "foreign.h"
#include "io/npy.h"

namespace arcuate {
namespace {

using test::contains;
using test::TemporaryFolder;
namespace fs = std::filesystem;

at::Tensor read(const NpyColumns& file, int64_t begin, int64_t end) {
  auto rows = at::full({file.rows(), end - begin}, -1, file.type());
  file.read(begin, end, rows);
  return rows;
}

// float32, 6 x 5.
fs::path written(const TemporaryFolder& folder, const at::Tensor& values) {
  write_npy(folder / "x.npy", values);
  return folder / "x.npy";
}
at::Tensor numbers() { return at::arange(30, at::kFloat).view({6, 5}); }

}  // namespace

TEST(NpyColumns, are_those_of_the_whole_array) {
  const TemporaryFolder folder;
  for (const auto type : {at::kFloat, at::kDouble}) {
    const auto values = numbers().to(type);
    const auto file = NpyColumns::open(written(folder, values));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->type(), type);
    EXPECT_EQ(file->rows(), 6);
    EXPECT_EQ(file->columns(), 5);
    EXPECT_TRUE(at::equal(read(*file, 1, 4), values.slice(1, 1, 4)));
    EXPECT_TRUE(at::equal(read(*file, 0, 5), values));
    auto within = at::zeros({6, 9}, type);
    file->read(2, 5, within.slice(1, 4, 7));
    EXPECT_TRUE(at::equal(within.slice(1, 4, 7), values.slice(1, 2, 5)));
    EXPECT_EQ(within.count_nonzero().item<int64_t>(), 18);
  }
}

TEST(NpyColumns, are_not_read_from_files_that_need_more_than_reading) {
  const TemporaryFolder folder;
  EXPECT_FALSE(NpyColumns::open(written(folder, numbers().to(at::kLong))));
  EXPECT_FALSE(NpyColumns::open(written(folder, numbers().view({30}))));
  EXPECT_FALSE(NpyColumns::open(written(folder, numbers().view({6, 5, 1}))));
}

TEST(NpyColumns, of_a_file_that_changes_are_refused) {
  const TemporaryFolder folder;
  const auto path = written(folder, numbers());
  const auto longer = NpyColumns::open(path);
  std::ofstream(path, std::ios::app) << "more";
  EXPECT_TRUE(contains(test::input_error([&] { read(*longer, 0, 2); }), {"x.npy' changed while it was used"}));
  const auto shorter = NpyColumns::open(written(folder, numbers()));
  fs::resize_file(path, 150);
  EXPECT_TRUE(contains(test::input_error([&] { read(*shorter, 0, 2); }), {"x.npy' changed while it was used"}));
}

TEST(NpyColumns, of_a_file_that_another_one_replaces_stay_what_they_were) {
  const TemporaryFolder folder;
  const auto file = NpyColumns::open(written(folder, numbers()));
  written(folder, numbers() + 1);  // a new file under the same name
  EXPECT_TRUE(at::equal(read(*file, 0, 2), numbers().slice(1, 0, 2)));
}

}  // namespace arcuate
