#include "io/named_array.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "foreign.h"
#include "io/hdf5.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::foreign_values;
using test::input_error;
using test::same;
using test::TemporaryFolder;

std::string named(const std::string& file, const std::string& array) { return foreign(file).string() + array; }

TEST(NamedArray, is_a_file_or_one_of_its_arrays) {
  EXPECT_TRUE(same(read_named_array(named("f8.npy", "")), foreign_values('f')));
  EXPECT_TRUE(same(read_named_array(named("latest.h5", ":deep/er/x")), foreign_values('f')));
  EXPECT_TRUE(same(read_named_array(named("packed.npz", ":f8")), foreign_values('f')));
  EXPECT_TRUE(same(read_named_array(named("packed.mat", ":f8")), foreign_values('f')));
  EXPECT_EQ(array_file("a:b/x.npz:c"), "a:b/x.npz");
  EXPECT_EQ(array_file("a:b.npy"), "a:b.npy");
  EXPECT_EQ(array_stem("a/b.mat:c"), "c");
  EXPECT_EQ(array_stem("a/b.npy"), "b");
}

TEST(NamedArray, of_a_mat_file_that_is_hdf5_has_matlabs_dimensions) {
  const TemporaryFolder folder;
  Hdf5Writer writer(folder / "x.h5");
  const auto values = at::arange(6., at::kDouble).reshape({2, 3});
  writer.write("x", values);
  writer.finish();
  test::write_text(folder / "x.mat", std::string(512, ' ') + read_file(folder / "x.h5"));
  EXPECT_TRUE(same(read_named_array((folder / "x.mat").string() + ":x"), values.t().contiguous()));
  EXPECT_TRUE(same(read_named_array((folder / "x.h5").string() + ":x"), values));
}

TEST(NamedArray, tells_what_there_is) {
  const auto complaint = [](const std::string& name) { return input_error([&] { read_named_array(name); }); };
  EXPECT_TRUE(
      contains(complaint(named("objects.npz", "")), {"name one of them as", "objects.npz:NAME'", "objects, x"}));
  EXPECT_TRUE(contains(complaint(named("objects.npz", ":y")), {"has no array 'y'"}));
  EXPECT_TRUE(contains(complaint(named("narrow.mat", "")), {"name one of them as", "wide_as_bytes, single_as_int16"}));
  EXPECT_TRUE(contains(complaint(named("narrow.mat", ":dubles")), {"did you mean 'doubles'?"}));
  EXPECT_TRUE(contains(complaint(named("latest.h5", "")), {"is an HDF5 file: name one of its datasets"}));
  EXPECT_TRUE(
      contains(complaint("x.txt"), {"'x.txt': expected an array as FILE.npy or FILE.h5:DATASET, or as FILE.npz"}));
}

}  // namespace
}  // namespace arcuate
