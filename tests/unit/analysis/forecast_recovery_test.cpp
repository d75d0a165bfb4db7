// Planted distances and depths are found again; where nothing is planted, nothing is found.
//
// A window of w words that ends at d holds the word d0 for every d from d0 to d0 + w - 1. Its first components tell the
// words in its middle best, so a single planted word peaks at d0 + (w - 1) / 2, and a planted window that ends at d0
// peaks at d0. Signal to noise is 1 (r of at most 0.71) unless said otherwise; one word a volume.
#include "analysis/forecast_summary.h"
#include "forecast_world.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

constexpr double found_again = 0.85;  // share of targets

double share_within(const at::Tensor& found, double expected, double slack) {
  return (found - expected).abs().le(slack).to(at::kDouble).mean().item<double>();
}

at::Tensor forecast(const at::Tensor& states, const at::Tensor& responses, const std::vector<int64_t>& distances,
                    const ForecastOptions& options) {
  const ForecastProblem problem{.states = states, .timing = word_a_volume(states.size(0)), .responses = responses};
  return forecast_scores(problem, windows_at(distances), splits_of(problem.timing), options, {}).forecast();
}

at::Tensor sum_of_words(const at::Tensor& states, int64_t first, int64_t last) {
  const std::vector<RowRange> story{{0, states.size(0)}};
  auto sum = at::zeros_like(states);
  for (int64_t offset = first; offset <= last; ++offset) sum += words_ahead(states, offset, story);
  return sum;
}

constexpr WorldOptions speech{.words = 300, .width = 10, .memory = 0.8, .targets = 40};

}  // namespace

TEST(ForecastRecovery, a_window_of_one_word_peaks_at_the_planted_word) {
  const auto states = autocorrelated(speech.words, speech.width, speech.memory, 1);
  const auto y = responses_to(at::cat({states, sum_of_words(states, 6, 6)}, 1), speech);
  const auto distances = from_to(-3, 12);
  EXPECT_GE(share_within(peaks(forecast(states, y, distances, plain_options(1, 10)), distances), 6, 1), found_again);
}

TEST(ForecastRecovery, a_planted_window_peaks_at_its_end) {
  const auto states = autocorrelated(speech.words, speech.width, speech.memory, 2);
  const auto y = responses_to(at::cat({states, sum_of_words(states, 2, 8)}, 1), speech);
  const auto distances = from_to(-2, 18);
  EXPECT_GE(share_within(peaks(forecast(states, y, distances, plain_options(7, 10)), distances), 8, 1), found_again);
}

TEST(ForecastRecovery, a_single_planted_word_peaks_where_it_is_in_the_middle_of_the_window) {
  auto longer = speech;
  longer.words = 500;
  const auto states = autocorrelated(longer.words, longer.width, longer.memory, 3);
  const auto y = responses_to(at::cat({states, sum_of_words(states, 6, 6)}, 1), longer);
  const auto distances = from_to(-2, 18);
  const auto found = peaks(forecast(states, y, distances, plain_options(7, 10)), distances);
  EXPECT_GE(share_within(found, 9, 1), found_again);
  EXPECT_GE(share_within(found, 9, 3), 0.95);
}

TEST(ForecastRecovery, a_response_to_the_present_word_has_no_forecast) {
  const auto states = autocorrelated(speech.words, speech.width, 0.3, 4);
  const auto scores = forecast(states, responses_to(states, speech), from_to(0, 10), plain_options(7, 10));
  EXPECT_LT(scores.mean(1).max().item<double>(), 0);
}

TEST(ForecastRecovery, depths_are_found_within_a_layer) {
  constexpr int64_t layers = 7;
  std::vector<at::Tensor> states{autocorrelated(speech.words, speech.width, speech.memory, 10)};
  for (int64_t l = 1; l < layers; ++l)
    states.push_back(0.7 * states.back() + std::sqrt(1 - 0.49) * autocorrelated(speech.words, speech.width,
                                                                                speech.memory,
                                                                                10 + static_cast<uint64_t>(l)));
  for (const int64_t planted : {1, 3, 5}) {
    const auto& source = states[static_cast<size_t>(planted)];
    const auto y = responses_to(at::cat({source, sum_of_words(source, 2, 8)}, 1), speech);
    std::vector<at::Tensor> gains;
    for (const auto& layer : states) gains.push_back(forecast(layer, y, {8}, plain_options(7, 10))[0]);
    EXPECT_GE(share_within(peaks(at::stack(gains), from_to(0, layers - 1)), static_cast<double>(planted), 1),
              found_again)
        << planted;
  }
}

TEST(ForecastRecovery, a_planted_forecast_beats_every_control_and_a_forecast_of_syntax_has_no_semantics) {
  const std::vector<RowRange> story{{0, speech.words}};
  const auto states = autocorrelated(speech.words, speech.width, speech.memory, 6);
  const ForecastProblem problem{.states = states,
                                .timing = word_a_volume(speech.words),
                                .responses = responses_to(at::cat({states, sum_of_words(states, 2, 8)}, 1), speech)};
  const std::vector<FutureWindow> windows{
      {.distance = 8}, {Future::shuffled, 8, 1}, {Future::random, 8, 1}, {.distance = -8}};
  const auto splits = splits_of(problem.timing);
  const auto means = forecast_scores(problem, windows, splits, plain_options(7, 10), {}).forecast().mean(1);
  EXPECT_GT(means[0].item<double>(), 0.1);
  EXPECT_LT(means.slice(0, 1).max().item<double>(), 0.02);
  // States are syntax + semantics; twins share the first and draw the second anew.
  const auto syntax = autocorrelated(speech.words, speech.width, speech.memory, 7);
  std::vector<at::Tensor> twins;
  for (uint64_t i = 0; i < 10; ++i) twins.push_back(syntax + autocorrelated(speech.words, speech.width, 0.8, 20 + i));
  ForecastProblem parts{.states = twins.back(), .timing = problem.timing};
  twins.pop_back();
  parts.responses = responses_to(at::cat({parts.states, 2 * sum_of_words(syntax, 2, 8)}, 1), speech);
  const auto score = [&](const at::Tensor& ahead) {
    parts.ahead = ahead;
    return forecast_scores(parts, {{.distance = 8}}, splits, plain_options(7, 10), {}).forecast().mean().item<double>();
  };
  const auto syntactic = syntactic_part(at::stack(twins));
  const double syn = score(syntactic), sem = score(parts.states - syntactic);
  EXPECT_GT(syn, 0.1);
  EXPECT_LT(sem, 0.3 * syn);
}

namespace {

// Share of significant tests over the worlds, each of eight subjects with autocorrelated noise of their own.
double significant_share(bool present_drives, int64_t worlds, double level) {
  constexpr int64_t subjects = 8, targets = 5;
  const WorldOptions options{
      .words = 120, .width = 6, .memory = 0.6, .targets = subjects * targets, .noise = 1, .noise_memory = 0.5};
  int64_t significant = 0;
  for (int64_t i = 0; i < worlds; ++i) {
    auto world = options;
    world.seed = 1000 + static_cast<uint64_t>(i);
    const auto states = autocorrelated(world.words, world.width, world.memory, world.seed);
    auto y = responses_to(states, world);
    if (!present_drives) y = autocorrelated(world.words, world.targets, world.noise_memory, world.seed + 500000);
    const auto scores = forecast(states, y, {8}, plain_options(7, 6))[0].view({subjects, targets});
    significant += signed_rank_p(scores, {.alternative = Alternative::greater}).le(level).sum().item<int64_t>();
  }
  return static_cast<double>(significant) / static_cast<double>(worlds * targets);
}

}  // namespace

TEST(SlowForecastNull, no_more_scores_are_significant_than_the_level_allows) {
  constexpr int64_t worlds = 120;
  constexpr double level = 0.05;
  // Upper end of the 99.9 % binomial interval of independent tests.
  const double most = level + 3.1 * std::sqrt(level * (1 - level) / (worlds * 5));
  EXPECT_LE(significant_share(false, worlds, level), most);
  EXPECT_LE(significant_share(true, worlds, level), most);
}
