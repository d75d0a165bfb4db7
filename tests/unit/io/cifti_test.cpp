#include "io/cifti.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "external.h"
#include "foreign.h"
#include "io/cifti_xml.h"
#include "io/json.h"
#include "io/npy.h"

namespace arcuate {
namespace {

using test::contains;
using test::input_error;
using test::same;
using test::source_path;
using test::TemporaryFolder;

fs::path stored(const std::string& name) { return source_path("reference/cifti") / name; }

at::Tensor from_json(const Json& json) { return at::tensor(json.get<std::vector<double>>(), at::kDouble); }

void expect_models(const CiftiHeader& header, const Json& models) {
  ASSERT_EQ(header.models.size(), models.size());
  for (size_t i = 0; i < models.size(); ++i) {
    EXPECT_EQ(header.models[i].structure, models[i].at("structure"));
    EXPECT_EQ(header.models[i].surface_vertices, models[i].at("surface_vertices"));
    EXPECT_EQ(header.models[i].vertices, models[i].at("vertices").get<std::vector<int64_t>>());
    EXPECT_EQ(header.models[i].voxels, (models[i].at("voxels").get<std::vector<std::array<int64_t, 3>>>()));
  }
}

void expect_maps(const CiftiHeader& header, const Json& maps) {
  ASSERT_EQ(header.maps.size(), maps.size());
  for (size_t i = 0; i < maps.size(); ++i) {
    EXPECT_EQ(header.maps[i].name, maps[i].at("name"));
    EXPECT_EQ(header.maps[i].metadata, (maps[i].at("metadata").get<std::map<std::string, std::string>>()));
    const auto labels = maps[i].value("labels", Json::array());
    ASSERT_EQ(header.maps[i].labels.size(), labels.size());
    for (size_t l = 0; l < labels.size(); ++l) {
      const auto& label = header.maps[i].labels[l];
      EXPECT_EQ(label.key, labels[l][0]);
      EXPECT_EQ(label.name, labels[l][1]);
      for (size_t c = 0; c < 4; ++c) EXPECT_EQ(label.rgba[c], labels[l][2 + c].get<float>());
    }
  }
}

void expect_same(const CiftiHeader& header, const Json& file) {
  EXPECT_EQ(header.rows, file.at("rows"));
  EXPECT_EQ(header.metadata, (file.at("metadata").get<std::map<std::string, std::string>>()));
  expect_models(header, file.at("models"));
  if (file.at("affine").is_null()) {
    EXPECT_FALSE(header.grid.affine.defined());
  } else {
    EXPECT_EQ(header.grid.shape, (file.at("shape").get<std::array<int64_t, 3>>()));
    for (int64_t i = 0; i < 4; ++i)
      EXPECT_TRUE(same(header.grid.affine[i], from_json(file.at("affine")[static_cast<size_t>(i)])));
  }
  if (file.contains("maps")) {
    expect_maps(header, file.at("maps"));
  } else {
    EXPECT_EQ(header.kind, CiftiKind::series);
    EXPECT_EQ(header.series.start, file.at("series")[0]);
    EXPECT_EQ(header.series.step, file.at("series")[1]);
    EXPECT_EQ(header.series.unit, file.at("series")[2]);
  }
}

TEST(Cifti, reads_what_nibabel_writes) {
  const auto expected = read_json(stored("expected.json"));
  ASSERT_EQ(expected.size(), 6u);
  for (const auto& [name, file] : expected.items()) {
    SCOPED_TRACE(name);
    const auto cifti = read_cifti(stored(name));
    expect_same(cifti.header, file);
    expect_same(read_cifti_header(stored(name)), file);
    const auto values = from_json(file.at("values")).reshape({file.at("rows").get<int64_t>(), -1}).to(at::kFloat);
    EXPECT_TRUE(same(cifti.values, values));
    EXPECT_TRUE(cifti.values.is_contiguous());
  }
  EXPECT_EQ(read_cifti_header(stored("areas.dlabel.nii")).kind, CiftiKind::labels);
  EXPECT_EQ(read_cifti_header(stored("maps.dscalar.nii")).kind, CiftiKind::scalars);
}

// wb_command -disable-provenance -cifti-math '2 * x' workbench.dscalar.nii -var x maps.dscalar.nii
TEST(Cifti, reads_what_workbench_writes) {
  const auto expected = read_json(stored("expected.json"));
  for (const std::string ending : {".dscalar.nii", ".dtseries.nii"}) {
    SCOPED_TRACE(ending);
    const auto name = ending == ".dscalar.nii" ? "maps.dscalar.nii" : "series.dtseries.nii";
    const auto cifti = read_cifti(stored("workbench" + ending));
    EXPECT_TRUE(same(cifti.values, read_cifti(stored(name)).values * 2));
    expect_models(cifti.header, expected.at(name).at("models"));
    EXPECT_EQ(cifti.header.grid.shape, (std::array<int64_t, 3>{3, 4, 2}));
    if (ending == ".dscalar.nii")
      expect_maps(cifti.header, expected.at(name).at("maps"));
    else
      EXPECT_EQ(cifti.header.series.step, 0.72);
  }
}

std::string damaged(const char* name, size_t at, const std::string& bytes, size_t left_out = 0) {
  auto whole = read_file(stored(name)).replace(at, bytes.size(), bytes);
  whole.resize(whole.size() - left_out);
  return whole;
}

TEST(CiftiMalformed, files_are_refused) {
  const auto whole = read_file(stored("surface.dscalar.nii"));
  test::expect_files_refused(
      "x.nii",
      {{"empty", "", "is empty, a NIfTI file expected"},
       {"of parcels", read_file(stored("refused.pscalar.nii")), "maps SCALARS to PARCELS", "dense maps"},
       {"of connectivity", read_file(stored("refused.dconn.nii")), "maps BRAIN_MODELS to BRAIN_MODELS"},
       {"packed NIfTI-2", read_file(source_path("reference/nifti/version2.nii.gz")), "not a CIFTI-2 file", "code 32"},
       {"NIfTI-1", read_file(source_path("reference/nifti/int16.nii")), "not a CIFTI-2 file"},
       {"other dimensions", damaged("surface.dscalar.nii", 16, "\5", 20), "of two dimensions"},
       {"cut in the header", whole.substr(0, 300), "truncated"},
       {"cut in the XML", whole.substr(0, 900),
        "is truncated: its data should begin 548 bytes behind its header, 360 found"},
       {"cut in the data", whole.substr(0, whole.size() - 1),
        "is truncated: its shape needs 24 bytes of data, 23 found"},
       {"behind the data", whole + "x", "goes on after its data"},
       {"extension that lies", damaged("surface.dscalar.nii", 544, {"\xF0\xFF\xFF\x7F", 4}),
        "extension 1 says that it has 2147483632 bytes"},
       {"absurd dimension", damaged("surface.dscalar.nii", 56, {"\0\0\0\0\0\0\0\x40", 8}),
        "more values than can be counted"},
       {"slope NaN", damaged("surface.dscalar.nii", 176, {"\0\0\0\0\0\0\xF8\x7F", 8}), "its scale (scl_slope) is nan"}},
      [](const fs::path& path) { read_cifti(path); });
}

TEST(Cifti, no_beginning_of_a_file_is_readable) {
  for (const char* name : {"maps.dscalar.nii", "series.dtseries.nii"})
    test::expect_no_beginning_is_readable(stored(name), [](const fs::path& path) { read_cifti(path); });
}

struct Change {
  const char *from, *to, *message;
};

// The XML of a stored file, changed in one place.
void expect_refused(const char* name, const std::vector<Change>& changes) {
  const auto header = read_cifti_header(stored(name));
  int64_t columns = 0;
  for (const auto& model : header.models) columns += model.size();
  std::vector<test::Malformed> cases;
  for (const auto& change : changes) {
    auto xml = cifti_xml(header, header.rows, columns);
    const auto at = xml.find(change.from);
    ASSERT_NE(at, xml.npos) << change.from;
    xml.replace(at, std::string_view(change.from).size(), change.to);
    cases.emplace_back(fmt::format("{} -> {}", change.from, change.to), xml, change.message);
  }
  test::expect_refused(cases, [&](const std::string& xml) { parse_cifti_xml(xml, header.rows, columns, "x.nii"); });
}

TEST(CiftiMalformed, models_and_maps_are_refused) {
  expect_refused(
      "maps.dscalar.nii",
      {
          {"Version=\"2\"", "Version=\"1\"", "CIFTI version 1, 2 expected: convert it"},
          {"Version=\"2\"", "", "<CIFTI>: it has no Version"},
          {"<CIFTI ", "<GIFTI ", "mismatch"},
          {"</CIFTI>", "", "is truncated"},
          {"</CIFTI>", "</CIFTI>more", "goes on after </CIFTI>"},
          {"</Matrix>", "</Matrix><Matrix/>", "one <Matrix> expected"},
          {"Dimension=\"1\"", "Dimension=\"2\"", "no <MatrixIndicesMap> of dimension 1"},
          {"Dimension=\"1\"", "Dimension=\"0,1\"", "several maps of dimension 0"},
          {"TYPE_BRAIN_MODELS", "TYPE_PARCELS", "to PARCELS"},
          {"IndexOffset=\"12\"", "IndexOffset=\"13\"", "brain model 2: IndexOffset is 13, 12 expected"},
          {"IndexOffset=\"12\"", "IndexOffset=\"x\"", "IndexOffset is 'x', a whole number"},
          {"IndexCount=\"12\"", "IndexCount=\"11\"", "brain model 1: IndexCount is 11, but 12 places are listed"},
          {"IndexCount=\"9\"", "IndexCount=\"999999999999\"", "IndexCount is 999999999999"},
          {"MODEL_TYPE_SURFACE", "MODEL_TYPE_PAPER", "ModelType is 'CIFTI_MODEL_TYPE_PAPER'"},
          {"CIFTI_STRUCTURE_CORTEX_LEFT", "LEFT", "BrainStructure is 'LEFT'"},
          {"CORTEX_LEFT", "CORTEX_RIGHT", "CORTEX_RIGHT is there twice"},
          {"SurfaceNumberOfVertices=\"20\"", "SurfaceNumberOfVertices=\"19\"",
           "vertices 2 to 19, from 0 to 18 expected"},
          {"SurfaceNumberOfVertices=\"20\"", "SurfaceNumberOfVertices=\"-1\"", "a surface of -1 vertices"},
          {"<VertexIndices>2 3", "<VertexIndices>2 2", "a vertex is there twice"},
          {"<VertexIndices>2 3", "<VertexIndices>2 -3", "vertices -3 to 19"},
          {"<VertexIndices>2 3", "<VertexIndices>2 3.5", "'3.5' among its VertexIndices"},
          {"<VoxelIndicesIJK>0 1 1", "<VoxelIndicesIJK>0 1", "14 numbers as VoxelIndicesIJK"},
          {"<VoxelIndicesIJK>0 1 1", "<VoxelIndicesIJK>3 1 1", "voxel 3 1 1 lies outside of the grid of 3 x 4 x 2"},
          {"<VoxelIndicesIJK>0 1 1", "<VoxelIndicesIJK>1 1 1", "a voxel belongs to two places"},
          {"VolumeDimensions=\"3,4,2\"", "VolumeDimensions=\"3,4\"", "three positive VolumeDimensions"},
          {"VolumeDimensions=\"3,4,2\"", "VolumeDimensions=\"3,4,0\"", "three positive VolumeDimensions"},
          {"<Volume ", "<Other ", "mismatch"},
          {">-2 0 0", ">0 0 0", "its transformation places the voxels nowhere"},
          {">-2 0 0", ">-2 0", "its transformation has 15 numbers, 16 expected"},
          {">-2 0 0", ">-2 x 0", "places the voxels nowhere"},
          {"MeterExponent=\"-3\"", "MeterExponent=\"400\"", "MeterExponent is 400, from -30 to 30"},
          {"<MapName>", "<MapName>\xFF", "map 1: a name that is not UTF-8"},
          {"TYPE_SCALARS", "TYPE_LABELS", "map 1: it has no LabelTable"},
          {"</NamedMap>", "</NamedMap><NamedMap/>", "it names 3 maps, the data have 2 rows"},
      });
}

TEST(CiftiMalformed, series_are_refused) {
  expect_refused(
      "series.dtseries.nii",
      {{"NumberOfSeriesPoints=\"7\"", "NumberOfSeriesPoints=\"8\"", "NumberOfSeriesPoints is 8, the data have 7 rows"},
       {"SeriesUnit=\"SECOND\"", "SeriesUnit=\"HOUR\"", "SeriesUnit is 'HOUR', expected: SECOND"},
       {"SeriesStep=\"0.72\"", "SeriesStep=\"nan\"", "SeriesStep is 'nan', a number expected"},
       {"SeriesStart=\"1.5\"", "", "it has no SeriesStart"},
       {"SeriesExponent=\"0\"", "SeriesExponent=\"99\"", "SeriesExponent is 99"}});
}

TEST(CiftiMalformed, labels_are_refused) {
  expect_refused("areas.dlabel.nii", {{"Key=\"1\"", "Key=\"one\"", "map 1, label 2: Key is 'one'"},
                                      {"Key=\"1\"", "Key=\"0\"", "map 1, label 2: its Key 0 is that of"},
                                      {"Red=\"", "Red=\"x", "map 1, label 1: Red is 'x"},
                                      {"Key=\"1\"", "", "map 1, label 2: it has no Key"}});
}

TEST(Cifti, forgives_elements_that_it_does_not_know_and_labels_that_are_not_needed) {
  const auto maps = read_cifti_header(stored("maps.dscalar.nii")),
             areas = read_cifti_header(stored("areas.dlabel.nii"));
  const auto replaced = [](std::string xml, const std::string& from, const std::string& to) {
    return xml.replace(xml.find(from), from.size(), to);
  };
  const auto more = replaced(cifti_xml(maps, maps.rows, 26), "<NamedMap>", "<Unnamed/><NamedMap>");
  EXPECT_EQ(parse_cifti_xml(more, maps.rows, 26, "x.nii").maps.size(), maps.maps.size());
  const auto scalars = replaced(cifti_xml(areas, areas.rows, 26), "TYPE_LABELS", "TYPE_SCALARS");
  EXPECT_EQ(parse_cifti_xml(scalars, areas.rows, 26, "x.nii").kind, CiftiKind::scalars);
}

TEST(Cifti, expands_no_entities) {
  std::string bomb = "<!DOCTYPE CIFTI [<!ENTITY a \"xxxxxxxxxxxxxxxx\">";
  for (char c = 'b'; c < 'z'; ++c) {
    bomb += fmt::format("<!ENTITY {} \"", c);
    for (int i = 0; i < 16; ++i) bomb += fmt::format("&{};", static_cast<char>(c - 1));
    bomb += "\">";
  }
  const auto xml = bomb +
                   "]><CIFTI Version=\"2\"><Matrix><MetaData><MD><Name>n</Name><Value>&y;</Value></MD></MetaData>" +
                   "<MatrixIndicesMap AppliesToMatrixDimension=\"0\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_SCALARS\">"
                   "<NamedMap><MapName>a</MapName></NamedMap></MatrixIndicesMap><MatrixIndicesMap "
                   "AppliesToMatrixDimension=\"1\" IndicesMapToDataType=\"CIFTI_INDEX_TYPE_BRAIN_MODELS\"><BrainModel "
                   "IndexOffset=\"0\" IndexCount=\"1\" ModelType=\"CIFTI_MODEL_TYPE_SURFACE\" "
                   "BrainStructure=\"CIFTI_STRUCTURE_CORTEX\" SurfaceNumberOfVertices=\"1\"><VertexIndices>0"
                   "</VertexIndices></BrainModel></MatrixIndicesMap></Matrix></CIFTI>";
  EXPECT_EQ(parse_cifti_xml(xml, 1, 1, "x.nii").metadata.at("n"), "&y;");
}

// Writing

TEST(WriteCifti, what_is_written_is_read_and_written_with_the_same_bytes) {
  const TemporaryFolder folder;
  const auto expected = read_json(stored("expected.json"));
  for (const auto& [name, file] : expected.items()) {
    SCOPED_TRACE(name);
    const auto cifti = read_cifti(stored(name));
    write_cifti(folder / "a.nii", cifti);
    const auto again = read_cifti(folder / "a.nii");
    expect_same(again.header, file);
    EXPECT_TRUE(same(again.values, cifti.values));
    write_cifti(folder / "b.nii", again);
    EXPECT_EQ(read_file(folder / "a.nii"), read_file(folder / "b.nii"));
  }
}

TEST(WriteCifti, refuses_what_the_format_cannot_hold_and_leaves_nothing) {
  const TemporaryFolder folder;
  const auto with = [&](auto&& change, const char* name = "maps.dscalar.nii") {
    auto cifti = read_cifti(stored(name));
    change(cifti);
    return test::message_of([&] { write_cifti(folder / "x.nii", cifti); });
  };
  EXPECT_TRUE(contains(with([](Cifti& c) { c.values = c.values.to(at::kDouble); }), {"in float32 expected"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.maps.pop_back(); }), {"1 maps are named, but there are 2 rows"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.models.pop_back(); }), {"21 places, the data 26 columns"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.models[0].vertices[0] = 20; }), {"from 0 to 19 expected"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.models[0].voxels = {{0, 0, 0}}; }), {"vertices and voxels"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.models[0].structure = "left\""; }), {"what would be written"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.grid = {}; }), {"has no <Volume>"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.grid.affine = at::zeros({4, 4}); }), {"affine with an inverse"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.maps[0].name = "\x1B"; }), {"control character"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.maps[0].labels = {{}}; }), {"has labels, but is none of labels"}));
  const auto series = "series.dtseries.nii";
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.series.unit = "HOUR"; }, series), {"not 'HOUR'"}));
  EXPECT_TRUE(contains(with([](Cifti& c) { c.header.series.step = NAN; }, series), {"in steps of nan"}));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

// nibabel reads and writes anew what we wrote; we read that.
constexpr const char* nibabel_script = R"(import sys
try:
    import nibabel, numpy
except ImportError:
    sys.exit(77)
for name in sys.argv[2:]:
    image = nibabel.load(f'{sys.argv[1]}/{name}')
    assert isinstance(image, nibabel.Cifti2Image)
    numpy.save(f'{sys.argv[1]}/{name}.npy', image.get_fdata(dtype='f4'))
    axes = [image.header.get_axis(i) for i in range(2)]
    again = nibabel.Cifti2Image(image.get_fdata(dtype='f4'), header=axes)
    again.header.matrix.metadata = image.header.matrix.metadata
    nibabel.save(again, f'{sys.argv[1]}/again_{name}'))";

TEST(WriteCifti, nibabel_reads_what_is_written) {
  const TemporaryFolder folder;
  const auto expected = read_json(stored("expected.json"));
  std::string names;
  for (const auto& [name, file] : expected.items()) {
    write_cifti(folder / name, read_cifti(stored(name)));
    names += " " + name;
  }
  test::write_text(folder / "read.py", nibabel_script);
  const auto command =
      fmt::format("/usr/bin/python3 '{}' '{}' {} 2>&1", (folder / "read.py").string(), folder.path().string(), names);
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
    GTEST_SKIP() << "needs /usr/bin/python3 with nibabel";
  ASSERT_EQ(status, 0);
  for (const auto& [name, file] : expected.items()) {
    SCOPED_TRACE(name);
    const auto values = read_cifti(stored(name)).values;
    EXPECT_TRUE(same(read_npy(folder / (name + ".npy")), values));
    const auto again = read_cifti(folder / ("again_" + name));
    expect_same(again.header, file);
    EXPECT_TRUE(same(again.values, values));
  }
}

TEST(WriteCifti, workbench_reads_what_is_written) {
  const TemporaryFolder folder;
  const auto path = (folder / "x.dscalar.nii").string();
  const auto maps = read_cifti(stored("maps.dscalar.nii"));
  write_cifti(path, maps);
  const auto told = test::workbench_information(path);
  if (!told) GTEST_SKIP() << "needs wb_command";
  EXPECT_TRUE(contains(*told, {"CIFTI - Dense Scalar", "CortexLeft", maps.header.maps[0].name.c_str(),
                               maps.header.maps[1].name.c_str()}));
  const auto copy = (folder / "y.dscalar.nii").string();
  ASSERT_EQ(test::output_of("wb_command -cifti-math 'x' '" + copy + "' -var x '" + path + "' > /dev/null"), "");
  EXPECT_TRUE(same(read_cifti(copy).values, maps.values));
}

}  // namespace
}  // namespace arcuate
