#include "io/mat.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "foreign.h"
#include "io/mat_element.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::foreign_values;
using test::input_error;
using test::same;
using test::TemporaryFolder;

TEST(Mat, reads_what_scipy_writes_plain_or_packed) {
  for (const char* name : {"plain.mat", "packed.mat"}) {
    SCOPED_TRACE(name);
    const MatFile file(foreign(name));
    const std::pair<const char*, at::ScalarType> types[] = {{"f4", at::kFloat}, {"f8", at::kDouble}, {"i1", at::kChar},
                                                            {"i2", at::kShort}, {"i4", at::kInt},    {"i8", at::kLong},
                                                            {"u1", at::kByte},  {"u2", at::kLong},   {"u4", at::kLong},
                                                            {"u8", at::kLong},  {"b1", at::kBool}};
    for (const auto& [array, type] : types) {
      EXPECT_TRUE(same(file.tensor(array), foreign_values(array[0]).to(type))) << array;
      EXPECT_EQ(file.scalar_type(array), type);
      EXPECT_EQ(file.shape(array), (std::vector<int64_t>{2, 3, 4}));
    }
    EXPECT_TRUE(same(file.tensor("scalar"), at::full({1, 1}, 2.5, at::kDouble)));
    EXPECT_TRUE(same(file.tensor("empty"), at::zeros({0, 3}, at::kDouble)));
    EXPECT_TRUE(same(file.tensor("a_long_name_of_more_than_eight_letters"), foreign_values('f', {5, 1})));
    EXPECT_EQ(file.names().front(), "f4");
    const std::map<std::string, std::string> others{{"text", "char"},
                                                    {"record", "struct"},
                                                    {"cells", "cell"},
                                                    {"sparse", "sparse"},
                                                    {"complex_numbers", "complex double"}};
    EXPECT_EQ(file.others(), others);
  }
  EXPECT_TRUE(same(MatFile(foreign("packed.mat")).tensor("long"), at::zeros({300, 1000}, at::kDouble)));
}

TEST(Mat, reads_numbers_that_matlab_stores_narrow_in_both_byte_orders) {
  for (const char* name : {"narrow.mat", "narrow_big.mat"}) {
    SCOPED_TRACE(name);
    const MatFile file(foreign(name));
    EXPECT_TRUE(same(file.tensor("wide_as_bytes"), at::arange(24., at::kDouble).reshape({2, 3, 4})));
    EXPECT_TRUE(same(file.tensor("single_as_int16"), foreign_values('i').to(at::kFloat)));
    EXPECT_TRUE(same(file.tensor("int32_as_int8"), foreign_values('i').to(at::kInt)));
    EXPECT_TRUE(same(file.tensor("truth"), foreign_values('b')));
    EXPECT_TRUE(same(file.tensor("doubles"), foreign_values('f')));
    EXPECT_TRUE(same(file.tensor("short"), at::tensor({1., 2.}, at::kDouble).reshape({1, 2})));
  }
}

TEST(Mat, refuses_what_is_no_array_of_numbers) {
  const MatFile file(foreign("plain.mat"));
  EXPECT_TRUE(contains(input_error([&] { file.tensor("record"); }), {"'record' in", "of kind struct"}));
  EXPECT_TRUE(contains(input_error([&] { file.shape("complex_numbers"); }), {"of kind complex double"}));
  EXPECT_TRUE(contains(input_error([&] { file.tensor("f9"); }), {"has no array 'f9'", "did you mean"}));
}

// The file with other bytes at a place. Of narrow.mat the first variable, wide_as_bytes, has its tag at 128, flags at
// 136, dimensions at 152, name at 176, numbers at 200.
std::string changed(const char* name, size_t at, const std::string& bytes) {
  return read_file(foreign(name)).replace(at, bytes.size(), bytes);
}
std::string narrow(size_t at, const std::string& bytes) { return changed("narrow.mat", at, bytes); }

// Whose first variable is int8, stored as uint8, and holds 128.
std::string beyond_int8() {
  auto bytes = narrow(144, "\x08");
  bytes[bytes.find("wide_as_bytes") + 24] = '\x80';
  return bytes;
}

// A MAT-file of version 7.3 is an HDF5 file behind 512 bytes.
std::string of_hdf5() { return std::string(512, ' ') + read_file(foreign("foreign.h5")); }

void read_first(const fs::path& path) {
  const MatFile file(path);
  file.tensor(file.names().front());
}

TEST(MatMalformed, files_are_refused) {
  test::expect_files_refused(
      "x.mat",
      {{"empty", "", "not a MAT-file of version 5"},
       {"version 4", read_file(foreign("version4.mat")), "not a MAT-file of version 5",
        "files of version 4 are not read: save it anew with -v7"},
       {"version 7.3", of_hdf5(), "7.3, which is HDF5", ".h5"},
       {"another version", changed("plain.mat", 125, "\3"), "of version 3, 1 (which MATLAB calls 5) expected"},
       {"another file", std::string(200, 'x'), "not a MAT-file of version 5"},
       {"no variable", narrow(128, "\x05"), "element 1 of the file:\n  it is of type 5; variables expected"},
       {"a size that lies", narrow(132, "\xFF\xFF\xFF\x7F"), "says that it has 2147483647 bytes, but"},
       {"cut", narrow(0, "").substr(0, 210), "element 1 of the file", "bytes, but"},
       {"flags of another type", narrow(136, "\x05"), "its flags are broken"},
       {"flags of another size", narrow(140, "\x04"), "its flags are broken"},
       {"class 99", narrow(144, "\x63"), "it is of class 99, which is none"},
       {"class 0", narrow(144, {"\0", 1}), "it is of class 0"},
       {"dimensions of another type", narrow(152, "\x07"), "its dimensions are broken"},
       {"one dimension", narrow(156, "\x04"), "its dimensions are broken"},
       {"a negative dimension", narrow(160, "\xFF\xFF\xFF\xFF"), "dimension 1 is -1, at least 0 expected"},
       {"absurd dimensions", narrow(160, "\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x7F"),
        "more values than can be counted"},
       {"a name that is no text", narrow(184, "\xFF\xFE"), "its name is no text"},
       {"more than its numbers", narrow(160, "\x03"), "'wide_as_bytes' in", "its shape needs 36 bytes of data, 24"},
       {"numbers of no type", narrow(200, "\x10"), "its numbers are of type 16, which is none"},
       {"numbers that do not fit", beyond_int8(), "it holds 1 to 128, which int8 cannot"}},
      read_first);
}

TEST(Mat, knows_hdf5_behind_its_512_bytes) {
  const TemporaryFolder folder;
  test::write_text(folder / "x.mat", of_hdf5());
  EXPECT_TRUE(is_mat_of_hdf5(folder / "x.mat"));
  EXPECT_FALSE(is_mat_of_hdf5(foreign("plain.mat")));
}

TEST(Mat, compares_the_checksum_of_packed_variables) {
  const TemporaryFolder folder;
  auto bytes = read_file(foreign("packed.mat"));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  test::write_text(folder / "x.mat", bytes);
  EXPECT_TRUE(
      contains(input_error([&] { MatFile(folder / "x.mat").tensor("long"); }), {"'long' in", "incorrect data check"}));
}

TEST(Mat, every_beginning_of_a_file_is_refused_or_has_fewer_variables) {
  const TemporaryFolder folder;
  for (const char* name : {"plain.mat", "packed.mat", "narrow_big.mat"}) {
    const auto bytes = read_file(foreign(name));
    const auto all = MatFile(foreign(name)).names().size() + MatFile(foreign(name)).others().size();
    for (size_t size = 0; size < bytes.size(); size += 3) {
      test::write_text(folder / "x.mat", bytes.substr(0, size));
      size_t found = 0;
      const auto message = input_error([&] {
        const MatFile file(folder / "x.mat");
        found = file.names().size() + file.others().size();
        for (const auto& variable : file.names()) file.tensor(variable);
      });
      ASSERT_TRUE(message.find("x.mat'") != message.npos || (message == "no error" && found < all)) << size << message;
    }
  }
}

}  // namespace
}  // namespace arcuate
