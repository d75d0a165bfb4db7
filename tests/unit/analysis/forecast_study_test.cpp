// The whole study on small worlds: that its parts fit together and every option counts.
#include "analysis/forecast_study.h"

#include "fixture.h"
#include "forecast_world.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

// Six subjects whose left target follows a window ahead of layer 1, and whose right one follows layer 1 at present.
struct StudyWorld {
  static constexpr int64_t words = 160, subjects = 6;
  ForecastInput input{};
  ForecastStudyOptions options{.scores = plain_options(3, 5),
                               .distances = from_to(-4, 8),
                               .distance = 4,
                               .layer = 1,
                               .controls = {ForecastControl::random, ForecastControl::shuffled, ForecastControl::past,
                                            ForecastControl::mirrored}};
  StudyWorld() {
    input.timing = word_a_volume(words);
    for (uint64_t l = 0; l < 3; ++l) input.layers.push_back(autocorrelated(words, 5, 0.6, 40 + l));
    const std::vector<RowRange> story{{0, words}};
    const auto& x = input.layers[1];
    const auto window = words_ahead(x, 2, story) + words_ahead(x, 3, story) + words_ahead(x, 4, story);
    const WorldOptions world{.words = words, .targets = subjects, .noise = 0.7};
    input.subjects = subjects;
    input.responses = side_by_side(
        at::stack({responses_to(at::cat({x, window}, 1), world), responses_to(x, world)}, 2).permute({1, 0, 2}));
    input.places = {{"L", "IFG"}, {"R", "IFG"}};
  }
  ForecastStudy study() const { return run_forecast_study(input, splits_of(input.timing), options, {}); }
};

}  // namespace

TEST(ForecastStudy, finds_distance_depth_hemisphere_and_beats_the_controls) {
  const auto study = StudyWorld().study();
  ASSERT_EQ(study.curves.size(), 3u);
  EXPECT_EQ(study.curves[0].joint.sizes(), (std::vector<int64_t>{13, 6, 2}));
  const auto& distance = study.distances.front();
  EXPECT_EQ(distance.by_subject.sizes(), (std::vector<int64_t>{6, 2}));
  EXPECT_NEAR(distance.of_mean[0].item<double>(), 4, 1);
  EXPECT_EQ(distance.p[0].item<double>(), 1.0 / 64);  // all six agree
  EXPECT_GT(distance.p[1].item<double>(), 0.05);
  EXPECT_TRUE(distance.kept[0].item<bool>());
  EXPECT_EQ(study.depth.of_mean[0].item<double>(), 1);
  ASSERT_EQ(study.controls.size(), 4u);
  for (const auto& control : study.controls) EXPECT_EQ(control.p[0].item<double>(), 1.0 / 64) << control.control;
  ASSERT_EQ(study.hemispheres.size(), 1u);
  EXPECT_EQ(study.hemispheres[0].p, 2.0 / 64);
  EXPECT_GT(study.hemispheres[0].first_mean, study.hemispheres[0].second_mean);
  EXPECT_TRUE(study.regions.empty());
  EXPECT_DOUBLE_EQ(study.seconds_per_word, 1);
}

TEST(ForecastStudy, past_and_mirrored_windows_are_those_of_their_distances) {
  const auto study = StudyWorld().study();
  const auto curve = study.curves[0].forecast();
  EXPECT_EQ(largest_difference(study.controls[2].scores, curve[0]), 0);  // -4
  EXPECT_EQ(largest_difference(study.controls[3].scores, curve[2]), 0);  // 3 - 1 - 4 = -2
}

TEST(ForecastStudy, one_subject_is_tested_by_block_swaps) {
  StudyWorld world;
  world.input.subjects = 1;
  world.input.responses = world.input.responses.slice({0, 2});
  world.options.scores.swaps = 99;
  const auto study = world.study();
  EXPECT_NEAR(study.distances[0].p[0].item<double>(), 0.01, 0.011);
  EXPECT_TRUE(std::isnan(study.controls[0].p[0].item<double>()));
  world.options.mask.rule = MaskRule::difference;
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"mask 'difference'", "over subjects, found 1"}));
}

TEST(ForecastStudy, twins_add_a_curve_for_each_part) {
  StudyWorld world;
  const auto twins =
      random_normals(4, StudyWorld::words * 5, 9).view({4, StudyWorld::words, 5}) + world.input.layers[1];
  world.input.syntactic = syntactic_part(twins);
  const auto study = world.study();
  ASSERT_EQ(study.curves.size(), 5u);
  EXPECT_EQ(study.curves[1].part, "syntactic");
  EXPECT_EQ(study.curves[2].part, "semantic");
  ASSERT_EQ(study.distances.size(), 3u);
  EXPECT_GT(study.curves[1].forecast()[8].mean().item<double>(), study.curves[2].forecast()[8].mean().item<double>());
  // The same words one by one, as continuations of every word.
  const std::vector<RowRange> story{{0, StudyWorld::words}};
  std::vector<at::Tensor> continued;
  for (const auto& twin : twins.unbind()) {
    std::vector<at::Tensor> ahead;
    for (int64_t h = 1; h <= 8; ++h) ahead.push_back(words_ahead(twin, h, story));
    continued.push_back(at::stack(ahead, 1));
  }
  world.input.syntactic = syntactic_part(at::stack(continued));
  const auto again = world.study();
  EXPECT_NEAR(again.curves[1].forecast()[8].mean().item<double>(), study.curves[1].forecast()[8].mean().item<double>(),
              0.03);
  world.input.syntactic = at::zeros({7, 5});
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"syntactic parts are 7 x 5 for states of 160 x 5"}));
}

TEST(ForecastStudy, options_change_what_is_found) {
  const StudyWorld base;
  const auto usual = base.study();
  StudyWorld world;
  world.options.distance = 6;
  const auto farther = world.study();
  EXPECT_GT(largest_difference(farther.distances[0].p, usual.distances[0].p), 0.001);
  EXPECT_GT(largest_difference(farther.controls[1].scores, usual.controls[1].scores), 1e-6);
  world = StudyWorld();
  world.options.layer = 0;
  EXPECT_GT(largest_difference(world.study().curves[0].joint, usual.curves[0].joint), 0.01);
  world = StudyWorld();
  world.options.seed = 5;
  EXPECT_GT(largest_difference(world.study().controls[0].scores, usual.controls[0].scores), 1e-6);
  EXPECT_EQ(largest_difference(world.study().curves[0].joint, usual.curves[0].joint), 0);
  world = StudyWorld();
  world.options.distances = {8};
  EXPECT_EQ(world.study().distances[0].of_mean[0].item<double>(), 8);
  world.options.mask.rule = MaskRule::difference;
  EXPECT_EQ(world.study().curves[0].distances, (std::vector<int64_t>{8, 4, 0}));
}

TEST(ForecastStudy, says_what_is_missing) {
  StudyWorld world;
  world.options.layer = 3;
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"layer 3 of 3", "from 0 to 2"}));
  world = StudyWorld();
  world.options.distances = {};
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"at least one distance"}));
  world = StudyWorld();
  world.input.responses = world.input.responses.slice({0, 11});
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"11 columns", "for 6 subjects"}));
  EXPECT_TRUE(
      contains(message_of([] { side_by_side(at::zeros({160, 2})); }), {"160 x 2", "subjects x volumes x targets"}));
  world = StudyWorld();
  world.input.places.pop_back();
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"1 places for 2 targets"}));
  world = StudyWorld();
  world.input.layers[2] = at::zeros({9, 5});
  EXPECT_TRUE(contains(message_of([&] { world.study(); }), {"in layer 2", "9 x 5"}));
}
