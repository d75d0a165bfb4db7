#include "train/checkpoint_steps.h"

#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

static std::vector<int64_t> steps_of(std::vector<std::string> texts, int64_t steps) {
  return checkpoint_steps(texts, steps);
}

TEST(CheckpointSteps, the_last_is_always_there) {
  EXPECT_EQ(steps_of({}, 40), (std::vector<int64_t>{40}));
  EXPECT_EQ(steps_of({"log:1"}, 40), (std::vector<int64_t>{40}));
}

TEST(CheckpointSteps, numbers_every_and_logarithmic_ones_go_together) {
  EXPECT_EQ(steps_of({"0", "7"}, 40), (std::vector<int64_t>{0, 7, 40}));
  EXPECT_EQ(steps_of({"every:15"}, 40), (std::vector<int64_t>{15, 30, 40}));
  EXPECT_EQ(steps_of({"log:4"}, 1000), (std::vector<int64_t>{1, 10, 100, 1000}));
  EXPECT_EQ(steps_of({"log:4", "every:500", "0"}, 1000), (std::vector<int64_t>{0, 1, 10, 100, 500, 1000}));
  EXPECT_EQ(steps_of({"log:15"}, 1'000'000).size(), 15u);
  EXPECT_EQ(steps_of({"log:9"}, 3), (std::vector<int64_t>{1, 2, 3}));
}

TEST(CheckpointSteps, what_is_no_step_is_refused) {
  for (const char* text : {"-1", "every:0", "log:", "some", "1.5"})
    EXPECT_TRUE(contains(message_of([&] { steps_of({text}, 40); }), {text, "every:N or log:N"})) << text;
  EXPECT_TRUE(contains(message_of([&] { steps_of({"41"}, 40); }), {"41 comes after the last of 40"}));
}
