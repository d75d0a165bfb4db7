#include "study/feature_kinds.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"
#include "core/text.h"
#include "input/sound_features.h"
#include "input/word_vectors.h"
#include "io/npy.h"

namespace arcuate {

namespace fs = std::filesystem;

const fs::path& sound_of(const Stimulus& stimulus) {
  if (stimulus.sound.empty())
    bad_input(
        "the dataset names no recording of the story '{}'; in the layout arrays, add a column 'sound' to stories.tsv",
        stimulus.name);
  return stimulus.sound;
}

double story_moment(const TimedStory& story, double seconds_of_sound) {
  return story.stimulus->sound_start + seconds_of_sound + story.offset;
}

namespace {

using Paths = std::vector<fs::path>;

constexpr int64_t sound_rate = 16000;  // samples a second that features are made of

int64_t word_count(const TimedStory& story) { return std::ssize(story.words); }

Paths no_files(const FeatureEntry&, const Stimulus&) { return {}; }
Paths sound_files(const FeatureEntry&, const Stimulus& stimulus) { return {sound_of(stimulus)}; }
int64_t one_wide(const FeatureSpace&, const TimedStory&) { return 1; }
int64_t as_wide_as_said(const FeatureSpace& space, const TimedStory&) { return space.feature->width; }

// A one for each word.
TimedValues word_rate(const FeatureSpace&, const TimedStory& story, uint64_t) {
  return {at::ones({word_count(story), 1}, at::kDouble), story.times};
}

// Standard normal numbers for each word.
TimedValues random_values(const FeatureSpace& space, const TimedStory& story, uint64_t study_seed) {
  const auto seed =
      derive_seed(study_seed + static_cast<uint64_t>(space.seed.value_or(0)), space.name + "/" + story.stimulus->name);
  return {random_normals(word_count(story), space.feature->width, seed), story.times};
}

// Numbers of the user's own.
fs::path array_file(const FeatureEntry& entry, const Stimulus& stimulus) {
  return entry.path / (stimulus.name + ".npy");
}
Paths array_files(const FeatureEntry& entry, const Stimulus& stimulus) { return {array_file(entry, stimulus)}; }

TimedValues file_values(const FeatureSpace& space, const TimedStory& story, uint64_t) {
  const auto path = array_file(*space.feature, *story.stimulus);
  const auto values = read_npy(path).to(at::kDouble);
  const auto words = word_count(story);
  if (values.dim() != 2 || values.size(0) != words)
    bad_input("'{}' is {}, but the story has {} words: {} x features expected", path.string(), shape_text(values),
              words, words);
  if (!at::isfinite(values).all().item<bool>()) bad_input("'{}' holds values that are not finite", path.string());
  return {values, story.times};
}

int64_t file_width(const FeatureSpace& space, const TimedStory& story) {
  const auto shape = npy_shape(array_file(*space.feature, *story.stimulus));
  return shape.size() == 2 ? shape[1] : 1;
}

// Static word vectors: as the word stands, else in lower case, else zeros.
Paths vector_files(const FeatureEntry& entry, const Stimulus&) { return {entry.path}; }
int64_t vector_width(const FeatureSpace& space, const TimedStory&) { return word_vector_width(space.feature->path); }

TimedValues vector_values(const FeatureSpace& space, const TimedStory& story, uint64_t) {
  std::set<std::string> wanted;
  for (const auto& word : story.words) wanted.insert({word, lower_ascii(word)});
  const auto known = read_word_vectors(space.feature->path, wanted);
  if (known.vectors.empty())
    bad_input("'{}' holds no word of the story '{}'", space.feature->path.string(), story.stimulus->name);
  auto values = at::zeros({word_count(story), known.width}, at::kDouble);
  for (size_t i = 0; i < story.words.size(); ++i) {
    auto found = known.vectors.find(story.words[i]);
    if (found == known.vectors.end()) found = known.vectors.find(lower_ascii(story.words[i]));
    if (found != known.vectors.end()) values[static_cast<int64_t>(i)] = found->second;
  }
  return {values, story.times};
}

// A one for each phone, at its middle.
Paths phone_files(const FeatureEntry&, const Stimulus& stimulus) { return {stimulus.words}; }

TimedValues phoneme_rate(const FeatureSpace& space, const TimedStory& story, uint64_t) {
  const auto& file = story.stimulus->words;
  if (lower_ascii(file.extension().string()) != ".textgrid")
    bad_input("the story '{}' has no tier of phones: '{}' is no TextGrid", story.stimulus->name, file.string());
  const auto phones = read_story(file, {.tier = space.feature->tier}).words;
  TimedValues made{at::ones({std::ssize(phones), 1}, at::kDouble), {}};
  for (const auto& phone : phones) made.times.push_back((phone.onset + phone.offset) / 2 + story.offset);
  return made;
}

// What the recording holds.
template <class Make>
TimedValues heard(const TimedStory& story, const Make& make) {
  const auto& path = sound_of(*story.stimulus);
  auto feature = within(fmt::format("hearing '{}'", path.string()), [&] { return make(read_sound(path, sound_rate)); });
  for (auto& time : feature.times) time = story_moment(story, time);
  return {feature.values, std::move(feature.times)};
}
TimedValues envelope(const FeatureSpace& space, const TimedStory& story, uint64_t) {
  return heard(story, [&](const Sound& sound) { return sound_envelope(sound, space.feature->step); });
}
TimedValues power(const FeatureSpace& space, const TimedStory& story, uint64_t) {
  return heard(story, [&](const Sound& sound) { return sound_power(sound, space.feature->step); });
}
TimedValues mel(const FeatureSpace& space, const TimedStory& story, uint64_t) {
  return heard(story,
               [&](const Sound& sound) { return mel_spectrogram(sound, space.feature->width, space.feature->step); });
}

constexpr auto none = FeatureKind::Path::none, folder = FeatureKind::Path::folder, file = FeatureKind::Path::file;
constexpr auto words = FeatureKind::Moments::words, sound = FeatureKind::Moments::sound,
               phones = FeatureKind::Moments::phones;

constexpr FeatureKind kinds[] = {
    {"word_rate", none, words, word_rate, one_wide, no_files},
    {"random", none, words, random_values, as_wide_as_said, no_files},
    {"file", folder, words, file_values, file_width, array_files},
    {"word_vectors", file, words, vector_values, vector_width, vector_files},
    {"phoneme_rate", none, phones, phoneme_rate, one_wide, phone_files},
    {"envelope", none, sound, envelope, one_wide, sound_files},
    {"sound_power", none, sound, power, one_wide, sound_files},
    {"mel_spectrogram", none, sound, mel, as_wide_as_said, sound_files},
};

}  // namespace

std::span<const FeatureKind> feature_kinds() { return kinds; }

const FeatureKind& feature_kind(const std::string& kind) {
  std::vector<std::string> names;
  for (const auto& known : kinds) {
    if (kind == known.name) return known;
    names.emplace_back(known.name);
  }
  bad_usage("a [[feature]] has the kind '{}'; known: {}", kind, join(names, ", "));
}

TimedValues feature_values(const FeatureSpace& space, const TimedStory& story, uint64_t study_seed) {
  return feature_kind(space.feature->kind).values(space, story, study_seed);
}

}  // namespace arcuate
