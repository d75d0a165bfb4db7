#include "io/gifti.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "external.h"
#include "foreign.h"
#include "gifti_text.h"
#include "io/base64.h"
#include "io/json.h"
#include "io/npy.h"

namespace arcuate {
namespace {

using test::array_of;
using test::Attributes;
using test::contains;
using test::file_of;
using test::input_error;
using test::same;
using test::source_path;
using test::TemporaryFolder;

at::Tensor values_of(const Attributes& changed, const std::string& data) {
  return parse_gifti(file_of(array_of(changed, data)), "x.gii").arrays.at(0).values;
}

at::ScalarType type_called(const std::string& name) {
  return name == "float32" ? at::kFloat : name == "int32" ? at::kInt : at::kByte;
}

TEST(Gifti, reads_what_nibabel_writes) {
  const auto expected = read_json(source_path("reference/gifti/expected.json"));
  ASSERT_EQ(expected.size(), 12u);
  for (const auto& [name, file] : expected.items()) {
    SCOPED_TRACE(name);
    const auto gifti = read_gifti(source_path("reference/gifti") / name);
    using Metadata = std::map<std::string, std::string>;
    EXPECT_EQ(gifti.metadata, file.at("metadata").get<Metadata>());
    ASSERT_EQ(gifti.arrays.size(), file.at("arrays").size());
    for (size_t i = 0; i < gifti.arrays.size(); ++i) {
      const auto& array = file.at("arrays")[i];
      EXPECT_EQ(gifti.arrays[i].intent, array.at("intent"));
      EXPECT_EQ(gifti.arrays[i].metadata, array.at("metadata").get<Metadata>());
      const auto values = at::tensor(array.at("values").get<std::vector<double>>(), at::kDouble);
      EXPECT_TRUE(same(gifti.arrays[i].values, values.reshape(array.at("shape").get<std::vector<int64_t>>())
                                                   .to(type_called(array.at("type").get<std::string>()))));
    }
    ASSERT_EQ(gifti.labels.size(), file.at("labels").size());
    for (size_t i = 0; i < gifti.labels.size(); ++i) {
      const auto& label = file.at("labels")[i];
      EXPECT_EQ(gifti.labels[i].key, label.at("key"));
      EXPECT_EQ(gifti.labels[i].name, label.at("name"));
      EXPECT_EQ(gifti.labels[i].rgba, (label.at("rgba").get<std::array<float, 4>>()));
    }
  }
}

TEST(Gifti, reads_every_type_as_float32_int32_or_uint8) {
  const auto floats = at::tensor({1.f, 2.f, 3.f});
  EXPECT_TRUE(same(values_of({}, "1 2\n3"), floats));
  EXPECT_TRUE(same(values_of({{"DataType", "NIFTI_TYPE_FLOAT64"}}, "1 +2e0 3.0"), floats));
  EXPECT_TRUE(same(values_of({{"DataType", "NIFTI_TYPE_UINT8"}}, "1 2 3"), floats.to(at::kByte)));
  for (const char* type : {"INT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64"})
    EXPECT_TRUE(same(values_of({{"DataType", "NIFTI_TYPE_" + std::string(type)}}, "1 2 3"), floats.to(at::kInt)))
        << type;
  EXPECT_TRUE(at::isnan(values_of({}, "nan inf -inf"))[0].item<bool>());
}

TEST(Gifti, reads_wide_and_unsigned_binary_numbers_in_both_byte_orders) {
  const auto read = [](const char* type, const char* endian, std::string_view bytes) {
    return values_of({{"DataType", type}, {"Encoding", "Base64Binary"}, {"Endian", endian}, {"Dim0", "1"}},
                     encode_base64(bytes))
        .item<double>();
  };
  EXPECT_EQ(read("NIFTI_TYPE_FLOAT64", "BigEndian", {"\x3F\xF8\0\0\0\0\0\0", 8}), 1.5);
  EXPECT_EQ(read("NIFTI_TYPE_UINT16", "LittleEndian", "\xFE\xFF"), 65534);
  EXPECT_EQ(read("NIFTI_TYPE_UINT16", "BigEndian", "\xFE\xFF"), 0xFEFF);
  EXPECT_EQ(read("NIFTI_TYPE_INT16", "BigEndian", "\xFF\xFE"), -2);
  EXPECT_EQ(read("NIFTI_TYPE_INT8", "BigEndian", "\xFE"), -2);
  EXPECT_EQ(read("NIFTI_TYPE_INT64", "LittleEndian", "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), -2);
}

TEST(Gifti, reads_column_major_order) {
  const Attributes matrix{
      {"Dimensionality", "2"}, {"Dim0", "2"}, {"Dim1", "3"}, {"ArrayIndexingOrder", "ColumnMajorOrder"}};
  const auto values = values_of(matrix, "1 4 2 5 3 6");
  EXPECT_TRUE(same(values, at::tensor({1.f, 2.f, 3.f, 4.f, 5.f, 6.f}).reshape({2, 3})));
  EXPECT_TRUE(values.is_contiguous());
}

TEST(Gifti, forgives_what_the_format_leaves_open) {
  const std::string loose =
      "<GIFTI Version='1' NumberOfDataArrays=' 1 '>\n<!-- a comment -->"
      "<MetaData><MD><Name>\n  <![CDATA[ kept ]]>\n</Name><Value>\n turned inside "
      "\n</Value></MD><MD><Name>none</Name></MD></MetaData>"
      "<LabelTable><Label Index='2'>early</Label></LabelTable>" +
      array_of({{"Endian", ""}, {"ArrayIndexingOrder", ""}}, "<![CDATA[1 2 3]]>") + "</GIFTI>\n<!-- end -->\n";
  const auto gifti = parse_gifti(loose, "x.gii");
  EXPECT_EQ(gifti.metadata, (std::map<std::string, std::string>{{" kept ", "turned inside"}, {"none", ""}}));
  EXPECT_EQ(gifti.labels.at(0).key, 2);
  EXPECT_EQ(gifti.labels.at(0).rgba, (std::array<float, 4>{0, 0, 0, 1}));
  EXPECT_TRUE(same(gifti.arrays.at(0).values, at::tensor({1.f, 2.f, 3.f})));
}

TEST(Gifti, unpacks_what_gzip_wrapped_as_well_as_zlib) {
  // python3 -c "import gzip, base64; print(base64.b64encode(gzip.compress(b'abc', mtime=0)).decode())"
  const Attributes bytes{{"DataType", "NIFTI_TYPE_UINT8"}, {"Encoding", "GZipBase64Binary"}};
  EXPECT_TRUE(same(values_of(bytes, "H4sIAAAAAAAC/0tMSgYAwkEkNQMAAAA="), at::tensor({97, 98, 99}).to(at::kByte)));
}

Gifti example() {
  Gifti gifti;
  gifti.metadata = {{"Date", ""}, {"note", "naïve <&> ]]> ]]]]>\n two lines "}};
  gifti.arrays.push_back({"NIFTI_INTENT_POINTSET",
                          at::arange(12, at::kFloat).reshape({4, 3}) / 8,
                          {{"AnatomicalStructurePrimary", "CortexLeft"}}});
  gifti.arrays.push_back({"NIFTI_INTENT_TRIANGLE", at::arange(12, at::kInt).reshape({4, 3}).remainder(4), {}});
  gifti.arrays.push_back({"NIFTI_INTENT_NONE", at::arange(24, at::kByte).reshape({2, 3, 4}).permute({2, 0, 1}), {}});
  gifti.labels = {{0, "???", {0, 0, 0, 0}}, {-3, "a & b", {1, 0.1f, 0.25f, 1}}};
  return gifti;
}

TEST(WriteGifti, what_is_written_is_read) {
  const TemporaryFolder folder;
  const auto gifti = example();
  write_gifti(folder / "x.gii", gifti);
  const auto again = read_gifti(folder / "x.gii");
  EXPECT_EQ(again.metadata, gifti.metadata);
  ASSERT_EQ(again.arrays.size(), gifti.arrays.size());
  for (size_t i = 0; i < gifti.arrays.size(); ++i) {
    EXPECT_EQ(again.arrays[i].intent, gifti.arrays[i].intent);
    EXPECT_EQ(again.arrays[i].metadata, gifti.arrays[i].metadata);
    EXPECT_TRUE(same(again.arrays[i].values, gifti.arrays[i].values.contiguous()));
  }
  ASSERT_EQ(again.labels.size(), gifti.labels.size());
  for (size_t i = 0; i < gifti.labels.size(); ++i) {
    EXPECT_EQ(again.labels[i].key, gifti.labels[i].key);
    EXPECT_EQ(again.labels[i].name, gifti.labels[i].name);
    EXPECT_EQ(again.labels[i].rgba, gifti.labels[i].rgba);
  }
}

TEST(WriteGifti, writes_the_same_bytes_again) {
  const TemporaryFolder folder;
  write_gifti(folder / "a.gii", example());
  write_gifti(folder / "b.gii", read_gifti(folder / "a.gii"));
  EXPECT_EQ(read_file(folder / "a.gii"), read_file(folder / "b.gii"));
}

// Prints what nibabel finds, and saves each array.
constexpr const char* nibabel_script = R"(import json, sys
try:
    import nibabel, numpy
except ImportError:
    sys.exit(77)
image = nibabel.load(sys.argv[1] + '/x.gii')
for i, array in enumerate(image.darrays):
    numpy.save(f'{sys.argv[1]}/{i}.npy', array.data)
json.dump({'metadata': dict(image.meta), 'intents': [a.intent for a in image.darrays],
           'structure': dict(image.darrays[0].meta), 'space': image.darrays[0].coordsys.xform.tolist(),
           'labels': [[l.key, l.label, *l.rgba] for l in image.labeltable.labels]}, open(sys.argv[1] + '/found.json', 'w')))";

TEST(WriteGifti, nibabel_reads_what_is_written) {
  const TemporaryFolder folder;
  const auto gifti = example();
  write_gifti(folder / "x.gii", gifti);
  test::write_text(folder / "read.py", nibabel_script);
  const auto command =
      fmt::format("/usr/bin/python3 '{}' '{}' 2>&1", (folder / "read.py").string(), folder.path().string());
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
    GTEST_SKIP() << "needs /usr/bin/python3 with nibabel";
  ASSERT_EQ(status, 0);
  for (size_t i = 0; i < gifti.arrays.size(); ++i)
    EXPECT_TRUE(same(read_npy(folder / (std::to_string(i) + ".npy")), gifti.arrays[i].values.contiguous())) << i;
  const auto found = read_json(folder / "found.json");
  EXPECT_EQ(
      (found.at("metadata").get<std::map<std::string, std::string>>()),
      (std::map<std::string, std::string>{{"Date", ""}, {"note", "naïve <&> ]]> ]]]]>\n two lines"}}));  // it strips
  EXPECT_EQ(found.at("intents"), Json({1008, 1009, 0}));
  EXPECT_EQ(found.at("structure"), Json({{"AnatomicalStructurePrimary", "CortexLeft"}}));
  EXPECT_EQ(found.at("space")[2], Json({0, 0, 1, 0}));
  EXPECT_EQ(found.at("labels"), Json::parse(R"([[0, "???", 0.0, 0.0, 0.0, 0.0], [-3, "a & b", 1.0, 0.1, 0.25, 1.0]])"));
}

TEST(WriteGifti, workbench_reads_structure_names_and_numbers) {
  const TemporaryFolder folder;
  const Gifti maps{.metadata = {{"AnatomicalStructurePrimary", "CortexRight"}},
                   .arrays = {{"NIFTI_INTENT_NONE", at::tensor({1.f, -2.f, 3.f}), {{"Name", "r <a>"}}},
                              {"NIFTI_INTENT_NONE", at::tensor({4.f, 5.f, 6.5f}), {{"Name", "Größe"}}}}};
  const auto path = (folder / "x.func.gii").string();
  write_gifti(path, maps);
  const auto told = test::workbench_information(path);
  if (!told) GTEST_SKIP() << "needs wb_command";
  EXPECT_TRUE(contains(*told, {"Metric", "CortexRight", "r <a>", "Größe"}));
  EXPECT_EQ(test::output_of("wb_command -metric-stats '" + path + "' -reduce MAX"), "3\n6.5\n");
}

TEST(WriteGifti, refuses_what_the_format_cannot_hold_and_leaves_nothing) {
  const TemporaryFolder folder;
  const auto refused = [&](const Gifti& gifti) {
    return test::message_of([&] { write_gifti(folder / "x.gii", gifti); });
  };
  const auto values = at::zeros({2});
  EXPECT_TRUE(contains(refused({.arrays = {{"NIFTI_INTENT_NONE", at::zeros({2}, at::kDouble)}}}),
                       {"x.gii", "float32", "Double"}));
  EXPECT_TRUE(contains(refused({.arrays = {{"NIFTI_INTENT_NONE", at::zeros({0})}}}), {"at least one value"}));
  EXPECT_TRUE(contains(refused({.arrays = {{"NIFTI_INTENT_NONE", at::zeros({})}}}), {"1 to 6 dimensions"}));
  EXPECT_TRUE(contains(refused({.arrays = {{"NIFTI_INTENT_NONE"}}}), {"1 to 6 dimensions"}));
  EXPECT_TRUE(contains(refused({.arrays = {{"NIFTI_INTENT_NONE", at::zeros({1, 1, 1, 1, 1, 1, 1})}}}), {"1 to 6"}));
  EXPECT_TRUE(contains(refused({.arrays = {{"shape", values}}}), {"'shape'"}));
  EXPECT_TRUE(contains(refused({.metadata = {{"a", "\x1B"}}}), {"control character"}));
  EXPECT_TRUE(contains(refused({.metadata = {{"a", "\xFF"}}}), {"UTF-8"}));
  EXPECT_TRUE(contains(refused({.labels = {{1, "x", {NAN, 0, 0, 0}}}}), {"label 1", "not finite"}));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace arcuate
