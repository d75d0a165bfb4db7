// Surfaces and values a vertex of FreeSurfer, as nibabel writes and reads them.
#include "io/freesurfer_surface.h"

#include <ATen/ATen.h>

#include "freesurfer_test.h"
#include "io/freesurfer_values.h"

using namespace arcuate;
using arcuate::test::big;
using arcuate::test::big_floats;
using arcuate::test::expect_no_cut_is_readable;
using arcuate::test::expect_refused;
using arcuate::test::freesurfer_expected;
using arcuate::test::freesurfer_file;

namespace {

FreesurferSurface surface(const std::string& bytes) { return parse_freesurfer_surface(bytes, "lh.x"); }
at::Tensor values(const std::string& bytes) { return parse_freesurfer_values(bytes, "lh.x"); }

const std::string head =
    "\xFF\xFF\xFE"
    "created by hand\n\n";
const std::string points = big_floats({0, 0, 0, 1, 0, 0, 0, 1, 0});
const std::string triangle = head + big({3, 1}) + points + big({0, 1, 2});

}  // namespace

TEST(FreesurferSurface, reads_what_nibabel_writes) {
  for (const auto* name : {"lh.tagged", "lh.plain"}) {
    const auto found = surface(freesurfer_file(name));
    const auto expected = freesurfer_expected(name);
    EXPECT_EQ(found.comment, expected.at("comment").get<std::string>());
    ASSERT_EQ(found.points.sizes(), at::IntArrayRef({4, 3}));
    ASSERT_EQ(found.triangles.size(0), std::ssize(expected.at("triangles")));
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t k = 0; k < 3; ++k)
        EXPECT_EQ(found.points[i][k].item<float>(), expected.at("points")[i][k].get<float>()) << name;
    for (int64_t i = 0; i < found.triangles.size(0); ++i)
      for (int64_t k = 0; k < 3; ++k)
        EXPECT_EQ(found.triangles[i][k].item<int>(), expected.at("triangles")[i][k].get<int>()) << name;
  }
}

TEST(FreesurferSurface, tells_where_the_middle_of_its_volume_lies) {
  const auto centre = surface(freesurfer_file("lh.tagged")).centre;
  ASSERT_TRUE(centre);
  EXPECT_EQ(*centre, (std::array<double, 3>{5.4, 18, -2.25}));
  EXPECT_FALSE(surface(freesurfer_file("lh.plain")).centre);
  const auto told = [](const std::string& lines) { return surface(triangle + big({20}) + lines).centre.has_value(); };
  EXPECT_TRUE(told("valid = 1  # volume info valid\ncras   = 1 2e0   -3\n"));
  EXPECT_FALSE(told("valid = 0  # volume info invalid\ncras   = 1 2 3\n"));
  EXPECT_FALSE(told("cras   = 1 2 3\n"));
  for (const char* numbers : {"1 2", "1 2 3 4", "1 two 3", "1 2 inf", ""})
    EXPECT_FALSE(told(std::string("valid = 1\ncras = ") + numbers)) << numbers;
}

TEST(FreesurferSurface, refuses_what_is_malformed) {
  ASSERT_NO_THROW(surface(triangle));
  expect_refused(
      {{"empty", "", "'lh.x' is not a surface of FreeSurfer: it does not begin with the bytes FF FF FE"},
       {"text", "solid", "'lh.x' is not a surface of FreeSurfer"},
       {"values", "\xFF\xFF\xFF", "'lh.x' is not a surface of FreeSurfer"},
       {"quadrangles", "\xFF\xFF\xFD",
        "'lh.x' is an old surface of quadrangles; convert it with FreeSurfer's mris_convert"},
       {"endless comment",
        "\xFF\xFF\xFE"
        "created by",
        "'lh.x' is truncated: the comments from byte 3 on do not end"},
       {"comment in Latin-1",
        "\xFF\xFF\xFE"
        "\xE9\n\n",
        "the comment 'created by …' is not valid UTF-8"},
       {"no counts", head, "'lh.x' is truncated: 4 bytes are expected at byte 20 (the number of vertices), 0 are left"},
       {"negative count", head + big({-3, 1}), "'lh.x': the number of vertices at byte 20: -3 is negative"},
       {"no vertices", head + big({0, 0}), "'lh.x' has 0 vertices and 0 triangles"},
       {"too many vertices", head + big({4, 1}) + points + big({0, 1, 2}),
        "12 bytes are expected at byte 76 (the triangles), 0 are left"},
       {"two thousand million", head + big({2147483647, 1}) + points,
        "25769803764 bytes are expected at byte 28 (the points), 36 are left"},
       {"too many triangles", head + big({3, 2}) + points + big({0, 1, 2}),
        "24 bytes are expected at byte 64 (the triangles), 12 are left"},
       {"too few triangles", head + big({3, 1}) + points + big({0, 1, 2, 0, 2, 1}),
        "12 bytes follow the triangles at byte 76 and are no tagged piece of FreeSurfer's: do the counts"},
       {"no such vertex", head + big({3, 2}) + points + big({0, 1, 2, 0, 3, 1}),
        "1 triangles name vertices that do not exist (there are 3), the first is triangle 1: 0 3 1"},
       {"negative vertex", head + big({3, 1}) + points + big({0, -1, 2}), "the first is triangle 0: 0 -1 2"}},
      [](const std::string& bytes) { surface(bytes); });
}

TEST(FreesurferSurface, no_beginning_of_a_file_is_readable) {
  expect_no_cut_is_readable(triangle, triangle.size(), [](const std::string& bytes) { surface(bytes); });
}

TEST(FreesurferValues, reads_both_forms_as_nibabel_does) {
  for (const auto* name : {"lh.thickness", "lh.old_curv"}) {
    const auto found = values(freesurfer_file(name));
    const auto expected = freesurfer_expected(name).at("values");
    ASSERT_EQ(found.sizes(), at::IntArrayRef({std::ssize(expected)}));
    for (int64_t i = 0; i < found.size(0); ++i) EXPECT_EQ(found[i].item<float>(), expected[i].get<float>()) << name;
  }
}

TEST(FreesurferValues, refuses_what_is_malformed) {
  const std::string magic = "\xFF\xFF\xFF";
  expect_refused(
      {{"empty", "", "'lh.x' is truncated: 3 bytes are expected at byte 0 (the first number), 0 are left"},
       {"text", "some text",
        "neither begins with the bytes FF FF FF nor has the length of an old file of 7565165 vertices"},
       {"no counts", magic, "4 bytes are expected at byte 3 (the number of vertices), 0 are left"},
       {"negative", magic + big({-1, 0, 1}), "the number of vertices at byte 3: -1 is negative"},
       {"two values a vertex", magic + big({1, 0, 2}) + big_floats({1, 2}),
        "'lh.x' has 1 vertices and 2 values a vertex"},
       {"no vertices", magic + big({0, 0, 1}), "'lh.x' has 0 vertices"},
       {"too few", magic + big({3, 0, 1}) + big_floats({1, 2}),
        "12 bytes are expected at byte 15 (the values), 8 are left"},
       {"too many", magic + big({1, 0, 1}) + big_floats({1, 2}), "4 bytes follow the values of 1 vertices at byte 19"}},
      [](const std::string& bytes) { values(bytes); });
  for (const auto* name : {"lh.thickness", "lh.old_curv"}) {
    const auto whole = freesurfer_file(name);
    expect_no_cut_is_readable(whole, whole.size(), [](const std::string& bytes) { values(bytes); });
  }
}
