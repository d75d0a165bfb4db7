#include "study/spaces.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/hash.h"
#include "core/random.h"
#include "core/tensor.h"
#include "core/text.h"
#include "input/tokenizer.h"
#include "io/hdf5.h"
#include "io/npy.h"
#include "model/checkpoint.h"
#include "study/study_needs.h"

namespace arcuate {

std::string training_name(Training training) {
  switch (training) {
    case Training::trained:
      return "trained";
    case Training::untrained:
      return "untrained";
    case Training::none:
      return "n/a";
  }
  return "";
}

std::vector<int64_t> parse_layers(const std::string& text, int64_t depth) {
  std::vector<int64_t> layers;
  if (text == "all") {
    for (int64_t layer = 0; layer <= depth; ++layer) layers.push_back(layer);
    return layers;
  }
  for (const auto& field : split_fields(text, ',')) {
    const auto name = std::string(trim(field));
    const auto number = to_integer(name);
    if (name != "final" && (!number || *number < 0 || *number > depth))
      bad_usage("layer '{}' is not one of 0 (embedding) to {} or 'final'", name, depth);
    layers.push_back(name == "final" ? depth + 1 : *number);
  }
  std::sort(layers.begin(), layers.end());
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  return layers;
}

static void set_layers(FeatureSpace& space, const std::string& layers, int64_t depth) {
  space.layers = parse_layers(layers, depth);
  space.layer_names.clear();
  for (int64_t layer : space.layers) space.layer_names.push_back(layer > depth ? "final" : std::to_string(layer));
}

static void add_model(const ModelEntry& entry, std::vector<FeatureSpace>& spaces) {
  const auto spec = read_spec(entry.path, entry.part);
  FeatureSpace space{.id = entry.name,
                     .name = entry.name,
                     .training = Training::trained,
                     .seed = {},
                     .model = &entry,
                     .hears = spec.sound.has_value()};
  set_layers(space, entry.layers, spec.layers);
  spaces.push_back(space);
  space.training = Training::untrained;
  if (!entry.untrained_layers.empty()) set_layers(space, entry.untrained_layers, spec.layers);
  for (int64_t seed : entry.untrained_seeds) {
    space.id = fmt::format("{}.untrained-{}", entry.name, seed);
    space.seed = seed;
    spaces.push_back(space);
  }
}

std::vector<FeatureSpace> feature_spaces(const Study& study) {
  std::vector<FeatureSpace> spaces;
  for (const auto& entry : study.models) add_model(entry, spaces);
  for (const auto& entry : study.features) {
    if (entry.kind != "random") {
      spaces.push_back({.id = entry.name, .name = entry.name, .feature = &entry});
      continue;
    }
    for (int64_t seed : entry.seeds)
      spaces.push_back({.id = fmt::format("{}-{}", entry.name, seed),
                        .name = entry.name,
                        .training = Training::none,
                        .seed = seed,
                        .feature = &entry});
  }
  return spaces;
}

ModelSpec spec_of(const FeatureSpace& space) { return read_spec(space.model->path, space.model->part); }

double weights_of(const FeatureSpace& space) {
  const double own = count_weights(spec_of(space));
  return space.model->part == ModelPart::decoder ? own + count_weights(read_spec(space.model->path)) : own;
}

bool needs_recording(const FeatureSpace& space) {
  return space.hears || (space.model && space.model->part == ModelPart::decoder);
}

double space_size(const FeatureSpace& space) {
  const double stated = space.model ? space.model->parameters : space.feature->parameters;
  if (stated > 0) return stated;
  return space.model ? weights_of(space) : std::nan("");
}

static double word_moment(const Word& word, WordTime moment) {
  switch (moment) {
    case WordTime::onset:
      return word.onset;
    case WordTime::offset:
      return word.offset;
    case WordTime::midpoint:
      break;
  }
  return (word.onset + word.offset) / 2;
}

std::vector<TimedStory> read_stories(const Study& study, const Dataset& dataset) {
  const StoryOptions options{
      .tier = study.story.tier, .lowercase = study.story.lowercase, .untimed = study.story.untimed};
  std::vector<TimedStory> stories;
  for (const auto& stimulus : dataset.stories) {
    TimedStory timed{.stimulus = &stimulus, .offset = study.align.offset};
    timed.spoken = read_story(stimulus.words, options).words;
    for (const auto& word : timed.spoken) {
      timed.words.push_back(word.text);
      timed.times.push_back(word_moment(word, study.story.word_time) + study.align.offset);
    }
    stories.push_back(std::move(timed));
  }
  return stories;
}

}  // namespace arcuate
