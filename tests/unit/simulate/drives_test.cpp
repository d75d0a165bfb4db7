// Time courses made from words and from the repository's small model.
#include "simulate/drives.h"

#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <set>

#include "core/error.h"
#include "encode/align.h"
#include "fixture.h"
#include "input/tokenizer.h"
#include "model/extract.h"
#include "simulate/tagged_story.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

constexpr double tr = 2;
constexpr int64_t depth = 6, width = 112;  // of the model

DriveOptions options_with_model() { return {.model = test::source_path("../models/tales-1m")}; }

HeardStory heard(const std::string& name, int64_t words, uint64_t seed) {
  const auto grammar = read_grammar(test::source_path("../assets/grammar/tales.grammar"));
  HeardStory story{.name = name, .words = time_story(generate_story(grammar, words, seed))};
  for (double time = 0; time < story.words.back().offset + 4; time += tr) story.volumes.push_back(time + tr / 2);
  return story;
}

std::vector<HeardStory> two_stories() { return {heard("first", 60, 1), heard("second", 40, 2)}; }

Drives made(const std::vector<HeardStory>& stories, const std::vector<Drive>& wanted,
            const DriveOptions& options = options_with_model()) {
  return make_drives(stories, wanted, options, {});
}

at::Tensor feature(const std::vector<HeardStory>& stories, Drive drive,
                   const DriveOptions& options = options_with_model()) {
  return made(stories, {drive}, options).features.at(drive);
}

// layers x volumes x units: z-scored over the words of all stories, then aligned.
at::Tensor feed_forward_volumes(const std::vector<HeardStory>& stories, const DriveOptions& options) {
  const auto model = Model::load(options.model);
  const auto tokenizer = Tokenizer::load(options.model);
  std::vector<at::Tensor> states, volumes;
  for (const auto& story : stories) {
    std::vector<std::string> texts;
    for (const auto& word : story.words) texts.push_back(word.text);
    states.push_back(extract(model, tokenizer, texts, {.context = options.context, .units = Units::ffn}, {}).states);
  }
  for (const auto& layer : at::cat(states, 1).to(at::kDouble).unbind(0)) {
    const auto z = (layer - layer.mean(0)) / layer.std(0, false);
    std::vector<at::Tensor> parts;
    int64_t first = 0;
    for (const auto& story : stories) {
      std::vector<double> times;
      for (const auto& word : story.words) times.push_back((word.onset + word.offset) / 2);
      parts.push_back(align(z.slice(0, first, first + std::ssize(times)), times, story.volumes, tr, {}));
      first += std::ssize(times);
    }
    volumes.push_back(at::cat(parts, 0));
  }
  return at::stack(volumes);
}

}  // namespace

TEST(Drive, names_read_back) {
  for (const auto drive : all_drives) EXPECT_EQ(drive_from_name(drive_name(drive)), drive);
}

TEST(Drive, an_unknown_name_is_an_error_that_names_the_nearest) {
  EXPECT_TRUE(contains(message_of([] { drive_from_name("sintax"); }),
                       {"'sintax'", "'syntax'", "known: layers, forecast, syntax", "sound"}));
  try {
    drive_from_name("");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage);
  }
}

TEST(Drive, layer_is_at_two_thirds_of_the_depth_unless_given) {
  EXPECT_EQ(drive_layer({}, 6), 4);
  EXPECT_EQ(drive_layer({}, 12), 8);
  EXPECT_EQ(drive_layer({}, 4), 3);  // 2.67
  EXPECT_EQ(drive_layer({}, 1), 1);
  EXPECT_EQ(drive_layer({.layer = 0}, 12), 0);
  EXPECT_EQ(drive_layer({.layer = 5}, 12), 5);
}

TEST(Drives, have_a_row_for_each_volume) {
  auto stories = two_stories();
  for (auto& story : stories) story.sound = at::zeros({static_cast<int64_t>(story.volumes.size() * 20)}, at::kDouble);
  const auto options = options_with_model();
  const auto drives = made(stories, {std::begin(all_drives), std::end(all_drives)}, options);
  const auto first = static_cast<int64_t>(stories[0].volumes.size()),
             all = first + static_cast<int64_t>(stories[1].volumes.size());
  ASSERT_EQ(drives.stories.size(), 2u);
  EXPECT_EQ(drives.stories[0].end, first);
  EXPECT_EQ(drives.stories[1].end, all);
  ASSERT_EQ(drives.layers.size(), static_cast<size_t>(depth + 1));
  for (const auto& layer : drives.layers) EXPECT_EQ(layer.sizes(), (at::IntArrayRef{all, width}));
  EXPECT_EQ(drives.present.sizes(), (at::IntArrayRef{all, 8}));
  std::set<std::string> tags;
  for (const auto& story : stories)
    for (const auto& word : story.words) tags.insert(word.tag);
  const std::map<Drive, int64_t> widths{{Drive::forecast, 16},     {Drive::syntax, std::ssize(tags) + 1},
                                        {Drive::semantics, width}, {Drive::network, 3},
                                        {Drive::loop, 2},          {Drive::size, 4},
                                        {Drive::word_rate, 1},     {Drive::sound, 1}};
  ASSERT_EQ(drives.features.size(), widths.size());
  for (const auto& [drive, features] : widths)
    EXPECT_EQ(drives.features.at(drive).sizes(), (at::IntArrayRef{all, features})) << drive_name(drive);
  for (size_t i = 0; i < 2; ++i)
    EXPECT_EQ(drives.size_latents[i].sizes(), (at::IntArrayRef{std::ssize(stories[i].words), 4}));
}

TEST(Drives, only_what_is_asked_for_is_made) {
  const auto drives = made(two_stories(), {Drive::layers});
  EXPECT_EQ(drives.features.size(), 1u);
  EXPECT_TRUE(drives.features.contains(Drive::word_rate));  // a part of the layers' signal
  EXPECT_TRUE(drives.groups.empty() && drives.size_latents.empty());
}

TEST(Drives, word_rate_is_an_aligned_row_of_ones) {
  const auto story = heard("first", 60, 1);
  std::vector<double> times;
  for (const auto& word : story.words) times.push_back((word.onset + word.offset) / 2);
  const auto ones = at::ones({std::ssize(times), 1}, at::kDouble);
  EXPECT_LT(largest_difference(feature({story}, Drive::word_rate), align(ones, times, story.volumes, tr, {})), 1e-12);
}

TEST(Drives, a_forecast_looks_ahead_within_its_story) {
  const auto stories = two_stories();
  auto options = options_with_model();
  const auto at_distance = [&](int64_t distance) {
    options.forecast_distances = {distance};
    return feature(stories, Drive::forecast, options);
  };
  const auto present = made(stories, {Drive::forecast}).present;
  EXPECT_LT(largest_difference(at_distance(0), present), 1e-9);
  EXPECT_GT(largest_difference(at_distance(3), at_distance(-3)), 0.1);
  EXPECT_GT(largest_difference(at_distance(3), present), 0.1);
  EXPECT_EQ(at_distance(1000).abs().max().item<double>(), 0);
  EXPECT_EQ(at_distance(-1000).abs().max().item<double>(), 0);
}

TEST(Drives, a_forecast_has_a_block_for_each_distance_and_the_components_asked_for) {
  const auto stories = two_stories();
  auto options = options_with_model();
  options.forecast_components = 3;
  options.forecast_distances = {-2, 5};
  const auto both = feature(stories, Drive::forecast, options);
  ASSERT_EQ(both.size(1), 6);
  options.forecast_distances = {5};
  EXPECT_TRUE(at::equal(both.slice(1, 3), feature(stories, Drive::forecast, options)));
}

TEST(Drives, a_forecast_of_one_word_is_what_the_model_will_think_of_the_next) {
  // Words and volumes so far apart that a volume holds one word: a row of the forecast is the next row of the present.
  HeardStory story{.name = "slow"};
  for (const char* word : {"Once", "there", "was", "an", "old", "fox.", "She", "ran."}) {
    const auto onset = 20.0 * static_cast<double>(story.words.size());
    story.words.push_back({.onset = onset, .offset = onset + 1, .text = word});
    story.volumes.push_back(onset + 0.5);
  }
  auto options = options_with_model();
  options.forecast_distances = {1};
  options.forecast_components = 4;
  const auto drives = made({story}, {Drive::forecast}, options);
  const auto now = drives.present, next = drives.features.at(Drive::forecast);
  // Both are z-scored over words, so they agree up to a line in each column.
  const auto a = now.slice(0, 1), b = next.slice(0, 0, -1);
  const auto da = a - a.mean(0), db = b - b.mean(0);
  const auto r = (da * db).sum(0) / (da.norm(2, 0) * db.norm(2, 0));
  EXPECT_GT(r.min().item<double>(), 1 - 1e-9);
}

TEST(Drives, semantics_is_what_words_of_one_part_of_speech_do_not_share) {
  auto story = heard("first", 60, 1);
  auto options = options_with_model();
  const auto usual = feature({story}, Drive::semantics);
  for (auto& word : story.words) word.tag = "X";
  const auto one_tag = made({story}, {Drive::semantics});
  EXPECT_LT(largest_difference(one_tag.features.at(Drive::semantics), one_tag.layers[4]), 1e-9);
  EXPECT_GT(largest_difference(usual, one_tag.layers[4]), 0.1);
  for (size_t i = 0; i < story.words.size(); ++i) story.words[i].tag = "X" + std::to_string(i);
  EXPECT_EQ(feature({story}, Drive::semantics).abs().max().item<double>(), 0);
}

TEST(Drives, syntax_is_parts_of_speech_and_distances_to_heads) {
  auto story = heard("first", 60, 1);
  for (auto& word : story.words) word.tag = "X", word.head = 0;
  EXPECT_EQ(feature({story}, Drive::syntax).abs().max().item<double>(), 0);  // nothing varies
  for (size_t i = 0; i < story.words.size(); ++i) story.words[i].tag = i % 2 == 0 ? "X" : "Y";
  const auto tags = feature({story}, Drive::syntax);
  ASSERT_EQ(tags.size(1), 3);
  EXPECT_LT(largest_difference(tags.select(1, 0), -tags.select(1, 1)), 1e-12);
  EXPECT_EQ(tags.select(1, 2).abs().max().item<double>(), 0);
  for (size_t i = 1; i < story.words.size(); i += 2) story.words[i].head = static_cast<int64_t>(i);  // the word before
  const auto heads = feature({story}, Drive::syntax);
  EXPECT_LT(largest_difference(heads.select(1, 2), heads.select(1, 0)), 1e-12);  // -log 2 wherever the tag is Y
}

TEST(Drives, tags_are_there_only_if_every_word_has_one) {
  auto stories = two_stories();
  EXPECT_TRUE(has_tags(stories));
  stories[1].words[7].tag.clear();
  EXPECT_FALSE(has_tags(stories));
}

TEST(Drives, networks_are_means_of_disjoint_groups_of_feed_forward_units) {
  auto options = options_with_model();
  options.networks = 5, options.neurons = 20;
  const auto stories = two_stories();
  const auto drives = made(stories, {Drive::network}, options);
  ASSERT_EQ(drives.groups.size(), 5u);
  std::set<std::pair<int64_t, int64_t>> members;
  for (const auto& group : drives.groups) {
    EXPECT_EQ(group.size(), 20u);
    for (const auto& [layer, unit] : group) {
      members.emplace(layer, unit);
      EXPECT_TRUE(layer >= 1 && layer <= depth && unit >= 0 && unit < width);
    }
  }
  EXPECT_EQ(members.size(), 100u);
  const auto units = feed_forward_volumes(stories, options);
  for (size_t n = 0; n < 5; ++n) {
    // The mean over units is scaled once more over words; alignment is linear.
    auto mean = at::zeros({units.size(1)}, at::kDouble);
    for (const auto& [layer, unit] : drives.groups[n]) mean += units[layer - 1].select(1, unit);
    const auto network = drives.features.at(Drive::network).select(1, static_cast<int64_t>(n));
    EXPECT_NEAR((mean * network).sum().item<double>() / (mean.norm() * network.norm()).item<double>(), 1, 1e-6);
  }
  const auto groups = drives.groups;
  EXPECT_EQ(groups, made(stories, {Drive::network}, options).groups);
  options.seed = 1;
  EXPECT_NE(groups, made(stories, {Drive::network}, options).groups);
}

TEST(Drives, the_layer_given_is_the_one_that_is_planted) {
  auto options = options_with_model();
  options.layer = 2;
  EXPECT_FALSE(at::equal(feature(two_stories(), Drive::forecast, options), feature(two_stories(), Drive::forecast)));
  EXPECT_FALSE(at::equal(feature(two_stories(), Drive::semantics, options), feature(two_stories(), Drive::semantics)));
}

TEST(Drives, the_loop_goes_round_in_its_period) {
  auto options = options_with_model();
  options.loop_period = 16;  // 8 volumes
  const auto stories = two_stories();
  const auto drives = made(stories, {Drive::loop}, options);
  const auto loop = drives.features.at(Drive::loop);
  EXPECT_LT((loop.square().sum(1) - 1).abs().max().item<double>(), 1e-12);
  for (const auto& rows : drives.stories) {
    const auto own = loop.slice(0, rows.begin, rows.end);
    EXPECT_LT(largest_difference(own.slice(0, 8), own.slice(0, 0, -8)), 1e-12);
    EXPECT_LT(largest_difference(own.slice(0, 4), -own.slice(0, 0, -4)), 1e-12);
    // The second column lags by a quarter.
    EXPECT_LT(largest_difference(own.select(1, 1).slice(0, 2), own.select(1, 0).slice(0, 0, -2)), 1e-12);
  }
  EXPECT_GT((loop[0] - loop[drives.stories[1].begin]).abs().max().item<double>(), 0.01);  // another start
}

TEST(Drives, sound_is_its_mean_power_around_each_volume) {
  auto story = heard("first", 30, 1);
  const auto steps = static_cast<int64_t>(story.volumes.size()) * 20;
  story.sound = (at::arange(steps, at::kDouble) + 0.5) * sound_step;  // power = time
  const auto sound = feature({story}, Drive::sound).squeeze(1);
  for (size_t i = 0; i < story.volumes.size(); ++i)
    EXPECT_NEAR(sound[static_cast<int64_t>(i)].item<double>(), story.volumes[i], sound_step);
}

TEST(Drives, hidden_numbers_differ_between_stories_and_seeds) {
  auto options = options_with_model();
  options.size_features = 2;
  const std::vector<HeardStory> twins{heard("first", 30, 1), heard("second", 30, 1)};
  const auto drives = made(twins, {Drive::size}, options);
  EXPECT_EQ(drives.features.at(Drive::size).size(1), 2);
  EXPECT_FALSE(at::equal(drives.size_latents[0], drives.size_latents[1]));
  EXPECT_TRUE(at::equal(drives.size_latents[0], made(twins, {Drive::size}, options).size_latents[0]));
  options.seed = 1;
  EXPECT_FALSE(at::equal(drives.size_latents[0], made(twins, {Drive::size}, options).size_latents[0]));
}

TEST(Drives, do_not_depend_on_the_number_of_threads) {
  const auto stories = two_stories();
  const auto one = make_drives(stories, {Drive::semantics}, options_with_model(), {.threads = 1}),
             three = make_drives(stories, {Drive::semantics}, options_with_model(), {.threads = 3});
  EXPECT_TRUE(at::equal(one.layers[4], three.layers[4]));
  EXPECT_TRUE(at::equal(one.features.at(Drive::semantics), three.features.at(Drive::semantics)));
}
