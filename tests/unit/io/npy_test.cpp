#include "io/npy.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "foreign.h"
#include "io/npy_column_writer.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::foreign_values;
using test::same;
using test::TemporaryFolder;

// A file of version 1 with this dictionary and this many bytes of data.
std::string npy_bytes(const std::string& dictionary, size_t data_bytes) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(dictionary.size() & 0xFF);
  bytes += static_cast<char>(dictionary.size() >> 8);
  return bytes + dictionary + std::string(data_bytes, '\1');
}

std::string dictionary(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

at::Tensor read_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  test::write_text(folder / "x.npy", bytes);
  return read_npy(folder / "x.npy");
}

std::string complaint(const std::string& bytes) {
  return test::input_error([&] { read_bytes(bytes); });
}
TEST(Npy, reads_every_type_that_numpy_writes_as_itself) {
  const std::pair<const char*, at::ScalarType> types[] = {{"f2", at::kHalf}, {"f4", at::kFloat}, {"f8", at::kDouble},
                                                          {"i1", at::kChar}, {"i2", at::kShort}, {"i4", at::kInt},
                                                          {"i8", at::kLong}, {"u1", at::kByte},  {"b1", at::kBool}};
  for (const auto& [name, type] : types)
    EXPECT_TRUE(same(read_npy(foreign(std::string(name) + ".npy")), foreign_values(name[0]).to(type))) << name;
}

TEST(Npy, reads_wider_unsigned_integers_as_int64) {
  for (const char* name : {"u2.npy", "u4.npy", "u8.npy", "big_u4.npy"})
    EXPECT_TRUE(same(read_npy(foreign(name)), foreign_values('u'))) << name;
  // The highest bit is no sign.
  EXPECT_EQ(read_bytes(npy_bytes(dictionary("<u2", "(1,)"), 0) + "\xFF\xFF").item<int64_t>(), 65535);
  EXPECT_EQ(read_bytes(npy_bytes(dictionary("<u4", "(1,)"), 0) + "\xFF\xFF\xFF\xFF").item<int64_t>(), 4294967295);
}

TEST(Npy, reads_big_endian_items) {
  const std::pair<const char*, at::ScalarType> types[] = {
      {"f2", at::kHalf}, {"f4", at::kFloat}, {"f8", at::kDouble}, {"i2", at::kShort}, {"i8", at::kLong}};
  for (const auto& [name, type] : types)
    EXPECT_TRUE(same(read_npy(foreign("big_" + std::string(name) + ".npy")), foreign_values(name[0]).to(type))) << name;
}

TEST(Npy, reads_fortran_order_into_c_order) {
  const auto tensor = read_npy(foreign("fortran.npy"));
  EXPECT_TRUE(same(tensor, foreign_values('f').to(at::kFloat)));
  EXPECT_TRUE(tensor.is_contiguous());
  EXPECT_TRUE(same(read_npy(foreign("fortran_big.npy")), foreign_values('f')));
}

TEST(Npy, reads_all_three_versions) {
  for (const char* name : {"f4.npy", "version2.npy", "version3.npy"})
    EXPECT_TRUE(same(read_npy(foreign(name)), foreign_values('f').to(at::kFloat))) << name;
}

TEST(Npy, reads_scalars_vectors_and_empty_arrays) {
  EXPECT_TRUE(same(read_npy(foreign("scalar.npy")), at::scalar_tensor(2.5, at::kDouble)));
  EXPECT_TRUE(same(read_npy(foreign("vector.npy")), foreign_values('f', {5}).to(at::kFloat)));
  EXPECT_TRUE(same(read_npy(foreign("empty.npy")), at::zeros({0, 3}, at::kFloat)));
}

TEST(Npy, any_byte_but_zero_is_true) {
  const auto bytes = npy_bytes(dictionary("|b1", "(4,)"), 0) + std::string("\0\1\2\xFF", 4);
  const auto tensor = read_bytes(bytes);
  EXPECT_EQ(tensor.scalar_type(), at::kBool);
  EXPECT_TRUE(same(tensor.view(at::kByte), at::tensor({0, 1, 1, 1}).to(at::kByte)));
}

TEST(Npy, keys_come_in_any_order) {
  const auto tensor = read_bytes(npy_bytes("{'shape': (2,), 'descr': '|u1', 'fortran_order': False}", 2));
  EXPECT_TRUE(same(tensor, at::ones({2}, at::kByte)));
}

std::string of_shape(const std::string& shape, size_t data_bytes = 8, const char* fortran = "False") {
  return npy_bytes(dictionary("<f4", shape, fortran), data_bytes);
}
std::string of_type(const std::string& type) { return npy_bytes(dictionary(type, "(1,)"), 4); }
std::string of_version(char version) { return of_type("<f4").replace(6, 1, 1, version); }

std::vector<test::Malformed> malformed_npy() {
  std::vector<test::Malformed> cases{
      {"empty", "", "is not a .npy file (its first bytes should be"},
      {"another file", "PK\3\4, a zip file and more", "not a .npy file"},
      {"text", "1.5 2.5 3.5 4.5 5.5", "not a .npy file"},
      {"cut in the header", of_type("<f4").substr(0, 30), "truncated"},
      {"cut in the data", of_type("<f4").substr(0, of_type("<f4").size() - 1), "3 found"},
      {"a header of 65535 bytes", of_type("<f4").replace(8, 2, "\xFF\xFF"), "truncated"},
      {"above int64", read_file(foreign("refused_above_int64.npy")), "2^63"},
      {"structured", read_file(foreign("refused_structured.npy")), "structured", "plain numbers"},
      {"objects", read_file(foreign("refused_objects.npy")), "'|O'"},
      {"text items", read_file(foreign("refused_text.npy")), "'<U3'"},
      {"complex", read_file(foreign("refused_complex.npy")), "'<c16'"},
      {"no fortran_order", npy_bytes("{'descr': '<f4', 'shape': (1,)}", 4), "fortran_order"},
      {"no shape", npy_bytes("{'descr': '<f4', 'fortran_order': False}", 4), "shape"},
      {"no descr", npy_bytes("{'fortran_order': False, 'shape': (1,)}", 4), "plain numbers"},
      {"huge", npy_bytes(dictionary("<f8", "(1099511627776, 1024)"), 8), "9007199254740992", "8 found"}};
  for (const char* type : {"", "f4", "?f4", "<f16", "<m8[ns]", "<f4 ", "<"})
    cases.emplace_back(fmt::format("type '{}'", type), of_type(type), "items of type", type);
  for (const char version : {'\0', '\4', '\xFF'})
    cases.emplace_back(fmt::format("version {}", int{version}), of_version(version), "version", "1 to 3");
  for (const char* shape : {"(1,)", "(3,)", "(2, 2)", "()", "(0,)"})
    cases.emplace_back(fmt::format("8 bytes of shape {}", shape), of_shape(shape), "8 found");
  for (const char* shape : {"(-1,)", "(2.0,)", "2", "[2]", "(9223372036854775808,)", "(1 2)", "(a,)"})
    cases.emplace_back(fmt::format("shape {}", shape), of_shape(shape), "no valid shape");
  for (const char* shape : {"(4611686018427387904, 2)", "(4294967296, 4294967296)", "(9223372036854775807,)",
                            "(0, 4611686018427387904, 4)", "(4611686018427387904, 4, 0)"})
    for (const char* fortran : {"False", "True"})
      cases.emplace_back(fmt::format("uncountable {}, fortran_order {}", shape, fortran), of_shape(shape, 0, fortran),
                         "more items than");
  std::string many = "(";
  for (int i = 0; i < 65; ++i) many += "1,";
  cases.emplace_back("65 dimensions", of_shape(many + ")", 4, "True"), "65 dimensions");
  return cases;
}

TEST(NpyMalformed, files_are_refused) {
  test::expect_files_refused("x.npy", malformed_npy(), [](const fs::path& path) { read_npy(path); });
}

TEST(Npy, no_beginning_of_a_file_is_readable) {
  for (const char* name : {"f4.npy", "version3.npy", "big_i2.npy", "scalar.npy", "empty.npy"})
    test::expect_no_beginning_is_readable(foreign(name), [](const fs::path& path) { read_npy(path); });
}

TEST(Npy, messages_are_text_whatever_the_file_holds) {
  const auto message = complaint(npy_bytes(dictionary("<\xFF\x1B[31m" + std::string(1000, 'x'), "(1,)"), 4));
  EXPECT_TRUE(contains(message, {"<??[31m"}));
  EXPECT_LT(message.size(), 300u);
}

TEST(WriteNpy, what_is_written_is_read) {
  const TemporaryFolder folder;
  for (auto type : {at::kFloat, at::kDouble, at::kLong, at::kInt, at::kByte})
    for (const std::vector<int64_t>& shape : {std::vector<int64_t>{}, {5}, {0, 3}, {2, 3, 4}}) {
      const auto tensor = foreign_values('u', shape).to(type);
      write_npy(folder / "x.npy", tensor);
      EXPECT_TRUE(same(read_npy(folder / "x.npy"), tensor)) << type << shape;
    }
}

TEST(WriteNpy, writes_the_bytes_that_numpy_writes) {
  const TemporaryFolder folder;
  const auto written = [&](const at::Tensor& tensor) {
    write_npy(folder / "x.npy", tensor);
    return read_file(folder / "x.npy");
  };
  const auto numbers = foreign_values('f');
  EXPECT_EQ(written(numbers.to(at::kFloat)), read_file(foreign("f4.npy")));
  EXPECT_EQ(written(numbers), read_file(foreign("f8.npy")));
  EXPECT_EQ(written(foreign_values('i')), read_file(foreign("i8.npy")));
  EXPECT_EQ(written(foreign_values('i').to(at::kInt)), read_file(foreign("i4.npy")));
  EXPECT_EQ(written(foreign_values('u').to(at::kByte)), read_file(foreign("u1.npy")));
  EXPECT_EQ(written(foreign_values('f', {5}).to(at::kFloat)), read_file(foreign("vector.npy")));
  EXPECT_EQ(written(at::scalar_tensor(2.5, at::kDouble)), read_file(foreign("scalar.npy")));
  EXPECT_EQ(written(at::zeros({0, 3}, at::kFloat)), read_file(foreign("empty.npy")));
}

TEST(WriteNpy, writes_strided_tensors_in_their_order) {
  const TemporaryFolder folder;
  const auto turned = foreign_values('f').permute({2, 0, 1});
  write_npy(folder / "x.npy", turned);
  EXPECT_TRUE(same(read_npy(folder / "x.npy"), turned.contiguous()));
}

TEST(WriteNpy, refuses_other_types_and_leaves_nothing_on_failure) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_npy(folder / "x.npy", at::zeros({2}, at::kHalf)), Error);
  EXPECT_THROW(write_npy(folder.path() / "gone" / "x.npy", at::zeros({2})), Error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(NpyColumnWriter, gives_the_bytes_of_the_whole) {
  const TemporaryFolder folder;
  const auto values = at::arange(35, at::kFloat).view({5, 7});
  write_npy(folder / "whole.npy", values);
  {
    NpyColumnWriter writer(folder / "parts.npy", 5, 7);
    writer.write(4, values.slice(1, 4));
    writer.write(0, values.slice(1, 0, 4));
    EXPECT_FALSE(std::filesystem::exists(folder / "parts.npy"));
    writer.finish();
  }
  EXPECT_EQ(read_file(folder / "parts.npy"), read_file(folder / "whole.npy"));
  {
    NpyColumnWriter given_up(folder / "none.npy", 5, 7);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
  EXPECT_THROW(NpyColumnWriter(folder / "absent" / "x.npy", 1, 1), Error);
}

}  // namespace
}  // namespace arcuate
