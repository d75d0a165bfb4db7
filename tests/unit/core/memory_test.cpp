#include <ATen/ATen.h>

#include <new>
#include <stdexcept>

#include "core/memory.h"
#include "support.h"

using namespace arcuate;

TEST(Memory, the_peak_is_what_was_there_at_most_since_it_was_reset) {
  if (peak_memory() == 0) GTEST_SKIP() << "this kernel does not tell";
  constexpr int64_t size = 200'000'000;
  reset_peak_memory();
  const int64_t before = peak_memory();
  {
    const auto large = at::ones({size}, at::kByte);
    ASSERT_EQ(large[0].item<int64_t>(), 1);
  }
  EXPECT_NEAR(static_cast<double>(peak_memory() - before), size, 0.05 * size);
  reset_peak_memory();
  EXPECT_LT(peak_memory() - before, size / 10);
  EXPECT_NEAR(static_cast<double>(resident_bytes()), static_cast<double>(peak_memory()), 0.1 * size);
}

TEST(Memory, that_is_missing_is_told_from_other_faults) {
  EXPECT_TRUE(is_out_of_memory(std::bad_alloc()));
  EXPECT_FALSE(is_out_of_memory(std::runtime_error("bad_alloc")));
  try {
    at::empty({1'000'000, 1'000'000, 1'000'000}, at::kDouble);
    FAIL() << "8 EB of memory";
  } catch (const std::exception& error) {
    EXPECT_TRUE(is_out_of_memory(error)) << error.what();
  }
  try {
    at::ones({2}).add(at::ones({3}));
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_FALSE(is_out_of_memory(error));
  }
}
