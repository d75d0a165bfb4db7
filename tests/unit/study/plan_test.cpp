// How a study cuts its rows.
#include "core/tensor.h"
#include "fixture.h"
#include "study/encoding.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

constexpr int64_t story_rows = 100;

// The splits of a study of so many stories.
std::vector<RidgeSplit> splits_of(int64_t stories, const std::vector<std::string>& settings) {
  const auto study = parse_study("[dataset]\nroot='d'\n[[feature]]\nkind='word_rate'\n", "s", "", settings);
  Responses responses;
  responses.matrix = at::zeros({stories * story_rows, 1}, at::kDouble);
  responses.targets = {"v"};
  responses.stories = stack_ranges(std::vector<int64_t>(static_cast<size_t>(stories), story_rows));
  const std::vector<TimedStory> heard;
  return plan_encoding(study, responses, heard, {}, {}).splits;
}

std::vector<size_t> test_sizes(const std::vector<Fold>& folds) {
  std::vector<size_t> sizes;
  for (const auto& fold : folds) sizes.push_back(fold.test.size());
  return sizes;
}

}  // namespace

TEST(Plan, inner_folds_are_the_remaining_stories_unless_contiguous_ones_are_asked_for) {
  const auto by_story = splits_of(4, {"encode.folds=story"});
  ASSERT_EQ(by_story.size(), 4u);
  EXPECT_EQ(test_sizes(by_story[0].inner), (std::vector<size_t>{100, 100, 100}));
  const auto two = splits_of(2, {"encode.folds=story"});
  EXPECT_EQ(test_sizes(two[0].inner), (std::vector<size_t>{20, 20, 20, 20, 20}));
  const auto contiguous = splits_of(4, {"encode.folds=story", "encode.inner=contiguous", "encode.inner_folds=6"});
  EXPECT_EQ(test_sizes(contiguous[0].inner), std::vector<size_t>(6, 50));
}

TEST(Plan, random_chunks_follow_the_text_the_gap_and_the_seed_of_the_study) {
  const std::vector<std::string> usual{"encode.folds=story", "encode.inner=bootstrap:7:20:0.25"};
  const auto with = [&](const std::string& setting) {
    auto settings = usual;
    settings.push_back(setting);
    return splits_of(4, settings)[1].inner;
  };
  const auto chunks = splits_of(4, usual)[1].inner;
  EXPECT_EQ(test_sizes(chunks), std::vector<size_t>(7, 60));  // a quarter of 300 rows, in whole chunks
  EXPECT_NE(with("seed=3")[0].test, chunks[0].test);
  EXPECT_EQ(with("encode.gap=0")[0].test, chunks[0].test);
  EXPECT_GT(with("encode.gap=0")[0].train.size(), chunks[0].train.size());
}
