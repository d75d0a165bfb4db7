// Contradictions between the options of a simulation, all told at once.
#include "simulate/simulate_check.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/error.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

ModelSpec small_model() {
  ModelSpec spec{.layers = 6};
  spec.block.width = 64;
  return spec;
}

SimulateOptions sound_options() {
  SimulateOptions options;
  options.drive.model = "models/small";
  return options;
}

std::string complaint(const SimulateOptions& options) {
  return message_of([&] { check_simulation(options, small_model()); });
}

Fault fault_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::failed;
}

}  // namespace

TEST(SimulateCheck, the_usual_options_make_sense) { EXPECT_EQ(complaint(sound_options()), ""); }

TEST(SimulateCheck, all_contradictions_are_told_at_once) {
  auto options = sound_options();
  options.text = "story.txt";
  options.words = "story.tsv";
  options.stories = 2;
  options.brain.subjects = 0;
  options.brain.repeats = 0;
  options.brain.shared_noise = 1.5;
  options.brain.autocorrelation = 1;
  options.plant.ceiling = 1.2;
  options.plant.rim = -0.5;
  options.plant.depth_high = 9;
  options.plant.constant = 11000;
  options.drive.layer = 7;
  options.drive.networks = 49;
  options.drive.tr = 0;
  options.drive.forecast_distances = {4, 0};
  options.drive.forecast_components = 500;
  EXPECT_TRUE(
      contains(complaint(options),
               {"the simulation contradicts itself", "a text and a word table are given", "2 stories are asked for",
                "the number of subjects must be 1 or more, found 0", "the number of repeats must be 1 or more, found 0",
                "the share of shared noise must be from 0 to 1, found 1.5", "between -1 and 1, found 1",
                "above 0 and at most 1, found 1.2", "the rim's share of the ceiling must be from 0 to 1, found -0.5",
                "layers 1 to 9 are to be planted, but the model 'models/small' has layers 0 to 6",
                "11005 defective vertices are asked for, more than half of the 20484", "layer 7 is to be planted",
                "49 networks of 8 neurons need 392, but the model has 384 feed-forward units", "at most 20 s, found 0",
                "a forecast distance of 0 words",
                "500 components of the forecast are asked for, but a layer of the model has 64"}));
  EXPECT_EQ(fault_of([&] { check_simulation(options, small_model()); }), Fault::usage);
}

TEST(SimulateCheck, limits_themselves_are_allowed) {
  auto options = sound_options();
  options.plant.ceiling = 1;
  options.plant.depth_low = options.plant.depth_high = 6;
  options.drive.layer = 6;
  options.drive.networks = 48;
  options.plant.rim = 0;
  options.brain.shared_noise = 1;
  EXPECT_EQ(complaint(options), "");
}

TEST(SimulateCheck, numbers_that_are_none_are_refused) {
  for (double PlantOptions::* field :
       {&PlantOptions::ceiling, &PlantOptions::rim, &PlantOptions::word_rate, &PlantOptions::forecast_share,
        &PlantOptions::sound, &PlantOptions::depth_low, &PlantOptions::depth_high}) {
    auto options = sound_options();
    options.plant.*field = std::nan("");
    EXPECT_NE(complaint(options), "");
  }
  auto options = sound_options();
  options.drive.tr = options.drive.loop_period = std::nan("");
  EXPECT_TRUE(contains(complaint(options), {"the TR must be", "the loop's period must be"}));
}

TEST(SimulateCheck, the_gain_is_a_number_above_zero) {
  for (const double gain : {0.0, -1.0, std::nan("")}) {
    auto options = sound_options();
    options.brain.gain = gain;
    EXPECT_TRUE(contains(complaint(options), {"gain"})) << gain;
  }
}

TEST(SimulateCheck, spreads_leave_every_subject_a_response) {
  auto options = sound_options();
  options.brain.gain_spread = -1;
  options.brain.response = {.peak = 6, .undershoot = 2};
  EXPECT_TRUE(contains(complaint(options), {"the gain's spread must be 0 or more, found -1",
                                            "the spread of haemodynamic peaks (s) must be from 0 to 4, found 6",
                                            "the spread of undershoots must be from 0 to 1, found 2"}));
}

TEST(SimulateCheck, a_loop_has_more_than_four_volumes) {
  auto options = sound_options();
  options.drive.loop_period = 8;
  EXPECT_TRUE(contains(complaint(options), {"longer than four volumes (8 s), found 8 s"}));
  options.drive.loop_period = 9;
  EXPECT_EQ(complaint(options), "");
}

TEST(SimulateCheck, word_rate_and_sound_are_no_more_than_the_signal) {
  auto options = sound_options();
  options.plant.word_rate = 0.7, options.plant.sound = 0.5;
  EXPECT_EQ(complaint(options), "");  // no sound is planted
  options.sound = true;
  EXPECT_TRUE(contains(complaint(options), {"1.2 of the signal"}));
}

TEST(SimulateCheck, drives_that_the_stories_allow) {
  const auto has = [](const std::vector<Drive>& drives, Drive drive) {
    return std::find(drives.begin(), drives.end(), drive) != drives.end();
  };
  EXPECT_EQ(possible_drives(true, true).size(), std::size(all_drives));
  const auto untagged = possible_drives(false, true), silent = possible_drives(true, false);
  EXPECT_EQ(untagged.size(), std::size(all_drives) - 2);
  EXPECT_FALSE(has(untagged, Drive::syntax) || has(untagged, Drive::semantics));
  EXPECT_EQ(silent.size(), std::size(all_drives) - 1);
  EXPECT_FALSE(has(silent, Drive::sound));
  for (const bool tagged : {false, true})
    for (const bool sound : {false, true})
      EXPECT_EQ(message_of([&] { check_drives(possible_drives(tagged, sound), tagged, sound); }), "");
}

TEST(SimulateCheck, drives_without_tags_or_sound_are_refused_together) {
  const auto refused = [] { check_drives({Drive::syntax, Drive::sound}, false, false); };
  EXPECT_TRUE(contains(message_of(refused), {"does not fit the stories", "parts of speech", "--sound"}));
  EXPECT_EQ(fault_of(refused), Fault::usage);
  EXPECT_TRUE(contains(message_of([] { check_drives({Drive::semantics}, false, true); }), {"parts of speech"}));
  EXPECT_TRUE(
      contains(message_of([] { check_drives({Drive::sound}, true, true); }), {"part of the signal of the layers"}));
}
