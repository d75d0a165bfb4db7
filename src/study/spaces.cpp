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
  const auto spec = read_text_spec(entry.path);
  FeatureSpace space{.id = entry.name, .name = entry.name, .training = Training::trained, .seed = {}, .model = &entry};
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

double space_size(const FeatureSpace& space) {
  const double stated = space.model ? space.model->parameters : space.feature->parameters;
  if (stated > 0) return stated;
  return space.model ? count_weights(read_spec(space.model->path)) : std::nan("");
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
    TimedStory timed{.stimulus = &stimulus};
    timed.spoken = read_story(stimulus.words, options).words;
    for (const auto& word : timed.spoken) {
      timed.words.push_back(word.text);
      timed.times.push_back(word_moment(word, study.story.word_time) + study.align.offset);
    }
    stories.push_back(std::move(timed));
  }
  return stories;
}

std::filesystem::path feature_file(const FeatureEntry& feature, const std::string& story) {
  return feature.path / (story + ".npy");
}

static at::Tensor file_values(const std::filesystem::path& path, int64_t words) {
  const auto values = read_npy(path).to(at::kDouble);
  if (values.dim() != 2 || values.size(0) != words)
    bad_input("'{}' is {}, but the story has {} words: {} x features expected", path.string(), shape_text(values),
              words, words);
  if (!at::isfinite(values).all().item<bool>()) bad_input("'{}' holds values that are not finite", path.string());
  return values;
}

at::Tensor feature_values(const FeatureSpace& space, const TimedStory& story, uint64_t study_seed) {
  const auto words = static_cast<int64_t>(story.words.size());
  if (space.feature->kind == "word_rate") return at::ones({words, 1}, at::kDouble);
  if (space.feature->kind == "file") return file_values(feature_file(*space.feature, story.stimulus->name), words);
  const auto seed =
      derive_seed(study_seed + static_cast<uint64_t>(space.seed.value_or(0)), space.name + "/" + story.stimulus->name);
  return random_normals(words, space.feature->width, seed);
}

std::filesystem::path activation_file(const std::filesystem::path& work, const FeatureSpace& space,
                                      const std::string& story) {
  return work / "activations" / space.id / (story + ".h5");
}

void write_states(Hdf5Writer& file, const Activations& activations, const Model& model) {
  file.attribute("family", model.spec().family);
  file.attribute("units", units_name(activations.units));
  if (activations.units == Units::attention) {  // head h: columns h * head_size … of each layer
    file.attribute("heads", model.spec().block.heads);
    file.attribute("head_size", model.spec().block.head_size);
  }
  file.attribute("windows", activations.windows);
  file.attribute("tokens", activations.tokens);
  for (size_t i = 0; i < activations.layers.size(); ++i) {
    const auto name = model.layer_name(activations.layers[i]);
    const auto layer = static_cast<int64_t>(i);
    file.write("layer/" + name, activations.states[layer]);
    if (activations.syntactic.defined()) file.write("syntactic/" + name, activations.syntactic[layer].unsqueeze(0));
  }
}

void write_activations(Hdf5Writer& file, const Activations& activations, const Model& model,
                       const std::vector<Word>& words) {
  write_states(file, activations, model);
  std::vector<std::string> texts;
  std::vector<double> onsets, offsets;
  for (const auto& word : words) {
    texts.push_back(word.text);
    onsets.push_back(word.onset);
    offsets.push_back(word.offset);
  }
  file.write("word", texts);
  file.write("onset", to_tensor(onsets));
  file.write("offset", to_tensor(offsets));
}

// Everything a model's states depend on besides the story: configuration, weights or seed, tokenizer.
static Json model_identity(const FeatureSpace& space, std::map<std::string, std::string>& hashes) {
  Json identity = Json::object();
  const auto add = [&](const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return;
    auto& hash = hashes[path.string()];
    if (hash.empty()) hash = sha256_file(path);
    identity[path.filename().string()] = hash;
  };
  add(space.model->path / "config.json");
  for (const char* name : tokenizer_file_names()) add(space.model->path / name);
  if (space.seed)
    identity["random_init"] = *space.seed;
  else
    for (const auto& file : weight_files(space.model->path)) add(file);
  return identity;
}

static std::string extraction_id(const FeatureSpace& space, const TimedStory& story) {
  return "extract/" + space.id + "/" + story.stimulus->name;
}

std::vector<std::string> extraction_ids(const FeatureSpace& space, const std::vector<TimedStory>& stories) {
  std::vector<std::string> ids;
  if (space.model)
    for (const auto& story : stories) ids.push_back(extraction_id(space, story));
  return ids;
}

std::vector<Unit> extraction_units(const Study& study, const std::vector<FeatureSpace>& spaces,
                                   const std::vector<TimedStory>& stories, const std::filesystem::path& work,
                                   Units tapped) {
  std::vector<Unit> units;
  std::map<std::string, std::string> hashes;
  for (const auto& space : spaces) {
    if (!space.model) continue;
    const Json identity = model_identity(space, hashes);
    for (const auto& story : stories) {
      Json words = Json::array();
      for (const auto& word : story.spoken) words.push_back({word.text, word.onset, word.offset});
      Json depends{{"kind", "extract"},
                   {"model", identity},
                   {"words", words},
                   {"context", context_text(space.model->context)},
                   {"start_token", static_cast<int>(space.model->start_token)},
                   {"layers", space.layers},
                   {"precision", c10::toString(study.precision)}};
      if (tapped != Units::residual) depends["units"] = units_name(tapped);
      auto& unit = units.emplace_back();
      unit.id = extraction_id(space, story);
      unit.stage = "extract";
      unit.format = activations_format;
      unit.depends_on = std::move(depends);
      unit.needs = extraction_needs(study, space, std::ssize(story.words));
      unit.output = activation_file(work, space, story.stimulus->name);
      unit.write = [&study, space, &story, tapped](const Compute& compute, Hdf5Writer& file) {
        ModelOptions options{.type = study.precision, .device = compute.device};
        if (space.seed) options.random_init = static_cast<uint64_t>(*space.seed);
        const auto model = Model::load(space.model->path, options);
        const auto tokenizer = Tokenizer::load(space.model->path);
        const auto activations = extract(model, tokenizer, story.words,
                                         {.context = space.model->context,
                                          .layers = space.layers,
                                          .units = tapped,
                                          .start_token = space.model->start_token},
                                         compute);
        write_activations(file, activations, model, story.spoken);
      };
    }
  }
  return units;
}

}  // namespace arcuate
