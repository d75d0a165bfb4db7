#include "io/npz.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "foreign.h"
#include "io/json.h"
#include "io/npy.h"
#include "io/zip.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::foreign_values;
using test::input_error;
using test::same;
using test::TemporaryFolder;

TEST(Npz, reads_what_numpy_writes_stored_or_packed) {
  for (const char* name : {"stored.npz", "packed.npz"}) {
    SCOPED_TRACE(name);
    const NpzFile file(foreign(name));
    EXPECT_EQ(file.names().size(), std::string_view(name) == "stored.npz" ? 12u : 13u);
    EXPECT_EQ(file.names().front(), "b1");
    const std::pair<const char*, at::ScalarType> types[] = {{"f2", at::kHalf}, {"f4", at::kFloat}, {"f8", at::kDouble},
                                                            {"i4", at::kInt},  {"i8", at::kLong},  {"u1", at::kByte},
                                                            {"u2", at::kLong}, {"b1", at::kBool}};
    for (const auto& [array, type] : types) {
      EXPECT_TRUE(same(file.tensor(array), foreign_values(array[0]).to(type))) << array;
      EXPECT_EQ(file.scalar_type(array), type);
      EXPECT_EQ(file.shape(array), (std::vector<int64_t>{2, 3, 4}));
    }
    EXPECT_TRUE(same(file.tensor("big"), foreign_values('f')));
    EXPECT_TRUE(same(file.tensor("fortran"), foreign_values('f').to(at::kFloat)));
    EXPECT_EQ(file.tensor("scalar").item<double>(), 2.5);
    EXPECT_EQ(file.shape("empty"), (std::vector<int64_t>{0, 3}));
    EXPECT_TRUE(file.contains("f4"));
    EXPECT_FALSE(file.contains("f4.npy"));
  }
  EXPECT_TRUE(same(NpzFile(foreign("packed.npz")).tensor("long"), at::zeros({300'000})));
}

TEST(Npz, refuses_names_and_objects_that_are_no_arrays) {
  const NpzFile file(foreign("objects.npz"));
  EXPECT_TRUE(same(file.tensor("x"), foreign_values('f').to(at::kFloat)));
  EXPECT_TRUE(contains(input_error([&] { file.tensor("objects"); }), {"objects.npz:objects", "'|O'"}));
  EXPECT_TRUE(contains(input_error([&] { file.scalar_type("objects"); }), {"'|O'"}));
  EXPECT_TRUE(contains(input_error([&] { file.tensor("y"); }), {"has no array 'y'", "objects, x"}));
}

TEST(Npz, no_beginning_of_a_file_is_readable) {
  for (const char* name : {"stored.npz", "packed.npz"})
    test::expect_no_beginning_is_readable(foreign(name), [](const fs::path& path) { NpzFile{path}; }, 7);
}

// Where the packed or stored bytes of an array begin.
size_t data_of(const std::string& bytes, const std::string& name) {
  return read_zip(bytes, "x", ZipFiles::any).at(name + ".npy").begin;
}

// A stored or packed file with some bytes of the array "f4" turned.
std::string turned(const char* name, size_t offset, char bits) {
  auto bytes = read_file(foreign(name));
  auto& byte = bytes[data_of(bytes, "f4") + offset];
  byte = static_cast<char>(byte ^ bits);
  return bytes;
}

// A file whose directory says something else of its last member, `at` bytes behind the entry's signature.
std::string listed(const char* name, size_t at, const std::string& bytes) {
  auto whole = read_file(foreign(name));
  return whole.replace(whole.rfind("PK\1\2") + at, bytes.size(), bytes);
}

std::string zipped(const std::vector<ZipPart>& files) {
  const TemporaryFolder folder;
  write_zip(folder / "x.npz", files);
  return read_file(folder / "x.npz");
}

TEST(NpzMalformed, files_are_refused) {
  const std::string huge("\0\0\0\x70", 4);
  test::expect_files_refused(
      "x.npz",
      {{"empty", "", "x.npz", "not a zip archive"},
       {"another file", "no archive", "not a zip archive"},
       {"no directory", read_file(foreign("stored.npz")).substr(0, 2000), "not a zip archive"},
       {"another thing in it", zipped({{"a.npy", {"x"}}, {"b.txt", {"y"}}}), "not an archive of arrays", "'b.txt'"},
       {"a name twice", zipped({{"f4.npy", {"x"}}, {"f4.npy", {"y"}}}), "f4.npy", "twice"},
       {"an array that is none", zipped({{"f4.npy", {"x"}}}), "x.npz:f4' is not a .npy file"},
       {"wrong CRC, stored", turned("stored.npz", 140, 0x10), "x.npz:f4'", "it is damaged: its checksum is"},
       {"damaged, packed", turned("packed.npz", 40, 0x10), "x.npz:f4'"},
       {"a claim that cannot be unpacked", listed("packed.npz", 24, huge), "claims 1879048192 bytes"},
       {"a member beyond the file", listed("stored.npz", 42, huge), "x.npz"},
       {"unknown packing", listed("packed.npz", 10, {"\x63\0", 2}), "x.npz", "99"},
       {"encrypted", listed("stored.npz", 8, {"\1\0", 2}), "x.npz", "encrypted"}},
      [](const fs::path& path) { NpzFile(path).tensor("f4"); });
}

TEST(WriteNpz, what_is_written_is_read_with_the_same_bytes) {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, at::Tensor>> arrays{
      {"x", at::arange(12.f).reshape({3, 4}).t()}, {"größe", at::arange(3)}, {"empty", at::zeros({0, 2})}};
  write_npz(folder / "a.npz", arrays);
  write_npz(folder / "b.npz", arrays);
  EXPECT_EQ(read_file(folder / "a.npz"), read_file(folder / "b.npz"));
  const NpzFile file(folder / "a.npz");
  for (const auto& [name, tensor] : arrays) EXPECT_TRUE(same(file.tensor(name), tensor.contiguous())) << name;
  EXPECT_TRUE(contains(test::message_of([&] { write_npz(folder / "c.npz", {{"x", at::ones(1)}, {"x", at::ones(1)}}); }),
                       {"two arrays of", "called 'x'"}));
  EXPECT_TRUE(contains(test::message_of([&] { write_npz(folder / "c.npz", {{"x", at::ones(1, at::kHalf)}}); }),
                       {"c.npz:x", "are written from"}));
}

TEST(WriteNpz, numpy_reads_what_is_written) {
  const TemporaryFolder folder;
  write_npz(folder / "x.npz", {{"x", at::arange(12.f).reshape({3, 4})}, {"größe", at::arange(3)}});
  const auto command = fmt::format(
      "/usr/bin/python3 -c 'import sys\ntry:\n import numpy\nexcept ImportError:\n sys.exit(77)\n"
      "a = numpy.load(\"{}\")\nassert sorted(a) == [\"größe\", \"x\"] and a[\"x\"].dtype == \"f4\"\n"
      "assert a[\"x\"].tolist() == [[0,1,2,3],[4,5,6,7],[8,9,10,11]] and a[\"größe\"].tolist() == [0,1,2]' 2>&1",
      (folder / "x.npz").string());
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
    GTEST_SKIP() << "needs /usr/bin/python3 with numpy";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace arcuate
