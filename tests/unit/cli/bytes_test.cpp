// Amounts of memory, and what the machine grants.
#include "cli/bytes.h"

#include "cli/machine.h"
#include "support.h"

using namespace arcuate::cli;

TEST(Bytes, units_of_1000_and_of_1024) {
  EXPECT_EQ(parse_bytes("4GB")->count, 4'000'000'000);
  EXPECT_EQ(parse_bytes("4 gb")->count, 4'000'000'000);
  EXPECT_EQ(parse_bytes("4GiB")->count, int64_t{4} << 30);
  EXPECT_EQ(parse_bytes("4G")->count, int64_t{4} << 30);
  EXPECT_EQ(parse_bytes("1.5kB")->count, 1500);
  EXPECT_EQ(parse_bytes("1TB")->count, 1'000'000'000'000);
  EXPECT_EQ(parse_bytes("512MiB")->count, int64_t{512} << 20);
  EXPECT_EQ(parse_bytes("123")->count, 123);
  EXPECT_EQ(parse_bytes("123 B")->count, 123);
}

TEST(Bytes, refuses_what_is_not_an_amount) {
  for (const char* text : {"", "GB", "4XB", "-4GB", "4GB5", "four", "nan", "1e9TB"})
    EXPECT_FALSE(parse_bytes(text)) << text;
}

TEST(Bytes, exact_text_reads_back) {
  for (int64_t count : {0, 1, 999, 1000, 1024, 4096, 123456789})
    EXPECT_EQ(parse_bytes(exact_bytes({count}))->count, count) << exact_bytes({count});
  EXPECT_EQ(exact_bytes({4'000'000'000}), "4GB");
  EXPECT_EQ(exact_bytes({int64_t{4} << 30}), "4GiB");
  EXPECT_EQ(readable_bytes({3'940'000'000}), "3.9 GB");
}

TEST(Machine, grants_some_memory_and_disk_but_not_without_end) {
  EXPECT_GT(available_memory().count, 1 << 20);
  EXPECT_LT(available_memory().count, int64_t{1} << 50);
  EXPECT_GT(free_disk(".").count, 0);
  EXPECT_EQ(free_disk("no/such/folder").count, 0);
}
