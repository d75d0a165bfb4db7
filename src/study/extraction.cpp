#include "study/extraction.h"

#include <map>
#include <span>

#include "core/hash.h"
#include "input/sound.h"
#include "input/tokenizer.h"
#include "model/checkpoint.h"
#include "study/activations_file.h"
#include "study/feature_kinds.h"
#include "study/study_needs.h"

namespace arcuate {

namespace fs = std::filesystem;

fs::path activation_file(const fs::path& work, const FeatureSpace& space, const std::string& story) {
  return work / "activations" / space.id / (story + ".h5");
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

namespace {

// Hashes of files, each computed once.
class Hashes {
 public:
  const std::string& of(const fs::path& path) {
    auto& hash = known_[path.string()];
    if (hash.empty()) hash = sha256_file(path);
    return hash;
  }

 private:
  std::map<std::string, std::string> known_;
};

constexpr const char* sound_files[] = {"preprocessor_config.json"};

// Everything a model's states depend on besides the story: configuration, weights or seed, how it reads or hears.
Json model_identity(const FeatureSpace& space, Hashes& hashes) {
  Json identity = Json::object();
  const auto add = [&](const fs::path& path) {
    if (fs::exists(path)) identity[path.filename().string()] = hashes.of(path);
  };
  add(space.model->path / "config.json");
  for (const char* name : space.hears ? std::span<const char* const>(sound_files) : tokenizer_file_names())
    add(space.model->path / name);
  if (space.seed)
    identity["random_init"] = *space.seed;
  else
    for (const auto& file : weight_files(space.model->path)) add(file);
  return identity;
}

Model load_model(const Study& study, const FeatureSpace& space, const Compute& compute) {
  ModelOptions options{.type = study.precision, .device = compute.device};
  if (space.seed) options.random_init = static_cast<uint64_t>(*space.seed);
  return Model::load(space.model->path, options);
}

void read_text(Unit& unit, const Study& study, const FeatureSpace& space, const TimedStory& story, Units tapped) {
  Json words = Json::array();
  for (const auto& word : story.spoken) words.push_back({word.text, word.onset, word.offset});
  unit.depends_on["words"] = words;
  unit.depends_on["context"] = context_text(space.model->context);
  unit.depends_on["start_token"] = static_cast<int>(space.model->start_token);
  unit.depends_on["pooling"] = static_cast<int>(space.model->pooling);
  unit.depends_on["untokenized"] = static_cast<int>(space.model->untokenized);
  unit.needs = extraction_needs(study, space, std::ssize(story.words));
  unit.write = [&study, space, &story, tapped](const Compute& compute, Hdf5Writer& file) {
    const auto model = load_model(study, space, compute);
    const auto activations = extract(model, Tokenizer::load(space.model->path), story.words,
                                     {.context = space.model->context,
                                      .layers = space.layers,
                                      .units = tapped,
                                      .start_token = space.model->start_token,
                                      .pooling = space.model->pooling,
                                      .untokenized = space.model->untokenized},
                                     compute);
    write_activations(file, activations, model, story.spoken);
  };
}

void hear_sound(Unit& unit, const Study& study, const FeatureSpace& space, const TimedStory& story, Units tapped,
                Hashes& hashes) {
  const SoundWindowOptions windows{.window = space.model->sound_window, .stride = space.model->sound_stride};
  const auto& path = sound_of(*story.stimulus);
  unit.depends_on["sound"] = hashes.of(path);
  unit.depends_on["sound_window"] = windows.window;
  unit.depends_on["sound_stride"] = windows.stride;
  unit.needs = hearing_needs(study, space, path);
  unit.write = [&study, space, path, windows, tapped](const Compute& compute, Hdf5Writer& file) {
    const auto model = load_model(study, space, compute);
    const auto input = read_sound_input(space.model->path, model.spec());
    const auto sound = read_sound(path, input.rate);
    const auto heard = extract_sound(model, input, sound.samples,
                                     {.windows = windows, .layers = space.layers, .units = tapped}, compute);
    write_heard(file, heard, model, windows);
  };
}

}  // namespace

std::vector<Unit> extraction_units(const Study& study, const std::vector<FeatureSpace>& spaces,
                                   const std::vector<TimedStory>& stories, const fs::path& work, Units tapped) {
  std::vector<Unit> units;
  Hashes hashes;
  for (const auto& space : spaces) {
    if (!space.model) continue;
    const Json identity = model_identity(space, hashes);
    for (const auto& story : stories) {
      auto& unit = units.emplace_back();
      unit.id = extraction_id(space, story);
      unit.stage = "extract";
      unit.format = activations_format;
      unit.output = activation_file(work, space, story.stimulus->name);
      unit.depends_on = {{"kind", "extract"},
                         {"model", identity},
                         {"layers", space.layers},
                         {"precision", c10::toString(study.precision)}};
      if (tapped != Units::residual) unit.depends_on["units"] = units_name(tapped);
      if (space.hears)
        hear_sound(unit, study, space, story, tapped, hashes);
      else
        read_text(unit, study, space, story, tapped);
    }
  }
  return units;
}

}  // namespace arcuate
