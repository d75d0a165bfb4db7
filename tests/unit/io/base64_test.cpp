#include "io/base64.h"

#include <gtest/gtest.h>

#include "foreign.h"

namespace arcuate {
namespace {

using test::contains;

std::string complaint(const std::string& text) {
  return test::input_error([&] { decode_base64(text); });
}

TEST(Base64, agrees_with_the_examples_of_rfc_4648) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, every_byte_survives_at_every_place) {
  std::string bytes;
  for (int i = 0; i < 256 * 3 + 2; ++i) bytes += static_cast<char>(i % 256 ^ i / 256);
  for (size_t start = 0; start < 3; ++start)
    EXPECT_EQ(decode_base64(encode_base64(bytes.substr(start))), bytes.substr(start));
}

TEST(Base64, skips_white_space) { EXPECT_EQ(decode_base64(" Zm\n9vY\r\nmE =\t"), "fooba"); }

TEST(Base64, refuses_what_is_none) {
  EXPECT_TRUE(contains(complaint("Zm9*"), {"'*' at byte 3"}));
  EXPECT_TRUE(contains(complaint("Zm-_"), {"'-' at byte 2"}));
  EXPECT_TRUE(contains(complaint(std::string("Zm\0v", 4)), {"'?' at byte 2"}));
  for (const char* text : {"Z", "Zm", "Zm9", "Zm9vY", "Zg="})
    EXPECT_TRUE(contains(complaint(text), {"group of four"})) << text;
  for (const char* text : {"=", "Z===", "====", "Zg==Zg==", "Zg=v", "Zm8=Z", "Zm9v="})
    EXPECT_TRUE(contains(complaint(text), {"padding"})) << text;
  for (const char* text : {"Zh==", "Zm9="}) EXPECT_TRUE(contains(complaint(text), {"bits of no byte"})) << text;
}

}  // namespace
}  // namespace arcuate
