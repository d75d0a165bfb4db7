#include "core/error.h"

#include <gtest/gtest.h>

#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

TEST(Error, sentences_of_outer_levels_stand_above_inner_ones) {
  Error error(Fault::input, "innermost");
  error.within("middle").within("outermost");
  EXPECT_STREQ(error.what(), "outermost:\n  middle:\n  innermost");
  EXPECT_EQ(error.fault(), Fault::input);
}

TEST(Error, within_adds_its_sentence_to_errors_and_hands_on_results_and_other_exceptions) {
  EXPECT_EQ(within("never seen", [] { return 7; }), 7);
  EXPECT_EQ(message_of([] {
              within("while reading the study", [] { within("while reading the story", [] { bad_usage("gone"); }); });
            }),
            "while reading the study:\n  while reading the story:\n  gone");
  EXPECT_EQ(message_of([] { within("never seen", [] { throw std::runtime_error("foreign"); }); }), "foreign");
}

TEST(Error, within_keeps_the_fault) {
  try {
    within("outer", [] { bad_usage("{} of {}", 1, "two"); });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage);
    EXPECT_STREQ(error.what(), "outer:\n  1 of two");
  }
}

TEST(Error, within_hands_on_references) {
  int value = 1;
  within("", [&]() -> int& { return value; }) = 2;
  EXPECT_EQ(value, 2);
}

TEST(Problems, none_raise_nothing) {
  const Problems problems("subject");
  EXPECT_TRUE(problems.empty());
  EXPECT_NO_THROW(problems.raise());
}

TEST(Problems, one_is_told_in_one_line) {
  Problems problems("t.tsv");
  problems.add("line {} is bad", 3);
  EXPECT_FALSE(problems.empty());
  EXPECT_EQ(message_of([&] { problems.raise(); }), "t.tsv: line 3 is bad");
}

TEST(Problems, several_are_counted_and_listed_in_order) {
  Problems problems("options", Fault::usage);
  problems.add("a");
  problems.add("b");
  try {
    problems.raise();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "options: 2 problems\n  - a\n  - b");
    EXPECT_EQ(error.fault(), Fault::usage);
  }
}

TEST(Problems, twenty_are_shown_in_full_and_the_rest_counted) {
  Problems twenty("s"), more("s");
  for (int i = 1; i <= 20; ++i) twenty.add("p{}.", i);
  for (int i = 1; i <= 23; ++i) more.add("p{}.", i);
  const auto all = message_of([&] { twenty.raise(); }), cut = message_of([&] { more.raise(); });
  EXPECT_TRUE(contains(all, {"20 problems", "p20."}));
  EXPECT_EQ(all.find("more"), all.npos);
  EXPECT_TRUE(contains(cut, {"23 problems", "p20.", "and 3 more"}));
  EXPECT_EQ(cut.find("p21."), cut.npos);
}

}  // namespace
}  // namespace arcuate
