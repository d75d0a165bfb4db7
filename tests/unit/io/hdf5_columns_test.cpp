#include "io/hdf5_columns.h"

#include <ATen/ATen.h>

#include "foreign.h"
#include "io/named_array.h"
#include "io/npy.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::input_error;
using test::same;
using test::TemporaryFolder;

at::Tensor numbers() { return at::arange(30, at::kFloat).view({6, 5}); }

fs::path written(const TemporaryFolder& folder, const at::Tensor& values) {
  Hdf5Writer writer(folder / "x.h5");
  writer.write("y", values);
  writer.finish();
  return folder / "x.h5";
}

at::Tensor read(const ColumnFile& file, int64_t begin, int64_t end) {
  auto rows = at::full({file.rows(), end - begin}, -1, file.type());
  file.read(begin, end, rows);
  return rows;
}

TEST(Hdf5Columns, are_those_of_the_whole_array) {
  const TemporaryFolder folder;
  for (const auto type : {at::kFloat, at::kDouble}) {
    const auto values = numbers().to(type);
    const auto file = Hdf5Columns::open(written(folder, values), "y", 0);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->type(), type);
    EXPECT_EQ(file->rows(), 6);
    EXPECT_EQ(file->columns(), 5);
    EXPECT_TRUE(same(read(*file, 1, 4), values.slice(1, 1, 4).contiguous()));
    auto within = at::zeros({6, 9}, type);
    file->read(2, 5, within.slice(1, 4, 7));
    EXPECT_TRUE(at::equal(within.slice(1, 4, 7), values.slice(1, 2, 5)));
    EXPECT_EQ(within.count_nonzero().item<int64_t>(), 18);
  }
}

TEST(Hdf5Columns, of_packed_chunks_are_read_alone_only_where_the_whole_is_too_large) {
  const auto path = foreign("foreign.h5");  // 40 x 6 numbers of float32 in chunks of 16 x 4
  const auto whole = Hdf5Reader(path).read("packed");
  EXPECT_FALSE(Hdf5Columns::open(path, "packed", 40 * 6 * 4));
  const auto file = Hdf5Columns::open(path, "packed", 40 * 6 * 4 - 1);
  ASSERT_TRUE(file);
  EXPECT_TRUE(same(read(*file, 3, 6), whole.slice(1, 3, 6).contiguous()));
}

TEST(Hdf5Columns, are_not_read_alone_of_what_is_no_matrix_of_floats) {
  const TemporaryFolder folder;
  EXPECT_FALSE(Hdf5Columns::open(written(folder, numbers().to(at::kLong)), "y", 0));
  EXPECT_FALSE(Hdf5Columns::open(written(folder, numbers().view({30})), "y", 0));
  EXPECT_FALSE(Hdf5Columns::open(written(folder, numbers().view({6, 5, 1})), "y", 0));
  EXPECT_FALSE(Hdf5Columns::open(written(folder, numbers()), "z", 0));
}

TEST(Hdf5Columns, of_a_file_that_changes_are_refused) {
  const TemporaryFolder folder;
  const auto file = Hdf5Columns::open(written(folder, numbers()), "y", 0);
  fs::resize_file(folder / "x.h5", fs::file_size(folder / "x.h5") + 1);
  EXPECT_TRUE(contains(input_error([&] { read(*file, 0, 1); }), {"x.h5", "changed"}));
}

TEST(OpenColumns, takes_the_names_of_arrays_that_can_be_read_by_columns) {
  const TemporaryFolder folder;
  written(folder, numbers());
  write_npy(folder / "x.npy", numbers());
  for (const char* name : {"x.npy", "x.h5:y"}) {
    const auto file = open_columns((folder / name).string(), 0);
    ASSERT_TRUE(file) << name;
    EXPECT_TRUE(same(read(*file, 1, 3), numbers().slice(1, 1, 3).contiguous())) << name;
  }
  EXPECT_FALSE(open_columns(foreign("packed.npz").string() + ":x", 0));
}

}  // namespace
}  // namespace arcuate
