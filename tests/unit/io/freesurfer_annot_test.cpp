// Annotations and labels of FreeSurfer, as nibabel writes and reads them, and those of fsaverage5.
#include "io/freesurfer_annot.h"

#include <ATen/ATen.h>

#include <limits>

#include "freesurfer_test.h"
#include "io/freesurfer_label.h"

using namespace arcuate;
using arcuate::test::big;
using arcuate::test::contains;
using arcuate::test::expect_no_cut_is_readable;
using arcuate::test::expect_refused;
using arcuate::test::freesurfer_expected;
using arcuate::test::freesurfer_file;
using arcuate::test::message_of;

namespace {

FreesurferAnnot annot(const std::string& bytes) { return parse_freesurfer_annot(bytes, "x.annot"); }
FreesurferLabel label(const std::string& bytes) { return parse_freesurfer_label(bytes, "x.label"); }

std::string counted(const std::string& text) { return big({std::ssize(text) + 1}) + text + '\0'; }
std::string entry(int index, const std::string& name, int red, int transparency = 0) {
  return big({index}) + counted(name) + big({red, 0, 0, transparency});
}
std::string table(int indices, int entries, const std::string& listed) {
  return big({1, -2, indices}) + counted("table.txt") + big({entries}) + listed;
}
// Two vertices, of region "a" (red 1) and of none.
const std::string pairs = big({2, 0, 1, 1, 0});

}  // namespace

TEST(FreesurferAnnot, reads_both_tables_as_nibabel_does) {
  for (const auto* name : {"lh.four.annot", "lh.old.annot"}) {
    const auto found = annot(freesurfer_file(name));
    const auto expected = freesurfer_expected(name);
    ASSERT_EQ(found.indices.size(0), std::ssize(expected.at("indices")));
    for (int64_t i = 0; i < found.indices.size(0); ++i)
      EXPECT_EQ(found.indices[i].item<int>(), expected.at("indices")[i].get<int>()) << name << ", vertex " << i;
    ASSERT_EQ(found.table.size(), expected.at("names").size());
    for (size_t i = 0; i < found.table.size(); ++i) {
      const auto& colour = expected.at("colours")[i];
      EXPECT_EQ(found.table[i].index, static_cast<int>(i));
      EXPECT_EQ(found.table[i].name, expected.at("names")[i].get<std::string>());
      for (size_t k = 0; k < 3; ++k) EXPECT_EQ(found.table[i].rgba[k], colour[k].get<int>());
      EXPECT_EQ(found.table[i].rgba[3], 255 - colour[3].get<int>());
    }
  }
}

TEST(FreesurferAnnot, counts_the_vertices_of_fsaverage5_as_nibabel_does) {
  ARCUATE_DATA_OR_SKIP(folder, "geometry");
  const auto expected = freesurfer_expected("test data");
  for (const auto& [file, counts] : expected.items()) {
    const auto found = parse_freesurfer_annot(read_file(folder / file), file);
    ASSERT_EQ(found.indices.size(0), 10242);
    ASSERT_EQ(found.table.size(), counts.size());
    for (const auto& region : found.table)
      EXPECT_EQ(found.indices.eq(region.index).sum().item<int>(), counts.at(region.name).get<int>()) << region.name;
  }
}

TEST(FreesurferAnnot, indices_may_leave_gaps_and_stand_in_any_order) {
  const auto found = annot(pairs + table(8, 2, entry(7, "b", 9) + entry(3, "a", 1)));
  EXPECT_EQ(found.indices[0].item<int>(), 3);
  EXPECT_EQ(found.indices[1].item<int>(), -1);
  EXPECT_EQ(found.table[0].name, "a");
  EXPECT_EQ(found.table[1].index, 7);
}

TEST(FreesurferAnnot, refuses_what_is_malformed) {
  const auto one = table(1, 1, entry(0, "a", 1));
  ASSERT_NO_THROW(annot(pairs + one));
  expect_refused(
      {{"empty", "", "'x.annot' is truncated: 4 bytes are expected at byte 0 (the number of vertices), 0 are left"},
       {"negative", big({-2}), "'x.annot': the number of vertices at byte 0: -2 is negative"},
       {"no vertices", big({0}), "'x.annot' has no vertices"},
       {"too many vertices", big({9, 0, 1}), "72 bytes are expected at byte 4 (vertices and colours), 8 are left"},
       {"no table", pairs + big({0}), "'x.annot' has no table of colours: the regions have no names"},
       {"version 3", pairs + big({1, -3}), "the table of colours has version 3; 1 and 2 are known"},
       {"lowest number", pairs + big({1, -2147483648LL}), "the table of colours has version 2147483648"},
       {"long name of the table", pairs + big({1, -2, 1, 1000}),
        "1000 bytes are expected at byte 36 (the file of colours), 0 are left"},
       {"negative length", pairs + big({1, -2, 1, -1}), "the file of colours at byte 32: -1 is negative"},
       {"many regions", pairs + table(1 << 30, 1 << 30, entry(0, "a", 1)),
        "1073741824 regions need at least 21474836480 bytes at byte 50, 26 are left"},
       {"long name of a region", pairs + table(1, 1, big({0, 400}) + std::string(16, 'a')),
        "400 bytes are expected at byte 58 (the name of a region), 16 are left"},
       {"name in Latin-1", pairs + table(1, 1, entry(0, "\xE9", 1)),
        "the name of a region at byte 54 is not valid UTF-8"},
       {"index beyond", pairs + table(1, 1, entry(1, "a", 1)), "region 'a' has the index 1, 0 to 0 expected"},
       {"negative index", pairs + table(1, 1, entry(-1, "a", 1)), "region 'a' has the index -1"},
       {"index twice", pairs + table(2, 2, entry(1, "a", 1) + entry(1, "b", 2)),
        "region 'b' has the index 1 of another"},
       {"colour beyond", pairs + table(1, 1, entry(0, "a", 256)),
        "region 'a' (index 0): red is 256, 0 to 255 expected"},
       {"transparency", pairs + table(1, 1, entry(0, "a", 1, -1)), "region 'a' (index 0): transparency is -1"},
       {"lowest transparency", pairs + table(1, 1, entry(0, "a", 1, std::numeric_limits<int>::min())),
        "region 'a' (index 0): transparency is -2147483648, 0 to 255 expected"},
       {"unknown colour", pairs + table(1, 1, entry(0, "a", 2)), "1 vertices have the colour 1, which no region has"},
       {"ambiguous colour", pairs + table(2, 2, entry(0, "a", 1) + entry(1, "b", 1)),
        "1 vertices have the colour 1, which several regions have"},
       {"no such vertex", big({2, 0, 1, 2, 0}) + one, "entry 1 is about vertex 2, which does not exist: there are 2"},
       {"negative vertex", big({2, -1, 1, 1, 0}) + one, "entry 0 is about vertex -1"},
       {"vertex twice", big({2, 0, 1, 0, 0}) + one, "entry 1 is about vertex 0 again"},
       {"what follows", pairs + one + "x", "1 bytes follow the table of colours at byte 76: do the counts fit?"}},
      [](const std::string& bytes) { annot(bytes); });
  EXPECT_TRUE(contains(message_of([&] { annot(big({2, 5, 1, 0, 7}) + one); }),
                       {"'x.annot': 2 problems", "vertex 5", "colour 7"}));
  for (const auto* name : {"lh.four.annot", "lh.old.annot"}) {
    const auto whole = freesurfer_file(name);
    expect_no_cut_is_readable(whole, whole.size(), [](const std::string& bytes) { annot(bytes); });
  }
}

TEST(FreesurferLabel, reads_vertices_places_and_values_as_nibabel_does) {
  const auto found = label(freesurfer_file("lh.three.label"));
  const auto expected = freesurfer_expected("lh.three.label");
  EXPECT_EQ(found.comment, "ascii label  , from subject made vox2ras=TkReg");
  ASSERT_EQ(found.vertices.size(0), 3);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found.vertices[i].item<int>(), expected.at("vertices")[i].get<int>());
    EXPECT_EQ(found.values[i].item<float>(), expected.at("values")[i].get<float>());
  }
  EXPECT_EQ(found.points[0][0].item<float>(), -10.5f);
  EXPECT_EQ(found.points[2][2].item<float>(), 10);
}

TEST(FreesurferLabel, may_be_empty_and_hold_points_without_a_vertex) {
  EXPECT_EQ(label("#!ascii label\r\n0\r\n").vertices.size(0), 0);
  EXPECT_EQ(label("# a\n2\n-1 0 0 0 1\n-1 1 0 0 1\n").vertices[1].item<int>(), -1);
}

TEST(FreesurferLabel, refuses_what_is_malformed) {
  const std::string head = "#!ascii label\n";
  expect_refused(
      {{"empty", "", "'x.label' is no label of FreeSurfer: expected the first line '#!ascii label …', found ''"},
       {"no comment", "3\n", "expected the first line '#!ascii label …', found '3'"},
       {"no count", head + "x\n", "line 2: expected the number of vertices, found 'x'"},
       {"negative count", head + "-1\n", "line 2: expected the number of vertices, found '-1'"},
       {"cut", head + "2\n1 0 0 0 0\n", "line 2 declares 2 vertices, but there are 1; is the file truncated?"},
       {"too many", head + "0\n1 0 0 0 0\n", "line 2 declares 0 vertices, but there are 1"},
       {"short line", head + "1\n1 0 0 0\n", "line 3: 4 fields where 5 are expected: vertex, x, y, z, value"},
       {"no vertex", head + "1\n1.5 0 0 0 0\n", "line 3: expected the number of a vertex, found '1.5'"},
       {"below", head + "1\n-2 0 0 0 0\n", "line 3: expected the number of a vertex, found '-2'"},
       {"beyond", head + "1\n3000000000 0 0 0 0\n", "found '3000000000'"},
       {"no number", head + "1\n1 0 y 0 0\n", "line 3, field 3: expected a number, found 'y'"},
       {"twice", head + "2\n1 0 0 0 0\n1 0 0 0 0\n", "vertex 1 is listed twice"},
       {"binary", "#\xFF", "'x.label' is no label of FreeSurfer: byte 1 is no text"}},
      [](const std::string& bytes) { label(bytes); });
  EXPECT_TRUE(
      contains(message_of([&] { label(head + "4\n1\n2 0 0 0 x\n"); }), {"3 problems", "line 2", "line 3", "line 4"}));
}
