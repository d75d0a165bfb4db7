#include "simulate/simulate_check.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr double most_peak_spread = 4;  // seconds: the usual peak is at 5 s, and none comes before its event

void check_shares(const SimulateOptions& o, Problems& problems) {
  const auto share = [&](const char* name, double value, double most) {
    if (!(value >= 0 && value <= most)) problems.add("{} must be from 0 to {}, found {}", name, most, value);
  };
  if (!(o.plant.ceiling > 0 && o.plant.ceiling <= 1))
    problems.add("the ceiling is a correlation: above 0 and at most 1, found {}", o.plant.ceiling);
  share("the rim's share of the ceiling", o.plant.rim, 1);
  share("the share of word rate", o.plant.word_rate, 1);
  share("the share of the forecast", o.plant.forecast_share, 1);
  share("the share of shared noise", o.brain.shared_noise, 1);
  share("the share of sound", o.plant.sound, 1);
  if (o.sound && o.plant.word_rate + o.plant.sound > 1)
    problems.add("word rate and sound together take {} of the signal, more than all of it",
                 o.plant.word_rate + o.plant.sound);
  if (!(std::abs(o.brain.autocorrelation) < 1))
    problems.add("the noise's autocorrelation must be between -1 and 1, found {}", o.brain.autocorrelation);
  if (!(o.brain.gain > 0)) problems.add("the gain must be above 0, found {}", o.brain.gain);
  if (!(o.brain.gain_spread >= 0)) problems.add("the gain's spread must be 0 or more, found {}", o.brain.gain_spread);
  share("the spread of haemodynamic peaks (s)", o.brain.response.peak, most_peak_spread);
  share("the spread of undershoots", o.brain.response.undershoot, 1);
}

void check_counts(const SimulateOptions& o, Problems& problems) {
  const auto at_least = [&](const char* name, int64_t value, int64_t least) {
    if (value < least) problems.add("{} must be {} or more, found {}", name, least, value);
  };
  at_least("the number of subjects", o.brain.subjects, 1);
  at_least("the number of repeats", o.brain.repeats, 1);
  at_least("the number of stories", o.stories, 1);
  at_least("the number of twins of a story", o.twins, 0);
  at_least("the number of networks", o.drive.networks, 1);
  at_least("the neurons of a network", o.drive.neurons, 1);
  at_least("the number of constant vertices", o.plant.constant, 0);
  at_least("the number of vertices with NaN", o.plant.nan, 0);
  if (o.plant.constant + o.plant.nan > o.cortex.vertices)
    problems.add("{} defective vertices are asked for, more than half of the {} there are",
                 o.plant.constant + o.plant.nan, 2 * o.cortex.vertices);
  if (!(o.drive.tr > 0 && o.drive.tr <= 20))
    problems.add("the TR must be above 0 and at most 20 s, found {}", o.drive.tr);
  if (!(o.drive.loop_period > 4 * o.drive.tr))
    problems.add("the loop's period must be longer than four volumes ({} s), found {} s", 4 * o.drive.tr,
                 o.drive.loop_period);
  at_least("the number of components of the forecast", o.drive.forecast_components, 1);
  at_least("the number of forecast distances", std::ssize(o.drive.forecast_distances), 1);
  if (std::ranges::count(o.drive.forecast_distances, 0) > 0)
    problems.add("a forecast distance of 0 words is no forecast");
}

void check_model(const SimulateOptions& o, const ModelSpec& spec, Problems& problems) {
  const double high = o.plant.depth_high < 0 ? static_cast<double>(spec.layers) : o.plant.depth_high;
  if (!(o.plant.depth_low >= 0 && o.plant.depth_low <= high && high <= static_cast<double>(spec.layers)))
    problems.add("layers {} to {} are to be planted, but the model '{}' has layers 0 to {}", o.plant.depth_low, high,
                 o.drive.model.string(), spec.layers);
  if (o.drive.layer > spec.layers)
    problems.add("layer {} is to be planted, but the model '{}' has layers 0 to {}", o.drive.layer,
                 o.drive.model.string(), spec.layers);
  if (o.drive.forecast_components > spec.block.width)
    problems.add("{} components of the forecast are asked for, but a layer of the model has {} units",
                 o.drive.forecast_components, spec.block.width);
  const int64_t units = spec.layers * spec.block.width;
  if (o.drive.networks * o.drive.neurons > units)
    problems.add("{} networks of {} neurons need {}, but the model has {} feed-forward units", o.drive.networks,
                 o.drive.neurons, o.drive.networks * o.drive.neurons, units);
}

void check_sources(const SimulateOptions& o, Problems& problems) {
  if (!o.text.empty() && !o.words.empty()) problems.add("a text and a word table are given; give one of them");
  if ((!o.text.empty() || !o.words.empty()) && o.stories != 1)
    problems.add("{} stories are asked for, but a text or word table is one story", o.stories);
}

}  // namespace

void check_simulation(const SimulateOptions& options, const ModelSpec& spec) {
  Problems problems("the simulation contradicts itself", Fault::usage);
  check_sources(options, problems);
  check_counts(options, problems);
  check_shares(options, problems);
  check_model(options, spec, problems);
  problems.raise();
}

std::vector<Drive> possible_drives(bool tagged, bool sound) {
  std::vector<Drive> drives;
  for (const auto drive : all_drives) {
    if ((drive == Drive::syntax || drive == Drive::semantics) && !tagged) continue;
    if (drive == Drive::sound && !sound) continue;
    drives.push_back(drive);
  }
  return drives;
}

void check_drives(const std::vector<Drive>& drives, bool tagged, bool sound) {
  Problems problems("what is to be planted does not fit the stories", Fault::usage);
  const auto has = [&](Drive drive) { return std::find(drives.begin(), drives.end(), drive) != drives.end(); };
  if (!tagged && (has(Drive::syntax) || has(Drive::semantics)))
    problems.add(
        "syntax and semantics need words with parts of speech: a grammar's story, or a word table with the "
        "columns tag and head");
  if (!sound && has(Drive::sound)) problems.add("planting sound needs the stories' sound (--sound)");
  if (sound && has(Drive::sound) && !has(Drive::layers))
    problems.add("sound is a part of the signal of the layers, which are not planted");
  problems.raise();
}

}  // namespace arcuate
