#include "core/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/random.h"

namespace arcuate {
namespace {

using Texts = std::vector<std::string>;

TEST(Trim, takes_blanks_off_both_ends_only) {
  EXPECT_EQ(trim(" \t\r\n\f\va b \n"), "a b");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\xC2\xA0x"), "\xC2\xA0x");  // a no-break space belongs to the text
}

TEST(SplitFields, keeps_empty_fields) {
  EXPECT_EQ(split_fields("a,,b,", ','), (Texts{"a", "", "b", ""}));
  EXPECT_EQ(split_fields("", ','), Texts{""});
  EXPECT_EQ(split_fields("ab", ','), Texts{"ab"});
}

TEST(Join, undoes_split_fields) {
  for (const char* text : {"", "a", "a,b", ",a", ",,a,,", ","}) EXPECT_EQ(join(split_fields(text, ','), ","), text);
  EXPECT_EQ(join({}, ","), "");
  EXPECT_EQ(join(Texts{"a", "b"}, ", "), "a, b");
}

TEST(LowerAscii, leaves_other_letters_alone) { EXPECT_EQ(lower_ascii("AZ@[Éa1"), "az@[Éa1"); }

TEST(ToDouble, reads_what_is_a_number_as_a_whole) {
  const std::pair<const char*, double> numbers[] = {
      {"1e5", 1e5},       {"+3", 3},         {"-.5", -0.5},       {"1.", 1},          {"1E-3", 1e-3},   {"007", 7},
      {"5e-324", 5e-324}, {"inf", INFINITY}, {"-inf", -INFINITY}, {"+inf", INFINITY}, {"INF", INFINITY}};
  for (const auto& [text, value] : numbers) EXPECT_EQ(to_double(text), value) << text;
  EXPECT_TRUE(std::isnan(to_double("nan").value()));
  EXPECT_TRUE(std::signbit(to_double("-0").value()));
}

TEST(ToDouble, refuses_everything_else) {
  for (const char* text : {"", " 1", "1 ", "0x10", "1_0", "1,5", "1e", "e5", "+", "-", ".", "++3", "+-3", "-+3", "--3",
                           "n/a", "1e400", "1.5f", "\xEF\xBC\x91"})
    EXPECT_FALSE(to_double(text)) << text;
  EXPECT_FALSE(to_double(std::string_view("1\0", 2)));
}

TEST(ToInteger, reads_whole_numbers_within_64_bits) {
  EXPECT_EQ(to_integer("+3"), 3);
  EXPECT_EQ(to_integer("-007"), -7);
  EXPECT_EQ(to_integer("9223372036854775807"), std::numeric_limits<long long>::max());
  EXPECT_EQ(to_integer("-9223372036854775808"), std::numeric_limits<long long>::min());
  for (const char* text : {"", " 1", "1e5", "1.0", "0x10", "+-3", "-+3", "nan", "inf", "9223372036854775808", "٣"})
    EXPECT_FALSE(to_integer(text)) << text;
}

TEST(Shortest, is_short) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(0.1f), "0.1");
  EXPECT_EQ(shortest(1.0), "1");
  EXPECT_EQ(shortest(-0.0), "-0");
  EXPECT_EQ(shortest(INFINITY), "inf");
  EXPECT_EQ(shortest(1.0 / 3), "0.3333333333333333");
}

TEST(Shortest, writes_missing_values_as_bids_does) {
  EXPECT_EQ(shortest(std::nan("")), "n/a");
  EXPECT_EQ(shortest(-std::nanf("")), "n/a");
}

TEST(Shortest, reads_back_as_the_same_value) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random.next();
    double wide;
    float narrow;
    std::memcpy(&wide, &bits, sizeof wide);
    std::memcpy(&narrow, &bits, sizeof narrow);
    if (std::isnan(wide) || std::isnan(narrow)) continue;
    EXPECT_EQ(to_double(shortest(wide)), wide);
    EXPECT_EQ(static_cast<float>(to_double(shortest(narrow)).value()), narrow);
  }
}

TEST(Utf8, valid_text_has_no_invalid_byte) {
  for (const char* text :
       {"", "plain", "é", "\xEF\xBF\xBF", "\xF0\x9F\x98\x80", "\xED\x9F\xBF\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(invalid_utf8(text), std::nullopt) << text;
  EXPECT_EQ(invalid_utf8(std::string_view("\0", 1)), std::nullopt);
}

TEST(Utf8, tells_the_first_invalid_byte) {
  const std::pair<const char*, const char*> faults[] = {{"stray continuation", "\x80"},
                                                        {"overlong, 2 bytes", "\xC0\x80"},
                                                        {"overlong, 2 bytes", "\xC1\xBF"},
                                                        {"overlong, 3 bytes", "\xE0\x9F\xBF"},
                                                        {"overlong, 4 bytes", "\xF0\x8F\xBF\xBF"},
                                                        {"first surrogate", "\xED\xA0\x80"},
                                                        {"last surrogate", "\xED\xBF\xBF"},
                                                        {"beyond U+10FFFF", "\xF4\x90\x80\x80"},
                                                        {"no such lead byte", "\xF5\x80\x80\x80"},
                                                        {"no such lead byte", "\xFF"},
                                                        {"truncated, 2 bytes", "\xC3"},
                                                        {"truncated, 3 bytes", "\xE2\x82"},
                                                        {"truncated, 4 bytes", "\xF0\x9F\x98"},
                                                        {"interrupted", "\xE2\x82x"},
                                                        {"interrupted", "\xC3\xC3\xA9"}};
  for (const auto& [what, bytes] : faults) {
    EXPECT_EQ(invalid_utf8(bytes), 0u) << what;
    EXPECT_EQ(invalid_utf8(std::string("aé") + bytes + "b"), 3u) << what;
  }
}

TEST(Utf8, code_points_and_bytes_are_two_ways_to_write_the_same) {
  std::string all;
  std::vector<char32_t> points;
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x900 ? 1 : 0x1F3) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    points.push_back(c);
    all += to_utf8(c);
  }
  EXPECT_EQ(invalid_utf8(all), std::nullopt);
  EXPECT_EQ(code_points(all), points);
}

TEST(Utf8, sequences_change_length_at_the_right_code_points) {
  const std::pair<char32_t, const char*> edges[] = {{0x7F, "\x7F"},
                                                    {0x80, "\xC2\x80"},
                                                    {0x7FF, "\xDF\xBF"},
                                                    {0x800, "\xE0\xA0\x80"},
                                                    {0xFFFF, "\xEF\xBF\xBF"},
                                                    {0x10000, "\xF0\x90\x80\x80"},
                                                    {0x10FFFF, "\xF4\x8F\xBF\xBF"}};
  for (const auto& [point, bytes] : edges) EXPECT_EQ(to_utf8(point), bytes);
}

TEST(NearestName, finds_misspelt_names) {
  const Texts names{"encode", "extract", "doctor", "tr"};
  EXPECT_EQ(nearest_name("encdoe", names), "encode");
  EXPECT_EQ(nearest_name("EXTRACT", names), "extract");
  EXPECT_EQ(nearest_name("doctr", names), "doctor");
  EXPECT_EQ(nearest_name("t", names), "tr");
}

TEST(NearestName, finds_nothing_far_away) {
  const Texts names{"encode", "extract", "tr"};
  EXPECT_EQ(nearest_name("report", names), "");
  EXPECT_EQ(nearest_name("encode", {}), "");
  EXPECT_EQ(nearest_name("xy", names), "");  // two letters of two replaced: another word
  EXPECT_EQ(nearest_name("", names), "");
}

TEST(NearestName, prefers_the_nearest_then_the_first) {
  EXPECT_EQ(nearest_name("layer/5", Texts{"layer/12", "layer/4", "layer/3"}), "layer/4");
}

TEST(Suggestion, names_one_or_lists_all) {
  EXPECT_EQ(suggestion("hlep", Texts{"run", "help"}), "; did you mean 'help'?");
  EXPECT_EQ(suggestion("something", Texts{"run", "help"}), "; known: run, help");
  EXPECT_EQ(suggestion("something", {}), "");
}

TEST(BidsLabel, keeps_letters_and_digits) {
  EXPECT_EQ(bids_label("tales-1m"), "tales1m");
  EXPECT_EQ(bids_label("Sub_01 é/"), "Sub01");
  EXPECT_EQ(bids_label("--"), "");
  EXPECT_EQ(bids_subject("sub-002"), "sub-002");
  EXPECT_EQ(bids_subject("UTS 01"), "sub-UTS01");
}

}  // namespace
}  // namespace arcuate
