#include <ATen/ATen.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include "core/memory.h"
#include "core/parallel.h"
#include "support.h"

using namespace arcuate;

TEST(Memory, the_peak_is_what_was_there_at_most) {
  ASSERT_GT(peak_memory(), 0);
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

TEST(Memory, that_was_freed_goes_back_when_it_is_released) {
  constexpr size_t size = 20'000'000;  // below the size that is mapped on its own
  reuse_freed_memory();
  auto some = std::make_unique<std::vector<char>>(size, 'x');
  const int64_t held = resident_bytes();
  some.reset();
  const int64_t freed = resident_bytes();
  release_freed_memory();
  EXPECT_GT(freed, held - static_cast<int64_t>(size) / 2);
  EXPECT_LT(resident_bytes(), freed - static_cast<int64_t>(size) / 2);
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
