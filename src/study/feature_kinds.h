// The feature spaces that need no model: one kind for each sort of number along a story.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <span>
#include <vector>

#include "study/spaces.h"

namespace arcuate {

/// Values at moments of a story.
struct TimedValues {
  at::Tensor values;          ///< N x features, float64
  std::vector<double> times;  ///< N, in seconds on the story's clock, with the study's offset
};

struct FeatureKind {
  const char* name;
  enum class Path { none, folder, file } path = Path::none;  ///< What the key `path` names.
  enum class Moments { words, sound, phones } moments = Moments::words;
  TimedValues (*values)(const FeatureSpace& space, const TimedStory& story, uint64_t study_seed);
  int64_t (*width)(const FeatureSpace& space, const TimedStory& story);
  /// Files that the values depend on, besides the story's words.
  std::vector<std::filesystem::path> (*files)(const FeatureEntry& entry, const Stimulus& stimulus);
};
std::span<const FeatureKind> feature_kinds();
/// Errors: usage, naming the known kinds. `kind` of a study that was read is always one.
const FeatureKind& feature_kind(const std::string& kind);

/// Values of a space without a model. Errors: input; for files whose rows are not the story's words or that hold values
/// that are not finite, word vectors of which the story has no word, and a story without what the kind reads.
TimedValues feature_values(const FeatureSpace& space, const TimedStory& story, uint64_t study_seed);

/// The recording of a story. Errors: input, for a dataset that names none.
const std::filesystem::path& sound_of(const Stimulus& stimulus);
/// A moment of the recording in seconds on the story's clock, with the study's offset.
double story_moment(const TimedStory& story, double seconds_of_sound);

}  // namespace arcuate
