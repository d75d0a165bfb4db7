// What is said of GIfTI files that are none, lie about themselves or are damaged.
#include <ATen/ATen.h>

#include "foreign.h"
#include "gifti_text.h"
#include "io/base64.h"
#include "io/gifti.h"

namespace arcuate {
namespace {

using test::array_of;
using test::Attributes;
using test::contains;
using test::file_of;
using test::Malformed;

void read(const std::string& bytes) { parse_gifti(bytes, "x.gii"); }

// A file of one array, of three numbers as text if nothing else is said.
std::string with(const Attributes& changed, const std::string& data = "1 2 3") {
  return file_of(array_of(changed, data));
}
std::string numbers(const char* type, const std::string& data) { return with({{"DataType", type}}, data); }
std::string binary(const char* type, std::string_view bytes) {
  return with({{"DataType", type}, {"Encoding", "Base64Binary"}, {"Dim0", "1"}}, encode_base64(bytes));
}
// "abc" or other bytes, packed, announced as three.
std::string packed(const std::string& bytes, const std::string& announced = "3") {
  return with({{"DataType", "NIFTI_TYPE_UINT8"}, {"Encoding", "GZipBase64Binary"}, {"Dim0", announced}},
              encode_base64(bytes));
}
std::string bytes_as(const char* encoding, const std::string& announced, const std::string& data) {
  return with({{"DataType", "NIFTI_TYPE_UINT8"}, {"Encoding", encoding}, {"Dim0", announced}}, data);
}
std::string labels(const std::string& list) { return file_of("<LabelTable>" + list + "</LabelTable>", "0"); }

const std::string good = with({});
const std::string zlib_of_abc = decode_base64("eJxLTEoGAAJNASc=");

std::string utf16(const std::string& text) {
  std::string wide = "\xFF\xFE";
  for (const char c : text) (wide += c) += '\0';
  return wide;
}

std::string turned(std::string bytes, size_t at) {
  bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

TEST(GiftiMalformed, files_are_refused) {
  test::expect_refused(
      {{"empty", "", "'x.gii' is not a GIfTI file", "byte 0"},
       {"another text", "solid tetrahedron", "not a GIfTI file"},
       {"another XML", "<html></html>", "<html>", "<GIFTI> expected"},
       {"packed as a whole", "\x1F\x8B\x08", "gunzip"},
       {"cut", good.substr(0, good.size() - 9), "'x.gii' is not a GIfTI file, or is truncated", "at byte"},
       {"UTF-16", utf16(good), "byte 3 is zero, XML in UTF-8 expected"},
       {"a second root", good + "<GIFTI/>", "goes on after"},
       {"more behind it", good + "more", "goes on after"},
       {"a zero behind it", good + std::string("\0<a>", 4), "is zero"},
       {"version 2", "<GIFTI Version='2.0' NumberOfDataArrays='0'/>", "Version is '2.0', 1.0 expected"},
       {"no version", "<GIFTI NumberOfDataArrays='0'/>", "<GIFTI>: it has no Version"},
       {"arrays that are not there", file_of(array_of({}, "1 2 3"), "2"), "NumberOfDataArrays is 2, but 1 found"},
       {"a negative number of arrays", file_of(array_of({}, "1 2 3"), "-1"), "NumberOfDataArrays is -1"},
       {"a number in words", file_of(array_of({}, "1 2 3"), "one"), "'one', a whole number expected"},
       {"metadata in Latin-1", file_of("<MetaData><MD><Name>a</Name><Value>\xFF</Value></MD></MetaData>", "0"),
        "<GIFTI>: metadata", "'?'"},
       {"entities", file_of(array_of({}, "&nine;&nine;"), "1").insert(21, "<!DOCTYPE GIFTI [<!ENTITY nine '9 9 9'>]>"),
        "'&nine;&nine;', value 1 of its data, is no number"},
       {"a file of the system",
        file_of(array_of({}, "&file;"), "1").insert(21, "<!DOCTYPE GIFTI [<!ENTITY file SYSTEM '/etc/passwd'>]>"),
        "'&file;', value 1 of its data, is no number"}},
      read);
}

TEST(GiftiMalformed, shapes_are_refused) {
  const Attributes square{{"Dimensionality", "2"}, {"Dim0", "4294967296"}, {"Dim1", "4294967296"}};
  const std::string huge = "500000000000000000";
  test::expect_refused({{"no size", with({{"Dim0", ""}}), "array 1: it has no Dim0"},
                        {"a size of 0", with({{"Dim0", "0"}}), "Dim0 is 0, at least 1"},
                        {"a negative size", with({{"Dim0", "-3"}}), "Dim0 is -3"},
                        {"a size with a point", with({{"Dim0", "3.0"}}), "Dim0 is '3.0', a whole number"},
                        {"beyond int64", with({{"Dim0", "9223372036854775808"}}), "Dim0 is '9223372036854775808'"},
                        {"beyond counting", with(square), "more values than can be counted"},
                        {"7 dimensions", with({{"Dimensionality", "7"}}), "Dimensionality is 7, from 1 to 6"},
                        {"0 dimensions", with({{"Dimensionality", "0"}}), "Dimensionality is 0"},
                        {"no dimensions", with({{"Dimensionality", ""}}), "it has no Dimensionality"},
                        {"huge as text", with({{"Dim0", huge}}), "its shape needs"},
                        {"huge in base64", bytes_as("Base64Binary", huge, "MTIz"), "its shape needs"},
                        {"huge and packed", packed(zlib_of_abc, huge), "its shape needs"},
                        {"too few as text", with({{"Dim0", "4"}}, "1 2 345"), "its shape needs 4", "3 found"},
                        {"too many as text", with({{"Dim0", "2"}}), "its shape needs 2", "3 found"},
                        {"too few in base64", bytes_as("Base64Binary", "4", "YWJj"), "needs 4", "3 found"},
                        {"too many in base64", bytes_as("Base64Binary", "2", "YWJj"), "needs 2", "3 found"},
                        {"too few and packed", packed(zlib_of_abc, "4"), "needs 4", "3 found"},
                        {"too many and packed", packed(zlib_of_abc, "2"), "needs 2", "more were"}},
                       read);
}

TEST(GiftiMalformed, data_are_refused) {
  std::vector<Malformed> cases{
      {"wrong checksum", packed(turned(zlib_of_abc, zlib_of_abc.size() - 1)), "damaged", "incorrect data check"},
      {"not packed", packed("none"), "array 1:", "damaged"},
      {"behind the packed data", packed(zlib_of_abc + "x"), "1 bytes follow"},
      {"no base64", with({{"Encoding", "Base64Binary"}}, "YW*j"), "array 1: no base64: '*' at byte 2"},
      {"half a group of base64", with({{"Encoding", "Base64Binary"}}, "YWJ"), "array 1: no base64", "group of four"},
      {"a word", with({}, "1 two 3"), "'two', value 2 of its data, is no number"},
      {"half a whole number", numbers("NIFTI_TYPE_INT32", "1 2 3.5"), "'3.5', value 3"},
      {"uint32 beyond int32", binary("NIFTI_TYPE_UINT32", "\xFF\xFF\xFF\xFF"), "array 1", "4294967295",
       "2147483647 expected"},
      {"int64 beyond int32", binary("NIFTI_TYPE_INT64", {"\0\0\0\0\1\0\0\0", 8}), "4294967296"},
      {"uint64 beyond int64", binary("NIFTI_TYPE_UINT64", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "from 0 to"},
      {"float64 beyond float32", binary("NIFTI_TYPE_FLOAT64", {"\0\0\0\0\0\0\xF0\x7E", 8}), "too large for float32"},
      {"text beyond float32", with({}, "1 1e39 2"), "too large for float32"},
      {"text beyond uint8", numbers("NIFTI_TYPE_UINT8", "1 256 2"), "1 to 256, from 0 to 255"},
      {"text beyond int8", numbers("NIFTI_TYPE_INT8", "1 -129 2"), "from -128 to 127"}};
  for (size_t size = 0; size < zlib_of_abc.size(); ++size)
    cases.emplace_back(fmt::format("cut to {} bytes", size), packed(zlib_of_abc.substr(0, size)), "cut short");
  test::expect_refused(cases, read);
}

TEST(GiftiMalformed, attributes_and_external_files_are_refused) {
  test::expect_refused(
      {{"encoding", with({{"Encoding", "Base32"}}), "'Base32', expected: ASCII, Base64Binary, GZip"},
       {"colours", with({{"DataType", "NIFTI_TYPE_RGB24"}}), "'NIFTI_TYPE_RGB24', expected"},
       {"byte order", with({{"Encoding", "Base64Binary"}, {"Endian", "Middle"}}), "Endian is 'Middle'"},
       {"index order", with({{"Dimensionality", "2"}, {"Dim1", "1"}, {"ArrayIndexingOrder", "Any"}}),
        "ArrayIndexingOrder is 'Any'"},
       {"intent", with({{"Intent", "shape"}}), "Intent is 'shape'"},
       {"no intent", with({{"Intent", ""}}), "it has no Intent"},
       {"external file", with({{"ExternalFileName", "x.dat"}}), "another file, 'x.dat'", "write the file anew"},
       {"external encoding", with({{"Encoding", "ExternalFileBinary"}}), "another file"},
       {"an empty array", file_of("<DataArray/>"), "it has no Intent", "one <Data> expected, none found"},
       {"two of data", file_of("<DataArray><Data/><Data/></DataArray>"), "one <Data> expected, several found"}},
      read);
}

TEST(GiftiMalformed, labels_are_refused) {
  test::expect_refused({{"key in words", labels("<Label Key='one'>x</Label>"), "label 1: Key is 'one'"},
                        {"no key", labels("<Label>x</Label>"), "it has no Key"},
                        {"key beyond int32", labels("<Label Key='4294967296'>x</Label>"), "4294967296"},
                        {"key twice", labels("<Label Key='1'>x</Label><Label Key='1'>y</Label>"),
                         "label 2: its Key 1 is that of 'x' too"},
                        {"colour in words", labels("<Label Key='1' Red='high'>x</Label>"), "Red is 'high'"},
                        {"colour NaN", labels("<Label Key='1' Alpha='nan'>x</Label>"), "Alpha is 'nan'"},
                        {"name in Latin-1", labels("<Label Key='1'>\xFF</Label>"), "not UTF-8"}},
                       read);
}

TEST(GiftiMalformed, all_problems_of_a_file_are_told_at_once) {
  const auto text = test::message_of([] {
    read(file_of("<LabelTable><Label Key='x'/></LabelTable>" + array_of({{"Dim0", "4"}}, "1 2 3") +
                     array_of({}, "1 2 3") + array_of({{"Endian", "x"}, {"Encoding", "y"}, {"DataType", "z"}}, ""),
                 "4"));
  });
  EXPECT_TRUE(contains(text, {"'x.gii': 6 problems", "NumberOfDataArrays is 4", "label 1: Key", "array 1: its shape",
                              "array 3: Encoding", "array 3: DataType", "array 3: Endian"}));
}

TEST(GiftiMalformed, no_beginning_of_a_file_is_readable) {
  for (const char* name : {"tetrahedron.surf.gii", "three.label.gii", "ascii_little_C.gii"})
    test::expect_no_beginning_is_readable(test::source_path("reference/gifti") / name,
                                          [](const fs::path& path) { read_gifti(path); });
}

}  // namespace
}  // namespace arcuate
