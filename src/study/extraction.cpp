#include "study/extraction.h"

#include <map>

#include "core/error.h"
#include "core/hash.h"
#include "input/sound.h"
#include "input/tokenizer.h"
#include "model/checkpoint.h"
#include "model/heard_words.h"
#include "study/activations_file.h"
#include "study/extraction_needs.h"
#include "study/feature_kinds.h"

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

// Everything a model's states depend on besides the story: configuration, weights or seed, how it reads or hears.
Json model_identity(const FeatureSpace& space, Hashes& hashes) {
  Json identity = Json::object();
  const auto add = [&](const fs::path& path) {
    if (fs::exists(path)) identity[path.filename().string()] = hashes.of(path);
  };
  add(space.model->path / "config.json");
  if (!space.hears)
    for (const char* name : tokenizer_file_names()) add(space.model->path / name);
  if (needs_recording(space)) add(space.model->path / "preprocessor_config.json");
  if (space.seed)
    identity["random_init"] = *space.seed;
  else
    for (const auto& file : weight_files(space.model->path)) add(file);
  return identity;
}

ExtractOptions options_of(const ExtractionWork& work, const FeatureSpace& space) {
  return {.context = space.model->context,
          .layers = space.layers,
          .units = work.tapped,
          .start_token = space.model->start_token,
          .pooling = space.model->pooling,
          .untokenized = space.model->untokenized};
}

SoundWindowOptions windows_of(const FeatureSpace& space) {
  return {.window = space.model->sound_window, .stride = space.model->sound_stride};
}

// Layers of the model, each into the file of its story.
auto layer_writer(const Model& model, const FeatureSpace& space, Hdf5Writer& file) {
  return [&](size_t tap, const at::Tensor& states) { write_layer(file, model.layer_name(space.layers[tap]), states); };
}

Model load_part(const ExtractionWork& work, const FeatureSpace& space, const Compute& compute, ModelPart part) {
  ModelOptions options{.type = work.study.precision, .device = compute.device, .part = part};
  if (space.seed) options.random_init = static_cast<uint64_t>(*space.seed);
  if (is_streamed(work, space))
    options.streaming = Streaming{.memory = memory_limit(work.machine.memory).bytes, .scratch = work.work};
  return Model::load(space.model->path, options);
}

void read_stories(const ExtractionWork& work, const FeatureSpace& space, const Compute& compute,
                  const std::vector<UnitPart>& parts) {
  const auto model = load_model(work, space, compute);
  const auto story_of = [&](const UnitPart& part) -> const TimedStory& { return work.stories[part.part]; };
  std::vector<StoryInput> stories;
  stories.reserve(parts.size());  // inputs refer to them
  std::vector<BatchedInput> inputs;
  const auto tokenizer = Tokenizer::load(space.model->path);
  for (const auto& part : parts) {
    const auto& own =
        stories.emplace_back(within(fmt::format("reading the story '{}'", story_of(part).stimulus->name), [&] {
          return story_input(model, tokenizer, story_of(part).words, options_of(work, space));
        }));
    write_identity(part.file, own.made, model);
    inputs.push_back({.batches = own.batches,
                      .rows = own.rows,
                      .take = [&own, write = layer_writer(model, space, part.file)](
                                  size_t tap, const at::Tensor& states) { write(tap, word_states(own, states)); }});
  }
  run_inputs(model, inputs, {.layers = space.layers, .units = work.tapped}, compute);
  for (const auto& part : parts) write_words(part.file, story_of(part).spoken);
}

void hear_recording(const ExtractionWork& work, const FeatureSpace& space, const Compute& compute,
                    const UnitPart& part) {
  const auto model = load_model(work, space, compute);
  const auto input = read_sound_input(space.model->path, model.spec());
  const auto sound = read_sound(sound_of(*work.stories[part.part].stimulus), input.rate);
  const auto recording = recording_input(model, input, sound.samples,
                                         {.windows = windows_of(space), .layers = space.layers, .units = work.tapped});
  const auto& made = recording.heard.activations;
  write_identity(part.file, made, model);
  const BatchedInput whole{
      .batches = recording.batches, .rows = made.windows, .take = layer_writer(model, space, part.file)};
  run_inputs(model, {&whole, 1}, {.layers = space.layers, .units = work.tapped}, compute);
  write_windows(part.file, recording.heard.times, windows_of(space));
}

HeardWordOptions heard_options_of(const ExtractionWork& work, const FeatureSpace& space) {
  return {.window = space.model->sound_window,
          .layers = space.layers,
          .units = work.tapped,
          .pooling = space.model->pooling,
          .language = space.model->language};
}

// The story's words, on the recording's clock.
std::vector<Word> words_in_recording(const TimedStory& story) {
  auto words = story.spoken;
  for (auto& word : words) {
    word.onset -= story.stimulus->sound_start;
    word.offset -= story.stimulus->sound_start;
  }
  return words;
}

void hear_and_read_story(const ExtractionWork& work, const FeatureSpace& space, const Compute& compute,
                         const UnitPart& part) {
  const auto& story = work.stories[part.part];
  const auto encoder = load_part(work, space, compute, ModelPart::main), decoder = load_model(work, space, compute);
  const auto tokenizer = Tokenizer::load(space.model->path);
  const HearingReader model{encoder, decoder, tokenizer, read_sound_input(space.model->path, encoder.spec())};
  const auto sound = read_sound(sound_of(*story.stimulus), model.input.rate);
  const auto made = within(fmt::format("hearing and reading the story '{}'", story.stimulus->name), [&] {
    return extract_heard_words(model, {sound.samples, words_in_recording(story)}, heard_options_of(work, space),
                               compute);
  });
  write_activations(part.file, made, decoder, story.spoken);
  part.file.attribute("part", "decoder");
  part.file.attribute("sound_window", space.model->sound_window);
  part.file.attribute("sound_start", story.stimulus->sound_start);
}

void depend_on_words(Unit& unit, const TimedStory& story) {
  Json words = Json::array();
  for (const auto& word : story.spoken) words.push_back({word.text, word.onset, word.offset});
  unit.depends_on["words"] = words;
}

void set_hearing_and_reading(Unit& unit, const ExtractionWork& work, const FeatureSpace& space, size_t story,
                             Hashes& hashes) {
  depend_on_words(unit, work.stories[story]);
  unit.depends_on["part"] = "decoder";
  unit.depends_on["sound"] = hashes.of(sound_of(*work.stories[story].stimulus));
  unit.depends_on["sound_start"] = work.stories[story].stimulus->sound_start;
  unit.depends_on["sound_window"] = space.model->sound_window;
  unit.depends_on["language"] = space.model->language;
  unit.depends_on["pooling"] = static_cast<int>(space.model->pooling);
  unit.needs = hearing_and_reading_needs(work, space, story);
  unit.write = [work, space, story](const Compute& compute, Hdf5Writer& file) {
    hear_and_read_story(work, space, compute, {story, file});
  };
}

void set_reading(Unit& unit, const ExtractionWork& work, const FeatureSpace& space, size_t story) {
  depend_on_words(unit, work.stories[story]);
  unit.depends_on["context"] = context_text(space.model->context);
  unit.depends_on["start_token"] = static_cast<int>(space.model->start_token);
  unit.depends_on["pooling"] = static_cast<int>(space.model->pooling);
  unit.depends_on["untokenized"] = static_cast<int>(space.model->untokenized);
  unit.needs = reading_needs(work, space, story);
  const auto read = [work, space](const Compute& compute, const std::vector<UnitPart>& parts) {
    read_stories(work, space, compute, parts);
  };
  if (is_streamed(work, space))
    unit.group = {.name = unit.output.parent_path().string(), .part = story, .write = read};
  else
    unit.write = [read, story](const Compute& compute, Hdf5Writer& file) { read(compute, {{story, file}}); };
}

void set_hearing(Unit& unit, const ExtractionWork& work, const FeatureSpace& space, size_t story, Hashes& hashes) {
  unit.depends_on["sound"] = hashes.of(sound_of(*work.stories[story].stimulus));
  unit.depends_on["sound_window"] = windows_of(space).window;
  unit.depends_on["sound_stride"] = windows_of(space).stride;
  unit.needs = hearing_needs(work, space, story);
  unit.write = [work, space, story](const Compute& compute, Hdf5Writer& file) {
    hear_recording(work, space, compute, {story, file});
  };
}

}  // namespace

ExtractionWork extraction_work(const EncodingPlan& plan) {
  return {.study = plan.study, .stories = plan.stories, .work = plan.work, .machine = plan.machine};
}

bool is_streamed(const ExtractionWork& work, const FeatureSpace& space) {
  return is_streamed(weights_of(space), work.study.precision, memory_limit(work.machine.memory));
}

Model load_model(const ExtractionWork& work, const FeatureSpace& space, const Compute& compute) {
  return load_part(work, space, compute, space.model->part);
}

std::vector<Unit> extraction_units(const ExtractionWork& work, const std::vector<FeatureSpace>& spaces) {
  std::vector<Unit> units;
  Hashes hashes;
  for (const auto& space : spaces) {
    if (!space.model) continue;
    const Json identity = model_identity(space, hashes);
    for (size_t story = 0; story < work.stories.size(); ++story) {
      auto& unit = units.emplace_back();
      unit.id = extraction_id(space, work.stories[story]);
      unit.stage = "extract";
      unit.format = activations_format;
      unit.output = activation_file(work.work, space, work.stories[story].stimulus->name);
      unit.depends_on = {{"kind", "extract"},
                         {"model", identity},
                         {"layers", space.layers},
                         {"precision", c10::toString(work.study.precision)}};
      if (work.tapped != Units::residual) unit.depends_on["units"] = units_name(work.tapped);
      if (space.hears)
        set_hearing(unit, work, space, story, hashes);
      else if (needs_recording(space))
        set_hearing_and_reading(unit, work, space, story, hashes);
      else
        set_reading(unit, work, space, story);
    }
  }
  return units;
}

}  // namespace arcuate
