#include "io/gifti.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "foreign.h"
#include "io/base64.h"
#include "io/json.h"
#include "io/npy.h"

namespace arcuate {
namespace {

using test::contains;
using test::input_error;
using test::same;
using test::source_path;
using test::TemporaryFolder;

using Attributes = std::map<std::string, std::string>;

// One array of text; `changed` are attributes of its own, and an empty one leaves an attribute out.
std::string array_of(const Attributes& changed, const std::string& data) {
  Attributes all{{"Intent", "NIFTI_INTENT_NONE"},
                 {"DataType", "NIFTI_TYPE_FLOAT32"},
                 {"Dimensionality", "1"},
                 {"Dim0", "3"},
                 {"ArrayIndexingOrder", "RowMajorOrder"},
                 {"Encoding", "ASCII"},
                 {"Endian", "LittleEndian"},
                 {"ExternalFileOffset", "0"}};
  for (const auto& [name, value] : changed) all[name] = value;
  std::string text = "<DataArray";
  for (const auto& [name, value] : all)
    if (!value.empty()) text += fmt::format(" {}='{}'", name, value);
  return text + "><MetaData/><Data>" + data + "</Data></DataArray>";
}

std::string file_of(const std::string& content, const std::string& count = "1") {
  return "<?xml version='1.0'?>\n<GIFTI Version='1.0' NumberOfDataArrays='" + count + "'>" + content + "</GIFTI>";
}

at::Tensor values_of(const Attributes& changed, const std::string& data) {
  return parse_gifti(file_of(array_of(changed, data)), "x.gii").arrays.at(0).values;
}

std::string complaint(const std::string& bytes) {
  return input_error([&] { parse_gifti(bytes, "x.gii"); });
}
std::string array_complaint(const Attributes& changed, const std::string& data = "1 2 3") {
  return complaint(file_of(array_of(changed, data)));
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

TEST(Gifti, refuses_numbers_that_its_types_cannot_hold) {
  const auto wide = [](const char* type, std::string_view bytes) {
    return array_complaint({{"DataType", type}, {"Encoding", "Base64Binary"}, {"Dim0", "1"}}, encode_base64(bytes));
  };
  EXPECT_TRUE(
      contains(wide("NIFTI_TYPE_UINT32", "\xFF\xFF\xFF\xFF"), {"array 1", "4294967295", "2147483647 expected"}));
  EXPECT_TRUE(contains(wide("NIFTI_TYPE_INT64", {"\0\0\0\0\1\0\0\0", 8}), {"4294967296"}));
  EXPECT_TRUE(contains(wide("NIFTI_TYPE_UINT64", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), {"from 0 to"}));
  EXPECT_TRUE(contains(wide("NIFTI_TYPE_FLOAT64", {"\0\0\0\0\0\0\xF0\x7E", 8}), {"too large for float32"}));
  EXPECT_TRUE(contains(array_complaint({}, "1 1e39 2"), {"too large for float32"}));
  EXPECT_TRUE(contains(array_complaint({{"DataType", "NIFTI_TYPE_UINT8"}}, "1 256 2"), {"1 to 256, from 0 to 255"}));
  EXPECT_TRUE(contains(array_complaint({{"DataType", "NIFTI_TYPE_INT8"}}, "1 -129 2"), {"from -128 to 127"}));
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

TEST(Gifti, refuses_files_of_other_kinds) {
  EXPECT_TRUE(contains(complaint(""), {"'x.gii' is not a GIfTI file", "byte 0"}));
  EXPECT_TRUE(contains(complaint("solid tetrahedron"), {"not a GIfTI file"}));
  EXPECT_TRUE(contains(complaint("<html></html>"), {"<html>", "<GIFTI> expected"}));
  EXPECT_TRUE(contains(complaint("\x1F\x8B\x08"), {"gunzip"}));
  EXPECT_TRUE(contains(complaint(file_of(array_of({}, "1 2 3")) + "<GIFTI/>"), {"goes on after"}));
  EXPECT_TRUE(contains(complaint(file_of(array_of({}, "1 2 3")) + "more"), {"goes on after"}));
  EXPECT_TRUE(contains(complaint(file_of(array_of({}, "1 2 3")) + std::string("\0<a>", 4)), {"is zero"}));
  EXPECT_TRUE(contains(complaint("<GIFTI Version='2.0' NumberOfDataArrays='0'/>"), {"Version is '2.0', 1.0 expected"}));
}

TEST(Gifti, no_beginning_of_a_file_is_readable) {
  for (const char* name : {"tetrahedron.surf.gii", "three.label.gii", "ascii_little_C.gii"})
    test::expect_no_beginning_is_readable(source_path("reference/gifti") / name,
                                          [](const fs::path& path) { read_gifti(path); });
}

TEST(Gifti, refuses_a_wrong_number_of_arrays) {
  EXPECT_TRUE(contains(complaint(file_of(array_of({}, "1 2 3"), "2")), {"NumberOfDataArrays is 2, but 1 found"}));
  EXPECT_TRUE(contains(complaint(file_of(array_of({}, "1 2 3"), "-1")), {"NumberOfDataArrays is -1"}));
  EXPECT_TRUE(contains(complaint(file_of(array_of({}, "1 2 3"), "one")), {"'one', a whole number expected"}));
}

TEST(Gifti, refuses_shapes_that_are_none) {
  EXPECT_TRUE(contains(array_complaint({{"Dim0", ""}}), {"array 1: it has no Dim0"}));
  EXPECT_TRUE(contains(array_complaint({{"Dim0", "0"}}), {"Dim0 is 0, at least 1"}));
  EXPECT_TRUE(contains(array_complaint({{"Dim0", "-3"}}), {"Dim0 is -3"}));
  EXPECT_TRUE(contains(array_complaint({{"Dim0", "3.0"}}), {"Dim0 is '3.0', a whole number"}));
  EXPECT_TRUE(contains(array_complaint({{"Dim0", "9223372036854775808"}}), {"Dim0 is '9223372036854775808'"}));
  EXPECT_TRUE(contains(array_complaint({{"Dimensionality", "2"}, {"Dim0", "4294967296"}, {"Dim1", "4294967296"}}),
                       {"more values than can be counted"}));
  EXPECT_TRUE(contains(array_complaint({{"Dimensionality", "7"}}), {"Dimensionality is 7, from 1 to 6"}));
  EXPECT_TRUE(contains(array_complaint({{"Dimensionality", "0"}}), {"Dimensionality is 0"}));
  EXPECT_TRUE(contains(array_complaint({{"Dimensionality", ""}}), {"it has no Dimensionality"}));
}

TEST(Gifti, refuses_a_huge_shape_before_asking_for_memory) {
  for (const char* encoding : {"ASCII", "Base64Binary", "GZipBase64Binary"})
    EXPECT_TRUE(contains(array_complaint({{"Encoding", encoding}, {"Dim0", "500000000000000000"}}, "MTIz"),
                         {"its shape needs"}))
        << encoding;
}

TEST(Gifti, refuses_data_of_another_size) {
  const auto packed_bytes = "eJxLTEoGAAJNASc=";  // zlib's of "abc"
  for (const char* count : {"2", "4"}) {
    SCOPED_TRACE(count);
    const auto refused = [&](const char* encoding, const std::string& data) {
      return array_complaint({{"DataType", "NIFTI_TYPE_UINT8"}, {"Encoding", encoding}, {"Dim0", count}}, data);
    };
    EXPECT_TRUE(
        contains(refused("ASCII", "1 2 3"), {"its shape needs", count, count[0] == '2' ? "3 found" : "characters"}));
    EXPECT_TRUE(contains(refused("ASCII", "1 2 345"), {"its shape needs", count, "3 found"}));
    EXPECT_TRUE(contains(refused("Base64Binary", "YWJj"), {"its shape needs", count, "3 found"}));
    EXPECT_TRUE(contains(refused("GZipBase64Binary", packed_bytes),
                         {"its shape needs", count, count[0] == '2' ? "more were" : "3 found"}));
  }
}

TEST(Gifti, refuses_damaged_data) {
  const auto packed_complaint = [](const std::string& bytes) {
    return array_complaint({{"DataType", "NIFTI_TYPE_UINT8"}, {"Encoding", "GZipBase64Binary"}}, encode_base64(bytes));
  };
  const auto whole = decode_base64("eJxLTEoGAAJNASc=");
  auto turned = whole;
  turned.back() ^= 1;
  EXPECT_TRUE(contains(packed_complaint(turned), {"damaged", "incorrect data check"}));
  EXPECT_TRUE(contains(packed_complaint("none"), {"damaged"}));
  EXPECT_TRUE(contains(packed_complaint(whole + "x"), {"1 bytes follow"}));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(contains(packed_complaint(whole.substr(0, size)), {"cut short"})) << size;
  EXPECT_TRUE(contains(array_complaint({{"Encoding", "Base64Binary"}}, "YW*j"), {"array 1: no base64: '*' at byte 2"}));
  EXPECT_TRUE(contains(array_complaint({}, "1 two 3"), {"'two', value 2 of its data, is no number"}));
  EXPECT_TRUE(contains(array_complaint({{"DataType", "NIFTI_TYPE_INT32"}}, "1 2 3.5"), {"'3.5', value 3"}));
}

TEST(Gifti, refuses_unknown_attributes_and_external_files) {
  EXPECT_TRUE(contains(array_complaint({{"Encoding", "Base32"}}), {"'Base32', expected: ASCII, Base64Binary, GZip"}));
  EXPECT_TRUE(contains(array_complaint({{"DataType", "NIFTI_TYPE_RGB24"}}), {"'NIFTI_TYPE_RGB24', expected"}));
  EXPECT_TRUE(contains(array_complaint({{"Encoding", "Base64Binary"}, {"Endian", "Middle"}}), {"Endian is 'Middle'"}));
  EXPECT_TRUE(contains(array_complaint({{"Dimensionality", "2"}, {"Dim1", "1"}, {"ArrayIndexingOrder", "Any"}}),
                       {"ArrayIndexingOrder is 'Any'"}));
  EXPECT_TRUE(contains(array_complaint({{"Intent", "shape"}}), {"Intent is 'shape'"}));
  EXPECT_TRUE(contains(array_complaint({{"Intent", ""}}), {"it has no Intent"}));
  EXPECT_TRUE(contains(array_complaint({{"ExternalFileName", "x.dat"}}), {"another file, 'x.dat'"}));
  EXPECT_TRUE(contains(array_complaint({{"Encoding", "ExternalFileBinary"}}), {"another file"}));
  EXPECT_TRUE(contains(complaint(file_of("<DataArray/>")), {"it has no Intent", "one <Data> expected, none found"}));
}

TEST(Gifti, refuses_faulty_labels_and_metadata) {
  const auto label = [](const std::string& attributes, const std::string& name = "x") {
    return complaint(file_of("<LabelTable><Label " + attributes + ">" + name + "</Label></LabelTable>", "0"));
  };
  EXPECT_TRUE(contains(label("Key='one'"), {"label 1: Key is 'one'"}));
  EXPECT_TRUE(contains(label(""), {"it has no Key"}));
  EXPECT_TRUE(contains(label("Key='4294967296'"), {"4294967296"}));
  EXPECT_TRUE(contains(label("Key='1' Red='high'"), {"Red is 'high'"}));
  EXPECT_TRUE(contains(label("Key='1' Alpha='nan'"), {"Alpha is 'nan'"}));
  EXPECT_TRUE(contains(label("Key='1'", "\xFF"), {"not UTF-8"}));
  EXPECT_TRUE(contains(complaint(file_of("<MetaData><MD><Name>a</Name><Value>\xFF</Value></MD></MetaData>", "0")),
                       {"<GIFTI>: metadata", "'?'"}));
}

TEST(Gifti, tells_all_problems_of_a_file_at_once) {
  const auto text = complaint(file_of("<LabelTable><Label Key='x'/></LabelTable>" + array_of({{"Dim0", "4"}}, "1 2 3") +
                                          array_of({}, "1 2 3") +
                                          array_of({{"Endian", "x"}, {"Encoding", "y"}, {"DataType", "z"}}, ""),
                                      "4"));
  EXPECT_TRUE(contains(text, {"'x.gii': 6 problems", "NumberOfDataArrays is 4", "label 1: Key", "array 1: its shape",
                              "array 3: Encoding", "array 3: DataType", "array 3: Endian"}));
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

TEST(StackedRows, are_one_row_an_array) {
  const auto name = source_path("reference/gifti/five_volumes.func.gii");
  const auto gifti = read_gifti(name);
  const auto rows = stacked_rows(gifti, name.string());
  ASSERT_EQ(rows.sizes().vec(), (std::vector<int64_t>{5, 42}));
  for (int64_t i = 0; i < 5; ++i) EXPECT_TRUE(at::equal(rows[i], gifti.arrays[static_cast<size_t>(i)].values));
}

TEST(StackedRows, turn_integers_and_columns_into_rows_of_float32) {
  const Gifti gifti{.arrays = {{"NIFTI_INTENT_NONE", at::tensor({1, 2}).to(at::kInt)},
                               {"NIFTI_INTENT_NONE", at::tensor({3.f, 4.f}).reshape({2, 1})}}};
  EXPECT_TRUE(same(stacked_rows(gifti, "x.gii"), at::tensor({1.f, 2.f, 3.f, 4.f}).reshape({2, 2})));
}

TEST(StackedRows, refuse_arrays_of_other_lengths_and_surfaces) {
  const auto refused = [](const Gifti& gifti) { return input_error([&] { stacked_rows(gifti, "x.gii"); }); };
  EXPECT_TRUE(contains(refused({}), {"'x.gii' has no arrays"}));
  const GiftiArray two{"NIFTI_INTENT_NONE", at::zeros({2})}, three{"NIFTI_INTENT_NONE", at::zeros({3})};
  EXPECT_TRUE(contains(refused({.arrays = {two, three, two, three}}),
                       {"array 2 has 3 values, the first array has 2", "array 4"}));
  EXPECT_TRUE(contains(refused({.arrays = {{"NIFTI_INTENT_POINTSET", at::zeros({4, 3})}}}),
                       {"array 1 (NIFTI_INTENT_POINTSET) is 4 x 3"}));
}

}  // namespace
}  // namespace arcuate
