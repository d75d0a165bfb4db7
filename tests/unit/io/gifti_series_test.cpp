#include "io/gifti_series.h"

#include <ATen/ATen.h>

#include "foreign.h"
#include "gifti_text.h"
#include "io/base64.h"
#include "io/gifti.h"

namespace arcuate {
namespace {

using test::array_of;
using test::contains;
using test::file_of;
using test::input_error;
using test::same;
using test::source_path;
using test::TemporaryFolder;

fs::path written(const TemporaryFolder& folder, const Gifti& gifti) {
  write_gifti(folder / "x.gii", gifti);
  return folder / "x.gii";
}

fs::path written(const TemporaryFolder& folder, const std::string& bytes) {
  test::write_text(folder / "x.gii", bytes);
  return folder / "x.gii";
}

TEST(GiftiSeries, is_one_row_an_array) {
  const auto path = source_path("reference/gifti/five_volumes.func.gii");
  const auto gifti = read_gifti(path);
  const auto rows = read_gifti_series(path);
  ASSERT_EQ(rows.sizes().vec(), (std::vector<int64_t>{5, 42}));
  for (int64_t i = 0; i < 5; ++i) EXPECT_TRUE(same(rows[i], gifti.arrays[static_cast<size_t>(i)].values));
}

TEST(GiftiSeries, turns_integers_and_columns_into_rows_of_float32) {
  const TemporaryFolder folder;
  const auto path = written(folder, Gifti{.arrays = {{"NIFTI_INTENT_NONE", at::tensor({1, 2}).to(at::kInt)},
                                                     {"NIFTI_INTENT_NONE", at::tensor({3.f, 4.f}).reshape({2, 1})}}});
  EXPECT_TRUE(same(read_gifti_series(path), at::tensor({1.f, 2.f, 3.f, 4.f}).reshape({2, 2})));
}

TEST(GiftiSeries, fills_the_columns_of_a_matrix_that_it_is_given) {
  const TemporaryFolder folder;
  const auto values = at::arange(6, at::kFloat).reshape({2, 3});
  const GiftiSeries series(
      written(folder, Gifti{.arrays = {{"NIFTI_INTENT_NONE", values[0]}, {"NIFTI_INTENT_NONE", values[1]}}}));
  EXPECT_EQ(series.volumes(), 2);
  EXPECT_EQ(series.vertices(), 3);
  auto matrix = at::full({2, 5}, -1, at::kDouble);
  for (int time = 0; time < 2; ++time) {  // pages that were given back are read again
    series.read(matrix.narrow(1, 1, 3));
    EXPECT_TRUE(at::equal(matrix.narrow(1, 1, 3), values.to(at::kDouble)));
  }
  EXPECT_EQ(matrix.eq(-1).sum().item<int64_t>(), 4);
}

TEST(GiftiSeries, of_a_file_that_gzip_packed_as_a_whole_is_the_same) {
  const TemporaryFolder folder;
  const auto path = source_path("reference/gifti/five_volumes.func.gii");
  const auto packed = folder / "x.gii.gz";
  ASSERT_EQ(std::system(fmt::format("gzip -c '{}' > '{}'", path.string(), packed.string()).c_str()), 0);
  EXPECT_TRUE(same(read_gifti_series(packed), read_gifti_series(path)));
}

TEST(GiftiSeries, refuses_arrays_of_other_lengths_and_surfaces) {
  const TemporaryFolder folder;
  const auto refused = [&](const auto& file) { return input_error([&] { GiftiSeries(written(folder, file)); }); };
  EXPECT_TRUE(contains(refused(file_of("", "0")), {"x.gii' has no arrays"}));
  const GiftiArray two{"NIFTI_INTENT_NONE", at::zeros({2})}, three{"NIFTI_INTENT_NONE", at::zeros({3})};
  EXPECT_TRUE(contains(refused(Gifti{.arrays = {two, three, two, three}}),
                       {"array 2 has 3 values, the first array has 2", "array 4"}));
  EXPECT_TRUE(contains(refused(Gifti{.arrays = {{"NIFTI_INTENT_POINTSET", at::zeros({4, 3})}}}),
                       {"array 1 (NIFTI_INTENT_POINTSET) is 4 x 3"}));
}

TEST(GiftiSeries, tells_all_arrays_whose_data_are_damaged) {
  const TemporaryFolder folder;
  const auto path =
      written(folder, file_of(array_of({}, "1 2") + array_of({}, "1 2 3") + array_of({}, "1 two 3"), "3"));
  const GiftiSeries series(path);
  EXPECT_TRUE(contains(input_error([&] { series.read(at::zeros({3, 3})); }),
                       {"x.gii': 2 problems", "array 1: its shape needs 3 values", "array 3: 'two', value 2"}));
}

// What stands in <Data> is taken out before the rest is parsed.

at::Tensor row_of(const std::string& data, const std::string& before = "") {
  return parse_gifti(file_of(before + array_of({}, data)), "x.gii").arrays.at(0).values;
}

TEST(GiftiData, is_the_same_however_it_is_written) {
  const auto expected = at::tensor({1.f, 2.f, 3.f});
  for (const char* data : {"1 2 3", "\n1 2\r\n3 ", "<![CDATA[1 2 3]]>", "1&#32;2 3", "<!-- one -->1 2 3"})
    EXPECT_TRUE(same(row_of(data), expected)) << data;
}

TEST(GiftiData, is_not_looked_for_in_comments_and_metadata) {
  const auto expected = at::tensor({1.f, 2.f, 3.f});
  for (const char* text : {"<Data>4 5 6</Data>", "<Data>", "</Data>"}) {
    EXPECT_TRUE(same(row_of("1 2 3", fmt::format("<!-- {} -->", text)), expected)) << text;
    const auto note = fmt::format("<MetaData><MD><Name>a</Name><Value><![CDATA[{}]]></Value></MD></MetaData>", text);
    const auto gifti = parse_gifti(file_of(note + array_of({}, "1 2 3")), "x.gii");
    EXPECT_TRUE(same(gifti.arrays.at(0).values, expected)) << text;
    EXPECT_EQ(gifti.metadata.at("a"), text);
  }
}

TEST(GiftiData, does_not_move_the_byte_at_which_a_file_is_broken) {
  const auto place_of_fault = [](const std::string& data) {
    auto text = file_of(array_of({}, data));
    text.replace(text.find("</DataArray>") + 2, 1, "X");  // a name that was not opened
    const auto message = input_error([&] { parse_gifti(text, "x.gii"); });
    return std::stoul(message.substr(message.find("at byte ") + 8));
  };
  EXPECT_EQ(place_of_fault("1 2 3 4 5"), place_of_fault("1 2 3") + 4);
  EXPECT_EQ(place_of_fault("1 2 3"), place_of_fault("1 &") + 2);  // of which nothing is taken out
}

}  // namespace
}  // namespace arcuate
