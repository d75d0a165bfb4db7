#include "io/json.h"

#include <gtest/gtest.h>

#include "core/text.h"
#include "foreign.h"

namespace arcuate {
namespace {

using test::contains;
using test::input_error;
using test::TemporaryFolder;

std::string parse_complaint(const std::string& text) {
  return input_error([&] { parse_json(text, "x.json"); });
}

template <class T>
std::string value_complaint(const char* value) {
  return input_error([&] { json_value<T>(Json{{"key", Json::parse(value)}}, "key", "x.json"); });
}

TEST(Json, tells_the_byte_of_a_fault) {
  EXPECT_TRUE(contains(parse_complaint("{\"a\": 1,}"), {"x.json", "not valid JSON", "byte 9 of 9"}));
  EXPECT_TRUE(contains(parse_complaint(""), {"byte 1 of 0"}));
  EXPECT_TRUE(contains(parse_complaint("{} {}"), {"byte 4 of 5"}));
  EXPECT_TRUE(contains(parse_complaint("\"\xFF\""), {"byte 2 of 3"}));
}

TEST(Json, every_beginning_of_an_object_is_an_input_error) {
  const std::string whole = R"({"a": [1, -2.5e3, "é\n\u00e9", true, null], "b": {"c": {}}})";
  EXPECT_EQ(parse_json(whole, "x").at("b").dump(), R"({"c":{}})");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(contains(parse_complaint(whole.substr(0, size)), {"x.json", "not valid JSON"})) << size;
}

TEST(Json, a_number_beyond_float64_is_an_input_error) {
  EXPECT_TRUE(contains(parse_complaint("{\"a\": 1e999}"), {"x.json", "too large"}));
}

TEST(Json, deep_nesting_is_no_danger) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(contains(parse_complaint(std::string(200000, '[')), {"x.json", "more than 256 deep, at byte 257"}));
  EXPECT_TRUE(contains(parse_complaint("{\"a\":" + nested(200000) + ",\"b\":1}"), {"more than 256 deep"}));
  EXPECT_EQ(parse_json(nested(256), "x").dump(), nested(256));
  // What stands in a text does not count.
  EXPECT_EQ(parse_json("[\"" + std::string(300, '[') + "\\\"" + std::string(300, '{') + "\"]", "x")
                .at(0)
                .get<std::string>()
                .size(),
            601u);
  const auto message = input_error([&] { json_value<int>(parse_json("{\"a\":" + nested(255) + "}", "x"), "a", "x"); });
  EXPECT_TRUE(contains(message, {"key 'a'", "found an array"}));
}

TEST(Json, files_with_many_keys_have_the_same_faults) {
  const TemporaryFolder folder;
  const auto path = folder / "x.json";
  const auto complaint = [&](const std::string& text) {
    test::write_text(path, text);
    return input_error([&] { read_sorted_json(path); });
  };
  EXPECT_TRUE(contains(complaint("{\"a\": 1,}"), {"x.json", "not valid JSON", "byte 9 of 9"}));
  EXPECT_TRUE(contains(complaint("{\"a\": 1e999}"), {"x.json", "too large"}));
  test::write_text(path, R"({"b":1,"a":2})");
  EXPECT_EQ(read_sorted_json(path).dump(), R"({"a":2,"b":1})");
}

TEST(Json, files_keep_the_order_of_keys) {
  const TemporaryFolder folder;
  const auto path = folder / "x.json";
  write_json(path, Json{{"b", 1}, {"a", Json::array({0.1, "é"})}});
  EXPECT_EQ(read_file(path), "{\n  \"b\": 1,\n  \"a\": [\n    0.1,\n    \"é\"\n  ]\n}\n");
  EXPECT_EQ(read_json(path).dump(), R"({"b":1,"a":[0.1,"é"]})");
}

TEST(Json, unreadable_files_are_input_errors) {
  const TemporaryFolder folder;
  EXPECT_TRUE(contains(input_error([&] { read_json(folder / "gone.json"); }), {"gone.json", "No such file"}));
  EXPECT_TRUE(contains(input_error([&] { read_json(folder.path()); }), {"folder"}));
}

TEST(Json, a_path_that_is_not_utf8_can_be_written_down) {
  const TemporaryFolder folder;
  write_json(folder / "x.json", Json{{"path", "caf\xE9"}});
  EXPECT_EQ(read_json(folder / "x.json").at("path"), "caf\xEF\xBF\xBD");
}

TEST(JsonValue, converts_what_is_of_the_kind) {
  const Json json = Json::parse(R"({"b": true, "i": -7, "big": 4294967296, "d": 2, "e": 2.5, "s": "é"})");
  EXPECT_TRUE(json_value<bool>(json, "b", "x"));
  EXPECT_EQ(json_value<int>(json, "i", "x"), -7);
  EXPECT_EQ(json_value<int64_t>(json, "big", "x"), 4294967296);
  EXPECT_EQ(json_value<double>(json, "d", "x"), 2.0);
  EXPECT_EQ(json_value<double>(json, "e", "x"), 2.5);
  EXPECT_EQ(json_value<std::string>(json, "s", "x"), "é");
}

TEST(JsonValue, tells_of_an_absent_key) {
  for (const char* text : {"{}", "[]", "1", "null", "\"key\""})
    EXPECT_TRUE(
        contains(input_error([&] { json_value<int>(Json::parse(text), "key", "x.json"); }), {"x.json", "no key 'key'"}))
        << text;
}

TEST(JsonValue, tells_of_another_kind) {
  for (const char* value : {"2.5", "2.0", "\"2\"", "true", "null", "[2]", "{}"}) {
    EXPECT_TRUE(contains(value_complaint<int>(value), {"x.json", "'key'", "whole number"})) << value;
    EXPECT_TRUE(contains(value_complaint<int64_t>(value), {"x.json", "'key'", "whole number"})) << value;
  }
  for (const char* value : {"\"2\"", "true", "null", "[2]"})
    EXPECT_TRUE(contains(value_complaint<double>(value), {"x.json", "'key'", "wrong kind"})) << value;
  for (const char* value : {"1", "\"true\"", "null"})
    EXPECT_TRUE(contains(value_complaint<bool>(value), {"'key'", "wrong kind", value})) << value;
  for (const char* value : {"1", "true", "null"})
    EXPECT_TRUE(contains(value_complaint<std::string>(value), {"'key'", "wrong kind", value})) << value;
}

TEST(JsonValue, never_wraps_a_number_that_does_not_fit) {
  for (const char* value : {"2147483648", "-2147483649", "4294967297", "9223372036854775808", "18446744073709551616"})
    EXPECT_TRUE(contains(value_complaint<int>(value), {"whole number of at most 32 bits"})) << value;
  for (const char* value : {"9223372036854775808", "18446744073709551615"})
    EXPECT_TRUE(contains(value_complaint<int64_t>(value), {"whole number of at most 64 bits", value})) << value;
}

TEST(JsonValue, shows_long_values_in_part_and_as_text) {
  std::string e;
  for (int i = 0; i < 1000; ++i) e += "é";
  const auto message = value_complaint<int>(("\"x" + e + "\"").c_str());
  EXPECT_LT(message.size(), 200u);
  EXPECT_EQ(invalid_utf8(message), std::nullopt);
}

TEST(JsonValueOr, falls_back_only_where_nothing_is_said) {
  const Json json = Json::parse(R"({"nothing": null, "wrong": "x", "right": 3})");
  EXPECT_EQ(json_value_or<int>(json, "absent", 5, "x"), 5);
  EXPECT_EQ(json_value_or<int>(json, "nothing", 5, "x"), 5);
  EXPECT_EQ(json_value_or<int>(json, "right", 5, "x"), 3);
  EXPECT_THROW(json_value_or<int>(json, "wrong", 5, "x"), Error);
}

}  // namespace
}  // namespace arcuate
