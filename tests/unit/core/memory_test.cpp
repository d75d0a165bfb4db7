#include <ATen/ATen.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include "core/memory.h"
#include "support.h"

using namespace arcuate;

TEST(Memory, the_peak_is_what_was_there_at_most) {
  if (peak_memory() == 0) GTEST_SKIP() << "this kernel does not tell";
  constexpr int64_t size = 200'000'000;
  const int64_t before = resident_bytes(), peak = peak_memory();
  {
    const auto large = at::ones({size}, at::kByte);
    ASSERT_EQ(large[0].item<int64_t>(), 1);
  }
  EXPECT_GE(peak_memory(), std::max(peak, before + size));
  EXPECT_LT(peak_memory(), std::max(peak, before + size) + size / 10);
  EXPECT_LT(resident_bytes(), before + size / 10);
}

TEST(Memory, that_was_freed_is_counted_as_reusable) {
  const int64_t before = reusable_bytes();
  auto some = std::make_unique<std::vector<char>>(100'000, 'x');  // below the size that is mapped on its own
  const int64_t held = reusable_bytes();
  some.reset();
  EXPECT_GE(reusable_bytes(), held + 100'000);
  EXPECT_GE(before + 200'000, held);
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
