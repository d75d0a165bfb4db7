// Forecast scores against an independent program; what each option does; what is refused.
#include "analysis/forecast.h"

#include "encode/response_store.h"
#include "fixture.h"
#include "forecast_world.h"
#include "io/json.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

at::Tensor matrix(const Json& rows) {
  std::vector<double> values;
  for (const auto& row : rows)
    for (const auto& value : row) values.push_back(value.get<double>());
  return to_tensor(values).view({static_cast<int64_t>(rows.size()), -1});
}

// The problem of make_forecast.py.
struct Reference {
  Json file = read_json(source_path("reference/forecast/forecast.json"));
  ForecastProblem problem{};
  ForecastOptions options{
      .windows = {.window = 3, .components = 3},
      .delays = {1, 2},
      .ridge = {.penalties = {0.1, 3, 100}, .standardize = Standardize::features, .type = at::kDouble}};
  std::vector<FutureWindow> windows{};
  std::vector<RidgeSplit> splits{};
  Reference() {
    problem.states = matrix(file["states"]);
    problem.responses = matrix(file["responses"]);
    problem.timing = {.words = stack_ranges(file["words"].get<std::vector<int64_t>>()),
                      .times = file["times"].get<std::vector<double>>(),
                      .volumes = stack_ranges(file["volumes"].get<std::vector<int64_t>>()),
                      .centres = file["centres"].get<std::vector<double>>(),
                      .tr = 2};
    windows = windows_at(file["distances"].get<std::vector<int64_t>>());
    splits = splits_with(2, 3);
  }
  std::vector<RidgeSplit> splits_with(int64_t gap, int64_t folds) const {
    return nested_splits(contiguous_folds(all_rows(47), problem.timing.volumes, folds, gap), problem.timing.volumes, 3,
                         gap);
  }
  ForecastScores scores(int threads = 1) const {
    return forecast_scores(problem, windows, splits, options, {.threads = threads});
  }
};

std::string refusal(const Reference& r) {
  return message_of([&] { r.scores(); });
}

}  // namespace

TEST(Forecast, agrees_with_the_independent_implementation) {
  Reference r;
  const auto scores = r.scores();
  EXPECT_LT(largest_difference(scores.present, to_tensor(r.file["present"].get<std::vector<double>>())), 1e-9);
  EXPECT_LT(largest_difference(scores.joint, matrix(r.file["joint"])), 1e-9);
  EXPECT_LT(largest_difference(scores.forecast(), scores.joint - scores.present), 1e-15);
  r.options.score = FoldScore::mean;
  EXPECT_LT(largest_difference(r.scores().present, to_tensor(r.file["present_by_fold"].get<std::vector<double>>())),
            1e-9);
}

TEST(Forecast, without_a_pca_windows_are_the_words_themselves) {
  WorldOptions world{.words = 60, .width = 3, .targets = 5};
  const auto states = autocorrelated(60, 3, 0.5, 2);
  const ForecastProblem problem{
      .states = states,
      .timing = word_a_volume(60),
      .responses = responses_to(words_ahead(states, 2, std::vector<RowRange>{{0, 60}}), world)};
  auto options = plain_options(2, 0);
  options.windows.scale = false;
  const auto splits = splits_of(problem.timing);
  const auto found = forecast_scores(problem, windows_at({2}), splits, options, {});
  // Word n, n + 1 and n + 2 side by side; behind the end the mean of the fold's training words.
  auto predictions = at::zeros({60, 5}, at::kDouble);
  for (const auto& split : splits) {
    auto design = at::zeros({60, 9}, at::kDouble);
    const auto mean = states.index_select(0, index_tensor(split.outer.train)).mean(0);
    for (int64_t n = 0; n < 60; ++n)
      for (int64_t place = 0; place < 3; ++place)
        design[n].slice(0, 3 * place, 3 * place + 3).copy_(n + place < 60 ? states[n + place] : mean);
    const auto fit =
        ridge_cross_validated({.bands = {design}, .responses = problem.responses}, {split}, options.ridge, {});
    for (const auto row : split.outer.test) predictions[row].copy_(fit.predictions[row]);
  }
  EXPECT_LT(largest_difference(found.joint[0], pearson(problem.responses.whole(), predictions)), 1e-9);
}

TEST(Forecast, states_of_words_outside_the_training_volumes_do_not_touch_the_components) {
  const Reference r;
  std::vector<bool> training(125, true);
  for (size_t n = 40; n < 70; ++n) training[n] = false;
  auto changed = r.problem.states.clone();
  changed.slice(0, 40, 70).mul_(100).add_(7);
  const ReducedWords a({r.problem.states, {}, {}, r.problem.timing.words}, training, r.options.windows),
      b({changed, {}, {}, r.problem.timing.words}, training, r.options.windows);
  EXPECT_EQ(largest_difference(a.present().slice(0, 70), b.present().slice(0, 70)), 0);
  EXPECT_GT(largest_difference(a.present(), b.present()), 1);
  const auto wa = a.window({.distance = 0}), wb = b.window({.distance = 0});
  EXPECT_EQ(largest_difference(wa.slice(0, 0, 40), wb.slice(0, 0, 40)), 0);
  EXPECT_EQ(largest_difference(wa.slice(0, 72), wb.slice(0, 72)), 0);
}

TEST(Forecast, windows_never_cross_stories_and_shift_with_the_distance) {
  const Reference r;
  const ReducedWords words({r.problem.states, {}, {}, r.problem.timing.words}, std::vector<bool>(125, true),
                           r.options.windows);
  const auto near = words.window({.distance = 2}), far = words.window({.distance = 5});
  EXPECT_LT(largest_difference(near.slice(0, 3, 68), far.slice(0, 0, 65)), 1e-12);
  EXPECT_LT(largest_difference(near.slice(0, 73, 125), far.slice(0, 70, 122)), 1e-12);
  // Beyond the last word of its own story nothing is left but the means.
  const auto beyond = words.window({.distance = 73});
  EXPECT_LT(largest_difference(beyond.slice(0, 0, 70).slice(0, 69), beyond.slice(0, 124, 125)), 1e-12);
}

TEST(Forecast, shuffled_windows_are_the_same_windows_and_random_ones_are_decided_by_the_seed) {
  const Reference r;
  const ReducedWords words({r.problem.states, {}, {}, r.problem.timing.words}, std::vector<bool>(125, true),
                           r.options.windows);
  const auto ahead = words.window({.distance = 2});
  const auto shuffled = words.window({Future::shuffled, 2, 1});
  EXPECT_GT(largest_difference(ahead, shuffled), 0.1);
  const auto sorted = [](const at::Tensor& x) { return std::get<0>(x.select(1, 0).sort()); };
  for (const auto& [begin, end] : r.problem.timing.words)
    EXPECT_EQ(largest_difference(sorted(ahead.slice(0, begin, end)), sorted(shuffled.slice(0, begin, end))), 0);
  for (const auto kind : {Future::shuffled, Future::random}) {
    EXPECT_EQ(largest_difference(words.window({kind, 2, 1}), words.window({kind, 2, 1})), 0);
    EXPECT_GT(largest_difference(words.window({kind, 2, 1}), words.window({kind, 2, 2})), 0.1);
  }
  EXPECT_EQ(largest_difference(words.window({Future::random, 2, 1}), words.window({Future::random, 5, 1})), 0);
  const auto drawn = random_words(r.problem.timing.words, 3, 4);
  EXPECT_TRUE(drawn.slice(0, 0, 70).lt(70).all().item<bool>() && drawn.slice(0, 70).ge(70).all().item<bool>());
  EXPECT_GT(std::get<0>(at::_unique(drawn)).numel(), 100);
}

TEST(Forecast, every_option_changes_the_scores) {
  const Reference base;
  const auto usual = base.scores();
  const auto differs = [&](const char* what, const std::function<void(Reference&)>& change) {
    Reference r;
    change(r);
    const auto scores = r.scores();
    EXPECT_GT((scores.joint - usual.joint).abs().max().item<double>(), 1e-6) << what;
  };
  differs("window", [](auto& r) { r.options.windows.window = 4; });
  differs("components", [](auto& r) { r.options.windows.components = 2; });
  differs("no pca", [](auto& r) { r.options.windows.components = 0; });
  differs("scale", [](auto& r) { r.options.windows.scale = false; });
  differs("align", [](auto& r) { r.options.align.method = AlignMethod::sum; });
  differs("delays", [](auto& r) { r.options.delays = {0, 1}; });
  differs("penalties", [](auto& r) { r.options.ridge.penalties = {1000}; });
  differs("standardize", [](auto& r) { r.options.ridge.standardize = Standardize::none; });
  differs("score", [](auto& r) { r.options.score = FoldScore::mean; });
  differs("gap", [](auto& r) { r.splits = r.splits_with(0, 3); });
  differs("folds", [](auto& r) { r.splits = r.splits_with(2, 4); });
  differs("kind", [](auto& r) {
    for (auto& w : r.windows) w.kind = Future::shuffled;
  });
  differs("random", [](auto& r) {
    for (auto& w : r.windows) w.kind = Future::random;
  });
  differs("ahead", [](auto& r) { r.problem.ahead = r.problem.states.flip(0); });
}

TEST(Forecast, gives_the_same_bytes_for_any_number_of_threads) {
  Reference r;
  r.options.swaps = 20;
  const auto one = r.scores(1), three = r.scores(3);
  EXPECT_TRUE(at::equal(one.joint, three.joint) && at::equal(one.present, three.present) && at::equal(one.p, three.p));
}

TEST(Forecast, swaps_tell_a_real_gain_from_none) {
  WorldOptions world{.words = 400, .width = 6, .targets = 12, .noise = 0.7};
  const auto states = autocorrelated(world.words, world.width, world.memory, 5);
  const std::vector<RowRange> story{{0, world.words}};
  const ForecastProblem problem{.states = states,
                                .timing = word_a_volume(world.words),
                                .responses = responses_to(at::cat({states, words_ahead(states, 3, story)}, 1), world)};
  auto options = plain_options(1, 6);
  options.swaps = 200;
  const auto splits = splits_of(problem.timing);
  const auto p = forecast_scores(problem, windows_at({3, 10}), splits, options, {}).p;
  EXPECT_LT(p[0].max().item<double>(), 0.02);
  EXPECT_GT(p[1].median().item<double>(), 0.2);
  options.seed = 1;
  EXPECT_FALSE(at::equal(forecast_scores(problem, windows_at({3, 10}), splits, options, {}).p, p));
  options.swaps = 0;
  EXPECT_FALSE(forecast_scores(problem, windows_at({3}), splits, options, {}).p.defined());
}

TEST(Forecast, a_bad_target_has_no_numbers_and_does_not_touch_the_others) {
  Reference r;
  const auto usual = r.scores();
  auto responses = r.problem.responses.whole();
  responses.select(1, 1).fill_(3);
  responses[5][2] = NAN;
  r.problem.responses = responses;
  const auto scores = r.scores();
  EXPECT_EQ(scores.flags[1], Flag::constant);
  EXPECT_EQ(scores.flags[2], Flag::nan);
  EXPECT_TRUE(at::isnan(scores.joint.select(1, 1)).all().item<bool>());
  EXPECT_TRUE(at::isnan(scores.present[2]).item<bool>());
  EXPECT_LT(largest_difference(scores.joint.select(1, 3), usual.joint.select(1, 3)), 1e-12);
}

TEST(Forecast, targets_in_blocks_from_a_scratch_file_have_the_scores_of_all_at_once) {
  Reference r;
  r.options.swaps = 20;
  const auto usual = r.scores();
  const TemporaryFolder folder;
  const auto values = r.problem.responses.whole();
  ResponseStore store(values.size(0), values.size(1), folder.path());
  store.write(0, values);
  r.problem.responses = store.matrix();
  r.options.columns = 3;
  const auto scores = r.scores();
  EXPECT_LT(largest_difference(scores.joint, usual.joint), 1e-9);
  EXPECT_LT(largest_difference(scores.p, usual.p), 1e-9);
  r.options.swaps = 0;
  EXPECT_LT(largest_difference(r.scores().joint, usual.joint), 1e-9);
}

TEST(Forecast, continuations_that_are_the_story_give_the_windows_of_the_story) {
  const Reference r;
  const auto& stories = r.problem.timing.words;
  std::vector<at::Tensor> ahead;
  for (int64_t h = 1; h <= 5; ++h) ahead.push_back(words_ahead(r.problem.states, h, stories));
  const std::vector<bool> training(125, true);
  const ReducedWords words({r.problem.states, {}, at::stack(ahead, 1), stories}, training, r.options.windows);
  const ReducedWords plain({r.problem.states, {}, {}, stories}, training, r.options.windows);
  // The components are fitted at another distance, to all but the same windows.
  for (const int64_t distance : {-2, 1, 5}) {
    const auto a = words.window({.distance = distance}), b = plain.window({.distance = distance});
    EXPECT_GT(at::corrcoef(at::stack({a.select(1, 0), b.select(1, 0)}))[0][1].abs().item<double>(), 0.98) << distance;
  }
  EXPECT_TRUE(contains(message_of([&] { words.window({.distance = 6}); }), {"6 words ahead", "have 5"}));
}

TEST(Forecast, the_syntactic_part_is_the_mean_of_the_twins) {
  const auto twins = random_normals(4, 30, 1).view({4, 10, 3}).to(at::kFloat);
  const auto part = syntactic_part(twins);
  EXPECT_EQ(part.scalar_type(), at::kDouble);
  EXPECT_LT(largest_difference(part[2], (twins[0][2] + twins[1][2] + twins[2][2] + twins[3][2]) / 4), 1e-6);
  EXPECT_TRUE(contains(message_of([] { syntactic_part(at::zeros({3, 2})); }), {"twins are 3 x 2", "twins x words"}));
}

TEST(Forecast, a_word_lies_in_the_volume_that_holds_its_time) {
  const ForecastTiming timing{.words = {{0, 4}, {4, 6}},
                              .times = {0.5, 2.0, 3.9, 9, 0.5, 2.5},
                              .volumes = {{0, 2}, {2, 4}},
                              .centres = {1, 3, 1, 3},
                              .tr = 2};
  EXPECT_EQ(words_in_volumes(timing, std::vector<int64_t>{1, 2}),
            (std::vector<bool>{false, true, true, false, true, false}));
  EXPECT_DOUBLE_EQ(seconds_per_word(timing), (8.5 + 2.0) / 4);
  EXPECT_TRUE(std::isnan(seconds_per_word({.words = {{0, 1}}, .times = {1}})));
}

TEST(Forecast, says_everything_that_does_not_fit) {
  Reference r;
  r.problem.states[7][1] = NAN;
  r.problem.ahead = at::zeros({9, 5});
  r.problem.responses = r.problem.responses.whole().slice(0, 1);
  EXPECT_TRUE(contains(refusal(r), {"states of 1 words hold NaN", "word 8", "states ahead are 9 x 5",
                                    "one row for each of 125 words", "responses are 46 x 4", "47 volumes"}));
  r = Reference();
  r.windows = windows_at({5, 90, -70});
  EXPECT_TRUE(contains(refusal(r), {"distance 90 with 3 words", "distance -70", "longest story has 70 words"}));
  r = Reference();
  r.options.windows.components = 6;
  EXPECT_TRUE(
      contains(refusal(r), {"in outer fold 1", "PCA of the present words", "6 principal components", "1 to 5"}));
  r.options.windows.components = -1;
  EXPECT_TRUE(contains(refusal(r), {"-1 components"}));
  r.options.windows.window = 0;
  EXPECT_TRUE(contains(refusal(r), {"a window of 0 words"}));
  r = Reference();
  r.options.delays = {};
  EXPECT_TRUE(contains(refusal(r), {"at least one delay"}));
  r = Reference();
  for (auto& time : r.problem.timing.times) time += 1000;
  EXPECT_TRUE(contains(refusal(r), {"0 words lie in training volumes"}));
}
