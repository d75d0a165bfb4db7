// Packed files: members, checksums, and what is said of damage.
#include "io/gzip.h"

#include "core/error.h"
#include "malformed.h"
#include "packed.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::gzip;
using arcuate::test::message_of;

namespace {

std::string error_of(const std::string& bytes) {
  return message_of([&] { gunzip(bytes, "p.gz"); });
}

}  // namespace

TEST(Gzip, gives_back_what_was_packed) {
  std::string large;
  for (int i = 0; i < 200000; ++i) large += std::to_string(i * 7919 % 10007);
  for (const auto& text : {std::string(), std::string("a"), large}) EXPECT_EQ(gunzip(gzip(text), "p.gz"), text);
}

TEST(Gzip, members_follow_one_another_and_zeros_may_follow_them) {
  EXPECT_EQ(gunzip(gzip("ab") + gzip("") + gzip("c"), "p.gz"), "abc");
  EXPECT_EQ(gunzip(gzip("ab") + std::string(512, '\0'), "p.gz"), "ab");
}

TEST(Gzip, every_beginning_is_told_to_be_truncated) {
  const auto whole = gzip("one two three one two three");
  for (size_t size = 2; size < whole.size(); ++size)
    EXPECT_TRUE(contains(error_of(whole.substr(0, size)), {"'p.gz' is truncated"})) << size;
}

TEST(Gzip, a_changed_byte_of_data_checksum_or_length_is_noticed) {
  const std::string text = "one two three one two three";
  const auto whole = gzip(text);
  size_t noticed = 0;
  for (size_t i = 10; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
    noticed += !error_of(bytes).empty();
    if (error_of(bytes).empty()) {
      EXPECT_EQ(gunzip(bytes, "p.gz"), text);  // a bit behind the last code
    }
  }
  EXPECT_GE(noticed, whole.size() - 11);
  auto bytes = whole;
  bytes[whole.size() - 6] ^= 1;
  EXPECT_TRUE(contains(error_of(bytes), {"'p.gz' is damaged: incorrect data check; copy or download it again"}));
}

TEST(GzipMalformed, files_are_refused) {
  const auto whole = gzip("one two three one two three");
  const auto with = [&](size_t at, const char* byte) { return std::string(whole).replace(at, 1, byte, 1); };
  test::expect_refused({{"no gzip", "plain text", "'p.gz': 10 bytes that gzip did not write follow its data"},
                        {"two bytes", whole.substr(0, 2), "'p.gz' is truncated"},
                        {"cut", whole.substr(0, whole.size() - 1), "'p.gz' is truncated"},
                        {"another method", with(2, "\7"), "'p.gz' is damaged", "unknown compression method"},
                        {"wrong CRC", with(whole.size() - 8, "\0"), "'p.gz' is damaged: incorrect data check"},
                        {"wrong length", with(whole.size() - 1, "\7"), "'p.gz' is damaged: incorrect length check"},
                        {"what follows", whole + "xy", "'p.gz': 2 bytes that gzip did not write follow its data"},
                        {"a second member, cut", whole + whole.substr(0, 12), "'p.gz' is truncated"},
                        {"a bomb", gzip(std::string(5000, 'a')), "'p.gz' unpacks to more than 4999 bytes"}},
                       [](const std::string& bytes) { gunzip(bytes, "p.gz", 4999); });
}

TEST(Gzip, the_name_without_its_end_tells_what_is_packed) {
  EXPECT_EQ(without_gz("a/story.tsv.gz"), fs::path("a/story.tsv"));
  EXPECT_EQ(without_gz("a/story.GZ"), fs::path("a/story"));
  EXPECT_EQ(without_gz("a/story.tsv"), fs::path("a/story.tsv"));
}
