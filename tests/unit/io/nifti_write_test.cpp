#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "external.h"
#include "fixture.h"
#include "foreign.h"
#include "io/caret_extension.h"
#include "io/json.h"
#include "io/nifti.h"
#include "io/npy.h"

namespace arcuate {
namespace {

using test::contains;
using test::largest_difference;
using test::same;
using test::TemporaryFolder;

at::Tensor oblique() {
  const double rows[] = {-1.5, 0.25, 0.125, 90, 0.25, 2, -0.5, -126, 0.125, 0.5, 2.25, -72, 0, 0, 0, 1};
  return at::tensor(at::ArrayRef<double>(rows, 16), at::kDouble).reshape({4, 4});
}

Nifti example(at::ScalarType type = at::kFloat, std::vector<int64_t> shape = {3, 4, 2, 5}) {
  Nifti nifti;
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  nifti.values = at::arange(count, at::kLong).remainder(200).to(type).reshape(shape);
  if (type == at::kFloat) nifti.values = nifti.values / 8;
  nifti.header.affine = oblique();
  nifti.header.space = 4;
  nifti.header.space_unit = "mm";
  nifti.header.tr = shape.size() > 3 ? 1.5 : 0;
  nifti.header.intent_code = 2;
  nifti.header.intent_name = "brain score";
  nifti.header.description = "arcuate";
  return nifti;
}

std::string refusal(const Nifti& nifti) {
  const TemporaryFolder folder;
  const auto message = test::message_of([&] { write_nifti(folder / "x.nii", nifti); });
  EXPECT_TRUE(fs::is_empty(folder.path()));
  return message;
}

TEST(WriteNifti, what_is_written_is_read) {
  const TemporaryFolder folder;
  for (const auto type : {at::kFloat, at::kInt, at::kShort, at::kByte}) {
    for (const char* name : {"x.nii", "x.nii.gz"}) {
      auto nifti = example(type);
      nifti.header.extensions = {{6, "two words"}, {4, std::string(24, 'x')}};
      write_nifti(folder / name, nifti);
      const auto again = read_nifti(folder / name);
      EXPECT_TRUE(same(again.values, nifti.values));
      EXPECT_TRUE(same(again.header.affine, nifti.header.affine));
      EXPECT_EQ(again.header.version, 1);
      EXPECT_EQ(again.header.space, 4);
      EXPECT_EQ(again.header.space_unit, "mm");
      EXPECT_EQ(again.header.tr, 1.5);
      EXPECT_EQ(again.header.intent_code, 2);
      EXPECT_EQ(again.header.intent_name, "brain score");
      EXPECT_EQ(again.header.description, "arcuate");
      ASSERT_EQ(again.header.extensions.size(), 2u);
      EXPECT_EQ(again.header.extensions[0].bytes, "two words" + std::string(15, '\0'));
      EXPECT_EQ(again.header.extensions[1].bytes, std::string(24, 'x'));
    }
  }
}

TEST(WriteNifti, writes_the_same_bytes_again) {
  const TemporaryFolder folder;
  for (const char* ending : {".nii", ".nii.gz"}) {
    const auto first = folder / ("a" + std::string(ending)), second = folder / ("b" + std::string(ending));
    write_nifti(first, example());
    write_nifti(second, read_nifti(first));
    EXPECT_EQ(read_file(first), read_file(second));
  }
  EXPECT_LT(fs::file_size(folder / "a.nii.gz"), fs::file_size(folder / "a.nii"));
}

TEST(WriteNifti, takes_version_2_where_a_dimension_needs_it) {
  const TemporaryFolder folder;
  const auto nifti = example(at::kByte, {32768, 1, 2});
  write_nifti(folder / "x.nii.gz", nifti);
  const auto again = read_nifti(folder / "x.nii.gz");
  EXPECT_EQ(again.header.version, 2);
  EXPECT_TRUE(same(again.values, nifti.values));
  EXPECT_TRUE(same(again.header.affine, nifti.header.affine));
  write_nifti(folder / "y.nii", example(at::kByte, {32767, 1, 2}));
  EXPECT_EQ(read_nifti_header(folder / "y.nii").version, 1);
}

// The qform alone, as a program that knows no sform reads it.
at::Tensor read_by_qform(const fs::path& path) {
  auto bytes = read_file(path);
  bytes[254] = 0;
  test::write_text(path, bytes);
  const auto header = read_nifti_header(path);
  EXPECT_EQ(header.affine_from, "qform");
  return header.affine;
}

TEST(WriteNifti, says_the_same_by_qform_as_by_sform) {
  const TemporaryFolder folder;
  auto nifti = example();
  const auto turns = {
      at::tensor({2., 0., 0., 0., 3., 0., 0., 0., 4.}),    at::tensor({-2., 0., 0., 0., 3., 0., 0., 0., 4.}),
      at::tensor({0., 0., 4., 2., 0., 0., 0., 3., 0.}),    at::tensor({2., 0., 0., 0., -3., 0., 0., 0., -4.}),
      at::tensor({-2., 0., 0., 0., 3., 0., 0., 0., -4.}),  at::tensor({-2., 0., 0., 0., -3., 0., 0., 0., 4.}),
      at::tensor({1.6, -.9, 0., 1.2, 1.2, 0., 0., 0., 4.})};
  for (const auto& turn : turns) {
    nifti.header.affine = at::eye(4, at::kDouble);
    nifti.header.affine.slice(0, 0, 3).slice(1, 0, 3).copy_(turn.reshape({3, 3}));
    nifti.header.affine[1][3] = -20.5;
    write_nifti(folder / "x.nii", nifti);
    EXPECT_LT(largest_difference(read_by_qform(folder / "x.nii"), nifti.header.affine), 5e-6) << turn;
  }
}

TEST(WriteNifti, refuses_what_the_format_cannot_hold) {
  const auto with = [](auto&& change) {
    auto nifti = example();
    change(nifti);
    return refusal(nifti);
  };
  EXPECT_TRUE(contains(with([](Nifti& n) { n.values = n.values.to(at::kDouble); }),
                       {"while writing", "float32, int32, int16 or uint8 tensors, not Double"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.values = at::ones({1, 1, 1, 1, 1, 1, 1, 1}); }), {"1 to 7 dimensions"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.values = at::ones({3, 0}); }), {"at least one value"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.affine = at::zeros({4, 4}); }), {"affine has no inverse"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.affine = at::eye(3); }), {"is not 4 x 4"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.tr = -1; }), {"a TR of -1 s"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.tr = 1e300; }), {"cannot hold the number 1e+300"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.affine[0][3] = 1e300; }), {"affine has no inverse"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.space = 9; }), {"0 to 5, not 9"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.space_unit = "inch"; }), {"'mm', 'm' or 'um', not 'inch'"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.description = std::string(80, 'x'); }), {"fewer than 80"}));
  EXPECT_TRUE(contains(with([](Nifti& n) { n.header.intent_name = std::string(16, 'x'); }), {"fewer than 16"}));
  EXPECT_TRUE(contains(test::message_of([] { write_nifti("/nowhere/x.nii", example()); }), {"No such file"}));
}

// Prints what nibabel finds, and saves the values.
constexpr const char* nibabel_script = R"(import json, sys
try:
    import nibabel, numpy
except ImportError:
    sys.exit(77)
found = []
for name in sys.argv[2:]:
    image = nibabel.load(f'{sys.argv[1]}/{name}')
    header = image.header
    numpy.save(f'{sys.argv[1]}/{name}.npy', numpy.asarray(image.dataobj))
    found.append({'affine': image.affine.tolist(), 'sform': header.get_sform(True)[1], 'qform': header.get_qform(True)[1],
                  'units': header.get_xyzt_units(), 'zooms': [float(z) for z in header.get_zooms()],
                  'type': str(header.get_data_dtype()), 'intent': header.get_intent(), 'version': header['magic'].item().decode()[:3],
                  'description': header['descrip'].item().decode(), 'extensions': [e.get_content().decode() for e in header.extensions]})
json.dump(found, open(sys.argv[1] + '/found.json', 'w')))";

TEST(WriteNifti, nibabel_reads_what_is_written) {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, Nifti>> files{{"a.nii", example(at::kShort)},
                                                         {"b.nii.gz", example()},
                                                         {"c.nii.gz", example(at::kByte, {32768, 1, 2})},
                                                         {"d.nii", example(at::kInt, {3, 4, 2})}};
  std::string names;
  for (auto [name, nifti] : files) {
    nifti.header.extensions = {{6, "two words"}};
    write_nifti(folder / name, nifti);
    names += " " + name;
  }
  test::write_text(folder / "read.py", nibabel_script);
  const auto command =
      fmt::format("/usr/bin/python3 '{}' '{}' {} 2>&1", (folder / "read.py").string(), folder.path().string(), names);
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
    GTEST_SKIP() << "needs /usr/bin/python3 with nibabel";
  ASSERT_EQ(status, 0);
  const auto found = read_json(folder / "found.json");
  for (size_t i = 0; i < files.size(); ++i) {
    SCOPED_TRACE(files[i].first);
    const auto& nifti = files[i].second;
    EXPECT_EQ(found[i].at("affine").dump(),
              "[[-1.5,0.25,0.125,90.0],[0.25,2.0,-0.5,-126.0],[0.125,0.5,2.25,-72.0],[0.0,0.0,0.0,1.0]]");
    EXPECT_EQ(found[i].at("sform"), 4);
    EXPECT_EQ(found[i].at("qform"), 4);
    EXPECT_EQ(found[i].at("units").dump(), nifti.header.tr > 0 ? R"(["mm","sec"])" : R"(["mm","unknown"])");
    if (nifti.header.tr > 0) {
      EXPECT_EQ(found[i].at("zooms")[3], 1.5);
    }
    EXPECT_EQ(found[i].at("intent").dump(), R"(["correlation",[0.0],"brain score"])");
    EXPECT_EQ(found[i].at("version"), i == 2 ? "n+2" : "n+1");
    EXPECT_EQ(found[i].at("description"), "arcuate");
    EXPECT_EQ(found[i].at("extensions").dump(), R"(["two words"])");
    const auto values = read_npy(folder / (files[i].first + ".npy"));
    EXPECT_TRUE(same(values, nifti.values));
  }
}

TEST(WriteNifti, workbench_reads_the_names_of_volumes) {
  const TemporaryFolder folder;
  auto nifti = example(at::kFloat, {3, 4, 2, 2});
  nifti.header.extensions = {caret_extension({"r <a> & ]]> b", "Größe"}), {6, "a comment"}};
  EXPECT_TRUE(contains(nifti.header.extensions[0].bytes, {"Index=\"1\"><GuiLabel><![CDATA[Größe]]></GuiLabel>"}));
  write_nifti(folder / "x.nii.gz", nifti);
  const auto told = test::workbench_information((folder / "x.nii.gz").string(), "-only-map-names");
  if (!told) GTEST_SKIP() << "needs wb_command";
  EXPECT_EQ(*told, "r <a> & ]]> b\nGröße\n");
}

}  // namespace
}  // namespace arcuate
