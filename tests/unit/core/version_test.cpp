#include "core/version.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace arcuate {
namespace {

TEST(Version, names_three_numbers_of_the_program_and_those_of_the_tensor_library) {
  const auto parts = split_fields(version, '.');
  ASSERT_EQ(parts.size(), 3u);
  for (const auto& part : parts) EXPECT_TRUE(to_integer(part)) << part;
  EXPECT_TRUE(to_integer(split_fields(torch_version(), '.').front())) << torch_version();
}

}  // namespace
}  // namespace arcuate
