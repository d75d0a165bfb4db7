#include "io/safetensors.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>

#include "foreign.h"

namespace arcuate {
namespace {

using test::contains;
using test::foreign;
using test::foreign_values;
using test::same;
using test::TemporaryFolder;
using Names = std::vector<std::string>;

std::string length_bytes(uint64_t length) { return {reinterpret_cast<const char*>(&length), sizeof length}; }

// A file with this header and this many bytes of data.
std::string file_bytes(const std::string& header, size_t data_bytes) {
  return length_bytes(header.size()) + header + std::string(data_bytes, '\0');
}

// One entry of a header.
std::string entry(const std::string& name, const std::string& type, const std::string& shape,
                  const std::string& range) {
  return "\"" + name + R"(":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + range + "}";
}

SafetensorsFile open_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  test::write_text(folder / "x.safetensors", bytes);
  return SafetensorsFile(folder / "x.safetensors");
}

std::string header_complaint(const std::string& header, size_t data_bytes) {
  return test::input_error([&] { open_bytes(file_bytes(header, data_bytes)); });
}

TEST(Safetensors, reads_every_type_that_the_official_library_writes) {
  const SafetensorsFile file(foreign("official.safetensors"));
  const std::tuple<const char*, char, at::ScalarType> types[] = {
      {"F64", 'f', at::kDouble}, {"F32", 'f', at::kFloat}, {"F16", 'f', at::kHalf},  {"BF16", 'f', at::kBFloat16},
      {"I64", 'i', at::kLong},   {"I32", 'i', at::kInt},   {"I16", 'i', at::kShort}, {"I8", 'i', at::kChar},
      {"U8", 'u', at::kByte},    {"BOOL", 'b', at::kBool}};
  for (const auto& [name, kind, type] : types)
    EXPECT_TRUE(same(file.tensor(name), foreign_values(kind).to(type))) << name;
  EXPECT_TRUE(same(file.tensor("scalar"), at::scalar_tensor(2.5, at::kFloat)));
  EXPECT_TRUE(same(file.tensor("empty"), at::zeros({0, 3}, at::kFloat)));
  EXPECT_EQ(file.names().size(), 12u);
}

TEST(Safetensors, names_the_types_as_the_file_does) {
  const auto file = open_bytes(
      file_bytes("{" + entry("a", "BF16", "[1]", "[0,2]") + "," + entry("b", "BOOL", "[2]", "[2,4]") + "}", 4));
  EXPECT_STREQ(file.type("a"), "BF16");
  EXPECT_STREQ(file.type("b"), "BOOL");
}

TEST(Safetensors, reads_metadata) {
  const std::map<std::string, std::string> expected{{"format", "pt"}, {"note", "naïve \"quotes\"\n"}};
  EXPECT_EQ(SafetensorsFile(foreign("official.safetensors")).metadata(), expected);
}

TEST(Safetensors, tells_what_is_in_a_file) {
  const SafetensorsFile file(foreign("official.safetensors"));
  EXPECT_TRUE(file.contains("F64"));
  EXPECT_FALSE(file.contains("F65"));
  EXPECT_FALSE(file.contains("__metadata__"));
  EXPECT_EQ(file.shape("F64"), (std::vector<int64_t>{2, 3, 4}));
  EXPECT_TRUE(contains(test::input_error([&] { file.tensor("F65"); }), {"official.safetensors", "no tensor 'F65'"}));
}

TEST(Safetensors, tensors_outlive_the_file) {
  at::Tensor tensor;
  {
    tensor = SafetensorsFile(foreign("official.safetensors")).tensor("F64");
  }
  EXPECT_TRUE(same(tensor, foreign_values('f')));
}

TEST(Safetensors, any_byte_but_zero_is_true) {
  const auto file =
      open_bytes(file_bytes("{" + entry("b", "BOOL", "[4]", "[0,4]") + "}", 0) + std::string("\0\1\2\xFF", 4));
  EXPECT_EQ(file.tensor("b").scalar_type(), at::kBool);
  EXPECT_TRUE(same(file.tensor("b").view(at::kByte), at::tensor({0, 1, 1, 1}).to(at::kByte)));
}

TEST(Safetensors, a_file_may_hold_nothing) {
  EXPECT_TRUE(open_bytes(file_bytes("{}", 0)).names().empty());
  EXPECT_TRUE(open_bytes(file_bytes(R"({"__metadata__":null}  )", 0)).metadata().empty());
}

TEST(Safetensors, no_beginning_of_a_file_is_readable) {
  test::expect_no_beginning_is_readable(foreign("official.safetensors"),
                                        [](const fs::path& path) { SafetensorsFile{path}; });
}

TEST(Safetensors, refuses_a_header_over_100_megabytes_unread) {
  const TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  test::write_text(path, length_bytes(100'000'001) + "{");
  fs::resize_file(path, 8 + 100'000'001);
  EXPECT_TRUE(contains(test::input_error([&] { SafetensorsFile{path}; }), {"header of 100000001 bytes"}));
}

TEST(Safetensors, an_empty_tensor_lies_between_others_not_within_them) {
  const auto with_empty = [](const char* range) {
    return "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("e", "F32", "[0,7]", range) + "}";
  };
  for (const char* range : {"[0,0]", "[4,4]"}) EXPECT_NO_THROW(open_bytes(file_bytes(with_empty(range), 4))) << range;
}

std::string with_header(const std::string& header, size_t data_bytes = 4) { return file_bytes(header, data_bytes); }
std::string one(const std::string& type, const std::string& shape, const std::string& range, size_t data_bytes = 4) {
  return with_header("{" + entry("a", type, shape, range) + "}", data_bytes);
}
std::string two(const char* first, const char* second) {
  return with_header("{" + entry("a", "U8", "[4]", first) + "," + entry("b", "U8", "[4]", second) + "}", 10);
}

using Cases = std::vector<test::Malformed>;

Cases malformed_lengths() {
  return {{"empty", "", "is not a safetensors file: 0 bytes, at least 8 expected"},
          {"no header", length_bytes(0), "byte 8 should be '{'"},
          {"a header of no bytes", length_bytes(0) + "{}", "byte 8 should be '{'"},
          {"a header longer than the file", length_bytes(3) + "{}", "header of 3 bytes", "the file has 10"},
          {"the longest header", length_bytes(UINT64_MAX) + "{}", "header of 18446744073709551615 bytes"},
          {"a header that overflows", length_bytes(UINT64_MAX - 7) + "{}", "header of 18446744073709551608 bytes"},
          {"bytes behind the tensors", one("U8", "[4]", "[0,4]") + "x", "the tensors end at byte"}};
}

Cases malformed_json() {
  Cases cases{{"deep", with_header("{\"a\":" + std::string(100000, '[')), "not valid JSON"}};
  for (const char* header : {"{", "{]", "{\"a\"}", "{}{}", "{\"a\":1e999}", "{\"\xFF\":1}"})
    cases.emplace_back(fmt::format("no JSON: {}", header), with_header(header, 0), "not valid JSON");
  for (const char* header : {"[]", " {}", "<html>"})
    cases.emplace_back(fmt::format("no object: {}", header), with_header(header, 0), "byte 8 should be '{'");
  for (const char* metadata : {"1", "\"text\"", "[\"text\"]", "true"})
    cases.emplace_back(fmt::format("metadata {}", metadata),
                       with_header(fmt::format("{{\"__metadata__\":{}}}", metadata), 0), "'__metadata__'", "object");
  for (const char* value : {"1", "null", "{}", "[]"})
    cases.emplace_back(fmt::format("a value of the metadata {}", value),
                       with_header(fmt::format("{{\"__metadata__\":{{\"k\":{}}}}}", value), 0), "'__metadata__'", "'k'",
                       "not text");
  return cases;
}

Cases malformed_ranges() {
  const std::string empty_within = entry("a", "U8", "[4]", "[0,4]") + "," + entry("e", "F32", "[0,7]", "[2,2]");
  const std::string once = entry("a", "U8", "[4]", "[0,4]");
  Cases cases{{"overlap", two("[0,4]", "[2,6]"), "'b' begins at byte 2", "4 expected", "overlaps"},
              {"the same place", two("[0,4]", "[0,4]"), "'b'", "overlaps"},
              {"a hole", two("[0,4]", "[6,10]"), "'b' begins at byte 6", "hole"},
              {"a hole at the beginning", two("[2,6]", "[6,10]"), "'a' begins at byte 2", "hole"},
              {"an empty tensor within another", with_header("{" + empty_within + "}"), "'e'", "overlaps"},
              {"a name twice", with_header("{" + once + "," + once + "}"), "'a' appears twice"},
              {"huge", one("F32", "[1099511627776]", "[0,4398046511104]"), "'a' claims bytes 0 to 4398046511104 of 4"},
              {"half of its bytes", one("F64", "[2]", "[0,8]", 8), "need 16"}};
  for (const char* range : {"[0,5]", "[5,4]", "[4294967296,4294967300]", "[18446744073709551612,18446744073709551615]"})
    cases.emplace_back(fmt::format("range {}", range), one("U8", "[4]", range), "'a' claims bytes", "of 4 bytes");
  for (const char* shape : {"[]", "[0]", "[1]", "[3]", "[2,2]"})
    cases.emplace_back(fmt::format("shape {} of 8 bytes", shape), one("F32", shape, "[0,8]", 8),
                       "'a' has 8 bytes of data");
  for (const char* shape : {"[4611686018427387904,4]", "[4294967296,4294967296]", "[9223372036854775808]",
                            "[0,4611686018427387904,4]", "[4611686018427387904,4,0]"})
    cases.emplace_back(fmt::format("uncountable {}", shape), one("F32", shape, "[0,0]", 0), "more than can be counted");
  return cases;
}

Cases malformed_entries() {
  std::string ones = "1";
  for (int i = 0; i < 64; ++i) ones += ",1";
  Cases cases{{"U16", read_file(foreign("refused_u16.safetensors")), "'x'", "U16", "not supported"},
              {"a type in small letters", one("f32", "[1]", "[0,4]"), "f32", "not supported"}};
  const std::string faulty[] = {R"("a":1)",
                                R"("a":[])",
                                R"("a":null)",
                                R"("a":{})",
                                R"("a":{"dtype":"U8","shape":[4]})",
                                R"("a":{"dtype":7,"shape":[4],"data_offsets":[0,4]})",
                                entry("a", "U8", "[-4]", "[0,4]"),
                                entry("a", "U8", "[4.0]", "[0,4]"),
                                entry("a", "U8", "4", "[0,4]"),
                                entry("a", "U8", "{\"n\":4}", "[0,4]"),
                                entry("a", "U8", "[[4]]", "[0,4]"),
                                entry("a", "U8", "[\"4\"]", "[0,4]"),
                                entry("a", "U8", "[18446744073709551616]", "[0,4]"),
                                entry("a", "U8", "[" + ones + "]", "[0,4]"),
                                entry("a", "U8", "[4]", "[0,4,8]"),
                                entry("a", "U8", "[4]", "[0]"),
                                entry("a", "U8", "[4]", "[-1,4]"),
                                entry("a", "U8", "[4]", "[0,4.0]"),
                                entry("a", "U8", "[4]", "4")};
  for (const auto& text : faulty)
    cases.emplace_back(text, with_header("{" + text + "}"), "'a' lacks a valid dtype, shape or data_offsets");
  return cases;
}

TEST(SafetensorsMalformed, files_are_refused) {
  Cases all;
  for (auto& cases : {malformed_lengths(), malformed_json(), malformed_ranges(), malformed_entries()})
    all.insert(all.end(), cases.begin(), cases.end());
  test::expect_files_refused("x.safetensors", all, [](const fs::path& path) { SafetensorsFile{path}; });
}

TEST(Safetensors, the_order_of_entries_and_names_like_keys_are_no_faults) {
  const auto entries = [](const std::string& first, const std::string& second) {
    return open_bytes(with_header("{" + first + "," + second + "}", 8)).contains("a");
  };
  EXPECT_TRUE(entries(entry("a", "U8", "[4]", "[4,8]"), entry("b", "U8", "[4]", "[0,4]")));
  EXPECT_TRUE(entries(entry("a", "U8", "[4]", "[0,4]"), entry("shape", "U8", "[4]", "[4,8]")));
}

TEST(Safetensors, tells_all_problems_at_once) {
  const auto header = "{" + entry("a", "U8", "[4]", "[0,9]") + "," + entry("b", "F99", "[4]", "[0,4]") + "," +
                      entry("c", "U8", "[3]", "[0,4]") + ",\"d\":[],\"__metadata__\":{\"k\":1}}";
  EXPECT_TRUE(contains(header_complaint(header, 4), {"5 problems", "'a' claims", "'b' has the type F99",
                                                     "'c' has 4 bytes", "'d' lacks", "'k' is not text"}));
  const auto gaps = "{" + entry("a", "U8", "[1]", "[1,2]") + "," + entry("b", "U8", "[1]", "[3,4]") + "}";
  EXPECT_TRUE(contains(header_complaint(gaps, 5),
                       {"3 problems", "'a' begins at byte 1", "'b' begins at byte 3", "end at byte 4"}));
}

TEST(WriteSafetensors, what_is_written_is_read) {
  const TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  std::vector<std::pair<std::string, at::Tensor>> tensors;
  for (auto type : {at::kBool, at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kShort,
                    at::kChar, at::kByte})
    tensors.emplace_back(std::string("é ") + c10::toString(type), foreign_values('u').to(type));
  tensors.emplace_back("scalar", at::scalar_tensor(2.5));
  tensors.emplace_back("empty", at::zeros({3, 0}));
  tensors.emplace_back("turned", foreign_values('f').permute({2, 0, 1}));
  const std::map<std::string, std::string> metadata{{"a", "\"é\""}, {"b", ""}};
  write_safetensors(path, tensors, metadata);
  const SafetensorsFile file(path);
  EXPECT_EQ(file.metadata(), metadata);
  Names names;
  for (const auto& [name, tensor] : tensors) {
    names.push_back(name);
    EXPECT_TRUE(same(file.tensor(name), tensor.contiguous())) << name;
  }
  EXPECT_EQ(file.names(), names);
}

TEST(WriteSafetensors, data_begin_at_a_multiple_of_eight_bytes) {
  const TemporaryFolder folder;
  for (const char* name : {"a", "ab", "abc", "abcdefgh"}) {
    write_safetensors(folder / "x", {{name, at::zeros({3})}});
    uint64_t length = 0;
    std::memcpy(&length, read_file(folder / "x").data(), sizeof length);
    EXPECT_EQ(length % 8, 0u) << name;
  }
}

TEST(WriteSafetensors, equal_content_gives_equal_bytes) {
  const TemporaryFolder folder;
  for (const char* name : {"one", "two"})
    write_safetensors(folder / name, {{"b", at::ones({3})}, {"a", at::zeros({2})}}, {{"k", "v"}});
  EXPECT_EQ(read_file(folder / "one"), read_file(folder / "two"));
  EXPECT_EQ(SafetensorsFile(folder / "one").names(), (Names{"b", "a"}));
}

TEST(WriteSafetensors, refuses_what_could_not_be_read_and_leaves_nothing) {
  const TemporaryFolder folder;
  const auto path = folder / "x";
  EXPECT_THROW(write_safetensors(path, {{"a", at::zeros({2}, at::kComplexFloat)}}), Error);
  EXPECT_THROW(write_safetensors(path, {{"a", at::zeros({2})}, {"a", at::zeros({2})}}), Error);
  EXPECT_THROW(write_safetensors(path, {{"__metadata__", at::zeros({2})}}, {{"k", "v"}}), Error);
  EXPECT_THROW(write_safetensors(folder.path() / "gone" / "x", {{"a", at::zeros({2})}}), Error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

}  // namespace
}  // namespace arcuate
