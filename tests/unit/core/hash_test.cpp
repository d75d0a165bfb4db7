#include "core/hash.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support.h"

namespace arcuate {
namespace {

// FIPS 180-2, appendix B, and the digest of no bytes.
constexpr const char* of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* of_a_million_a = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, agrees_with_the_published_examples) {
  EXPECT_EQ(sha256(""), of_nothing);
  EXPECT_EQ(sha256("abc"), of_abc);
  EXPECT_EQ(sha256(std::string(1000000, 'a')), of_a_million_a);
}

TEST(Sha256, of_a_file_is_that_of_its_bytes) {
  const test::TemporaryFolder folder;
  test::write_text(folder / "empty", "");
  test::write_text(folder / "abc", "abc");
  test::write_text(folder / "long", std::string(1000000, 'a'));
  EXPECT_EQ(sha256_file(folder / "empty"), of_nothing);
  EXPECT_EQ(sha256_file(folder / "abc"), of_abc);
  EXPECT_EQ(sha256_file(folder / "long"), of_a_million_a);
}

TEST(Sha256, a_folder_or_a_missing_file_has_none) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(sha256_file(folder.path()), Error);  // not the digest of no bytes
  EXPECT_THROW(sha256_file(folder / "gone"), Error);
}

}  // namespace
}  // namespace arcuate
