#include "io/nifti.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "fixture.h"
#include "foreign.h"
#include "io/json.h"

namespace arcuate {
namespace {

using test::contains;
using test::input_error;
using test::largest_difference;
using test::Malformed;
using test::same;
using test::source_path;
using test::TemporaryFolder;

fs::path stored(const std::string& name) { return source_path("reference/nifti") / name; }
const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

at::Tensor from_json(const Json& json) { return at::tensor(json.get<std::vector<double>>(), at::kDouble); }

at::Tensor expected_affine(const Json& json) {
  std::vector<at::Tensor> rows;
  for (const auto& row : json) rows.push_back(from_json(row));
  return at::stack(rows);
}

TEST(Nifti, reads_what_nibabel_writes) {
  const auto expected = read_json(stored("expected.json"));
  ASSERT_EQ(expected.size(), 39u);
  for (const auto& [name, file] : expected.items()) {
    SCOPED_TRACE(name);
    const auto nifti = read_nifti(stored(name));
    const auto& header = nifti.header;
    EXPECT_EQ(header.shape, file.at("shape").get<std::vector<int64_t>>());
    EXPECT_EQ(nifti.values.sizes(), header.shape);
    EXPECT_EQ(header.stored_type, file.at("type"));
    EXPECT_EQ(header.space_unit, file.at("space_unit"));
    EXPECT_NEAR(header.tr, file.at("tr"), 1e-6);
    EXPECT_EQ(header.description, file.at("description"));
    EXPECT_EQ(header.intent_code, file.at("intent_code"));
    EXPECT_EQ(header.intent_name, file.at("intent_name"));
    EXPECT_LT(largest_difference(header.affine, expected_affine(file.at("affine"))), 2e-6);
    EXPECT_EQ(orientation(header.affine), file.at("orientation"));
    const auto sizes = file.at("zooms").get<std::array<double, 3>>();
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(voxel_sizes(header.affine)[i], sizes[i], 1e-6);
    const auto values = from_json(file.at("values"));
    const auto found = nifti.values.flatten().to(at::kDouble).slice(0, 0, values.numel());
    EXPECT_LT(largest_difference(found, values), name.starts_with("scaled") ? 5e-6 : 1e-300);
  }
}

TEST(Nifti, values_keep_their_type_and_lie_in_the_order_of_the_file) {
  const auto type_of = [](const char* name) { return read_nifti(stored(name)).values.scalar_type(); };
  EXPECT_EQ(type_of("uint8.nii"), at::kByte);
  EXPECT_EQ(type_of("int8.nii"), at::kChar);
  EXPECT_EQ(type_of("int16_big.nii"), at::kShort);
  EXPECT_EQ(type_of("uint16.nii"), at::kInt);
  EXPECT_EQ(type_of("int32.nii"), at::kInt);
  EXPECT_EQ(type_of("uint32_big.nii"), at::kLong);
  EXPECT_EQ(type_of("uint64.nii"), at::kLong);
  EXPECT_EQ(type_of("float32_big.nii"), at::kFloat);
  EXPECT_EQ(type_of("float64.nii"), at::kDouble);
  EXPECT_EQ(type_of("scaled_int16.nii.gz"), at::kFloat);
  EXPECT_EQ(type_of("scaled_int32.nii"), at::kDouble);
  EXPECT_EQ(type_of("slope_zero.nii"), at::kShort);
  EXPECT_TRUE(read_nifti(stored("version2.nii.gz")).values.permute({3, 2, 1, 0}).is_contiguous());
}

TEST(Nifti, tells_what_else_the_header_says) {
  const auto header = read_nifti_header(stored("texts.nii"));
  ASSERT_EQ(header.extensions.size(), 2u);
  EXPECT_EQ(header.extensions[0].code, 6);
  EXPECT_EQ(header.extensions[0].bytes, std::string("two words") + std::string(15, '\0'));
  EXPECT_TRUE(header.extensions[1].bytes.starts_with("and sixteen bytes"));
  EXPECT_STREQ(nifti_intent_label(header.intent_code), "t test");
  EXPECT_STREQ(nifti_intent_label(77), "");
  EXPECT_STREQ(nifti_space_name(header.space), "MNI");
  EXPECT_STREQ(nifti_space_name(77), "unknown");
  EXPECT_EQ(header.affine_from, "sform");
  EXPECT_EQ(read_nifti_header(stored("form_q.nii")).affine_from, "qform");
  EXPECT_EQ(read_nifti_header(stored("form_q.nii")).space, 1);
  EXPECT_EQ(read_nifti_header(stored("form_none.nii")).affine_from, "pixdim");
  EXPECT_EQ(read_nifti_header(stored("version2_big.nii")).version, 2);
  const auto scaled = read_nifti_header(stored("scaled_int16.nii.gz"));
  EXPECT_NEAR(scaled.slope, 0.37, 1e-7);
  EXPECT_EQ(scaled.intercept, -5.25);
}

TEST(Nifti, orientation_takes_each_axis_once) {
  const double rows[] = {-1.9, 0.3, 0.1, 90, 0.2, 2.1, -0.6, -126, 0.15, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_EQ(orientation(at::tensor(at::ArrayRef<double>(rows, 16), at::kDouble).reshape({4, 4})), "LAI");
}

TEST(NiftiSeries, has_the_voxels_of_a_mask_in_the_order_of_numpy) {
  for (const char* name : {"scaled_int16.nii.gz", "version2.nii.gz", "version2_big.nii"}) {
    SCOPED_TRACE(name);
    const auto values = read_nifti(stored(name)).values;
    const auto mask = at::arange(24).reshape({3, 4, 2}).remainder(5).ne(1);
    const auto series = read_nifti_series(stored(name), mask);
    EXPECT_TRUE(same(series, values.index({mask}).t().to(at::kFloat).contiguous()));
    EXPECT_EQ(series.size(0), 5);
  }
}

TEST(NiftiSeries, of_one_volume_has_one_row) {
  const auto series = read_nifti_series(stored("form_s.nii"), at::ones({3, 4, 2}, at::kBool));
  EXPECT_TRUE(same(series, read_nifti(stored("form_s.nii")).values.reshape({1, 24}).to(at::kFloat)));
}

TEST(NiftiSeries, goes_back_into_the_voxels_of_its_mask) {
  const auto values = read_nifti(stored("version2.nii.gz")).values;
  const auto mask = at::arange(24).reshape({3, 4, 2}).remainder(5).ne(1);
  const auto volumes = volumes_of_series(read_nifti_series(stored("version2.nii.gz"), mask), mask, -7);
  EXPECT_TRUE(same(volumes, values.where(mask.unsqueeze(3), at::full({}, -7.f))));
  EXPECT_TRUE(volumes.permute({3, 2, 1, 0}).is_contiguous());
  EXPECT_TRUE(
      contains(test::message_of([&] { volumes_of_series(at::ones({2, 3}), mask); }), {"T x 19 numbers", "2 x 3"}));
  EXPECT_TRUE(
      contains(test::message_of([&] { volumes_of_series(at::ones({2, 3}), mask[0]); }), {"a mask of x, y and z"}));
}

TEST(NiftiSeries, refuses_masks_that_do_not_fit) {
  const auto refusal = [](const char* name, at::IntArrayRef shape, bool empty = false) {
    return input_error([&] { read_nifti_series(stored(name), at::full(shape, !empty, at::kBool)); });
  };
  EXPECT_TRUE(contains(refusal("int16.nii", {3, 2, 1}), {"3 x 2 x 2 voxels, but the mask has 3 x 2 x 1"}));
  EXPECT_TRUE(contains(refusal("int16.nii", {3, 2, 2}, true), {"has no voxel"}));
  EXPECT_TRUE(contains(refusal("five.nii", {2, 3, 1}), {"5 dimensions; a series has x, y, z and time"}));
  EXPECT_TRUE(contains(test::message_of([] { read_nifti_series(stored("int16.nii"), at::ones({3, 2, 2})); }),
                       {"in bool expected"}));
}

// Damaged files

template <class Number>
std::string bytes_of(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}
std::string short_of(int value) { return bytes_of(static_cast<int16_t>(value)); }
std::string float_of(double value) { return bytes_of(static_cast<float>(value)); }

struct Patch {
  size_t at;
  std::string bytes;
};

std::string patched(const char* name, const std::vector<Patch>& patches) {
  auto bytes = read_file(stored(name));
  for (const auto& patch : patches) bytes.replace(patch.at, patch.bytes.size(), patch.bytes);
  return bytes;
}

// Of int16.nii: 3 x 2 x 2 x 2, sform.
std::string damaged(const std::vector<Patch>& patches) { return patched("int16.nii", patches); }
std::string damaged_version_2(const std::vector<Patch>& patches) { return patched("version2_big.nii", patches); }

// The packed file with one bit of a byte turned, counted from its end.
std::string turned_gzip(size_t from_end, char bits) {
  auto bytes = read_file(stored("version2.nii.gz"));
  auto& byte = bytes[bytes.size() - from_end];
  byte = static_cast<char>(byte ^ bits);
  return bytes;
}

TEST(NiftiMalformed, files_are_refused) {
  const auto packed_size = fs::file_size(stored("version2.nii.gz"));
  const std::vector<Malformed> cases{
      {"other magic", damaged({{344, "m+1"}}), "not a NIfTI file", "'m+1', 'n+1' expected"},
      {"a pair", damaged({{344, "ni1"}}), "header of a pair (.hdr and .img)", "write it anew as one file"},
      {"ANALYZE", damaged({{344, std::string(4, '\0')}}), "ANALYZE 7.5", "write it anew"},
      {"another first number", damaged({{0, bytes_of(349)}}), "its first number should be 348 or 540"},
      {"turned beginning", damaged({{0, {"\0\0\1\x5C", 4}}}), "1024 dimensions", "other byte order"},
      {"turned dimensions", damaged({{40, {"\0\4", 2}}}), "1024 dimensions", "other byte order"},
      {"no dimensions", damaged({{40, short_of(0)}}), "0 dimensions, from 1 to 7 expected"},
      {"8 dimensions", damaged({{40, short_of(8)}}), "8 dimensions, from 1 to 7"},
      {"negative dimensions", damaged({{40, short_of(-3)}}), "-3 dimensions"},
      {"a size of 0", damaged({{42, short_of(0)}}), "dimension 1 is 0, at least 1"},
      {"a negative size", damaged({{46, short_of(-2)}}), "dimension 3 is -2, at least 1"},
      {"too many to count",
       damaged({{40, short_of(7)},
                {42, short_of(32767) + short_of(32767) + short_of(32767) + short_of(32767) + short_of(32767)}}),
       "more values than can be counted"},
      {"more than there are", damaged({{42, short_of(30000)}}), "is truncated: its shape needs 480000 bytes"},
      {"complex", damaged({{70, short_of(32)}}), "numbers of type 32 (complex64)", "are read"},
      {"colours", damaged({{70, short_of(128)}}), "RGB24"},
      {"colours with alpha", damaged({{70, short_of(2304)}}), "RGBA32"},
      {"float128", damaged({{70, short_of(1536)}}), "float128"},
      {"no type", damaged({{70, short_of(0)}}), "numbers of type 0 (unknown)"},
      {"other bits", damaged({{72, short_of(8)}}), "8 bits a number are announced, but int16 has 16"},
      {"negative bits", damaged({{72, short_of(-16)}}), "-16 bits"},
      {"offset NaN", damaged({{108, float_of(nan)}}), "data begin at byte nan (vox_offset)"},
      {"offset infinite", damaged({{108, float_of(infinity)}}), "at byte inf"},
      {"offset in the header", damaged({{108, float_of(348)}}), "at byte 348", "from 352 on"},
      {"offset 0", damaged({{108, float_of(0)}}), "at byte 0"},
      {"offset negative", damaged({{108, float_of(-352)}}), "at byte -352"},
      {"offset of half a byte", damaged({{108, float_of(352.5)}}), "a whole number"},
      {"offset past the end", damaged({{108, float_of(1e6)}}), "truncated", "begin 999652 bytes behind its header"},
      {"offset far past the end", damaged({{108, float_of(1e14)}}), "truncated"},
      {"offset a little too far", damaged({{108, float_of(368)}}), "truncated: its shape needs 48 bytes"},
      {"slope NaN", damaged({{112, float_of(nan)}}), "its scale (scl_slope) is nan", "0 means none"},
      {"slope infinite", damaged({{112, float_of(infinity)}}), "is inf"},
      {"intercept NaN", damaged({{116, float_of(nan)}}), "its intercept (scl_inter) is nan"},
      {"flat sform", damaged({{312, std::string(12, '\0')}}), "its sform places the voxels nowhere"},
      {"sform without rows", damaged({{280, std::string(48, '\0')}}), "its sform places"},
      {"sform NaN", damaged({{280, float_of(nan)}}), "its sform places"},
      {"qform too long", damaged({{252, short_of(1) + short_of(0)}, {256, float_of(0.9) + float_of(0.9)}}),
       "longer than 1"},
      {"qform without sizes", damaged({{252, short_of(1) + short_of(0)}, {84, float_of(0)}}), "its qform places"},
      {"TR NaN", damaged({{92, float_of(nan)}}), "time from volume to volume is nan"},
      {"TR negative", damaged({{92, float_of(-2)}}), "is -2, at least 0"},
      {"everything", damaged({{42, short_of(0)}, {70, short_of(32)}, {112, float_of(nan)}, {108, float_of(3)}}),
       "4 problems"},
      {"empty", "", "is empty"},
      {"cut in the header", damaged({}).substr(0, 100), "is truncated: a header of 348 bytes expected, 100 found"},
      {"cut in the data", damaged({}).substr(0, 360), "is truncated: its shape needs 48 bytes of data, 8 found"},
      {"data that go on", damaged({}) + "x", "goes on after its data"},
      {"text mode", damaged_version_2({{8, "\n"}}), "as if it were text"},
      {"version 2, a pair", damaged_version_2({{4, "ni2"}}), "header of a pair"},
      {"version 2, other magic", damaged_version_2({{4, "abc"}}), "its magic is 'abc', 'n+2' expected"},
      {"version 2, negative dimensions", damaged_version_2({{16, std::string(8, '\xFF')}}), "-1 dimensions"},
      {"version 2, too many to count", damaged_version_2({{24, "\x7F"}}), "more values than can be counted"},
      // Its affine follows from the size where there are neither sform nor qform, and that size minus 1 is no int64.
      {"version 2, the lowest size", damaged_version_2({{24, {"\x80\0\0\0\0\0\0\0", 8}}, {344, std::string(8, '\0')}}),
       "dimension 1 is -9223372036854775808, at least 1"},
      {"version 2, offset past the end", damaged_version_2({{168, "\x7F"}}), "vox_offset"},
      {"negative extension", patched("texts.nii", {{352, bytes_of(-16)}}), "extension 1 says that it has -16 bytes",
       "at most 64"},
      {"extension of 8 bytes", patched("texts.nii", {{352, bytes_of(8)}}), "extension 1 says that it has 8 bytes"},
      {"extension of half a step", patched("texts.nii", {{352, bytes_of(24)}}),
       "extension 1 says that it has 24 bytes"},
      {"huge extension", patched("texts.nii", {{352, bytes_of(2147483647)}}),
       "extension 1 says that it has 2147483647 bytes"},
      {"second extension too long", patched("texts.nii", {{384, bytes_of(48)}}), "extension 2", "48 bytes",
       "at most 32"},
      {"integer beyond int64", patched("uint64.nii", {{352, std::string(8, '\xFF')}}),
       "too large for float64 or int64"},
      {"gzip: wrong CRC", turned_gzip(8, 1), "damaged", "incorrect data check"},
      {"gzip: wrong length", turned_gzip(4, 1), "damaged", "incorrect length check"},
      {"gzip: damaged data", turned_gzip(packed_size - packed_size / 2, 0x55), "damaged"},
      {"gzip: cut", read_file(stored("version2.nii.gz")).substr(0, 40), "truncated"},
      {"gzip: what follows", read_file(stored("version2.nii.gz")) + "x", "1 bytes follow its compressed data"},
  };
  test::expect_files_refused("x.nii", cases, [](const fs::path& path) { read_nifti(path); });
}

TEST(Nifti, passes_over_room_that_was_left_before_the_data) {
  auto bytes = read_file(stored("int16.nii"));
  bytes.replace(108, 4, float_of(384)).insert(352, 32, '\0');
  for (const char flag : {'\0', '\1'}) {
    bytes[348] = flag;
    const TemporaryFolder folder;
    test::write_text(folder / "x.nii", bytes);
    EXPECT_TRUE(same(read_nifti(folder / "x.nii").values, read_nifti(stored("int16.nii")).values));
  }
}

TEST(Nifti, no_beginning_of_a_file_is_readable) {
  for (const char* name : {"int16.nii", "version2_big.nii", "version2.nii.gz", "texts.nii"})
    test::expect_no_beginning_is_readable(stored(name), [](const fs::path& path) { read_nifti(path); });
}

TEST(Nifti, reads_gzip_in_several_pieces) {
  EXPECT_TRUE(same(read_nifti(stored("pieces.nii.gz")).values, read_nifti(stored("int16.nii")).values));
}

TEST(NiftiSeries, refuses_numbers_that_float32_cannot_hold) {
  const TemporaryFolder folder;
  test::write_text(folder / "x.nii", patched("float64.nii", {{352, bytes_of(1e300)}}));
  EXPECT_EQ(read_nifti(folder / "x.nii").values[0][0][0][0].item<double>(), 1e300);
  EXPECT_TRUE(contains(input_error([&] { read_nifti_series(folder / "x.nii", at::ones({3, 2, 2}, at::kBool)); }),
                       {"too large for float32"}));
}

TEST(Nifti, reads_the_long_surfaces_of_freesurfer) {
  auto bytes = read_file(stored("int16.nii"));
  bytes.replace(42, 8, short_of(-1) + short_of(1) + short_of(1) + short_of(2)).replace(144, 4, bytes_of(12));
  const TemporaryFolder folder;
  test::write_text(folder / "x.nii", bytes);
  EXPECT_EQ(read_nifti(folder / "x.nii").header.shape, (std::vector<int64_t>{12, 1, 1, 2}));
}

}  // namespace
}  // namespace arcuate
