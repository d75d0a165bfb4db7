#include "input/word_vectors.h"

#include <ATen/ATen.h>

#include "fixture.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;

namespace {

WordVectors read(const std::string& text, const std::set<std::string>& wanted) {
  const TemporaryFolder folder;
  test::write_text(folder / "vectors.txt", text);
  return read_word_vectors(folder / "vectors.txt", wanted);
}

std::string refusal(const std::string& text) {
  return message_of([&] { read(text, {"a", "b"}); });
}

}  // namespace

TEST(WordVectors, are_read_with_and_without_a_header_and_only_those_that_are_wanted) {
  for (const std::string header : {"3 2\n", ""}) {
    const auto found = read(header + "a 1 2.5\nb -3e-1 4\nc 5 6\n", {"a", "b", "z"});
    EXPECT_EQ(found.width, 2);
    ASSERT_EQ(found.vectors.size(), 2U);
    EXPECT_EQ(found.vectors.at("a")[1].item<double>(), 2.5);
    EXPECT_EQ(found.vectors.at("b")[0].item<double>(), -0.3);
  }
}

TEST(WordVectors, a_word_may_hold_blanks_and_the_first_of_two_counts) {
  const auto found = read("a 1 2\n. . . 3 4\r\nat home 5 6\na 7 8\n\n", {"a", ". . .", "at home"});
  ASSERT_EQ(found.vectors.size(), 3U);
  EXPECT_EQ(found.vectors.at("a")[0].item<double>(), 1);
  EXPECT_EQ(found.vectors.at(". . .")[1].item<double>(), 4);
  EXPECT_EQ(found.vectors.at("at home")[0].item<double>(), 5);
}

TEST(WordVectors, the_width_is_told_by_the_first_lines) {
  const TemporaryFolder folder;
  test::write_text(folder / "glove.txt", "the 1 2 3\n");
  test::write_text(folder / "word2vec.txt", "1000 300\nthe 1 2 3\n");
  EXPECT_EQ(word_vector_width(folder / "glove.txt"), 3);
  EXPECT_EQ(word_vector_width(folder / "word2vec.txt"), 300);
}

TEST(WordVectors, what_are_no_vectors_is_named_line_by_line) {
  EXPECT_TRUE(contains(refusal("a 1 2\nb 1\nc\n"), {"2 problems", "line 2: 2 fields, a word and 2 numbers", "line 3"}));
  EXPECT_TRUE(contains(refusal("a 1 x2\nb nan 2\n"), {"line 1, 'a'", "found 'x2'", "line 2, 'b'", "found 'nan'"}));
  EXPECT_TRUE(contains(refusal(""), {"is empty"}));
  EXPECT_TRUE(contains(refusal("alone\n"), {"line 1 holds 1 fields"}));
  EXPECT_TRUE(contains(message_of([] { read_word_vectors("absent.txt", {}); }), {"cannot read 'absent.txt'"}));
}
