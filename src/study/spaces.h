// The feature spaces of a study: each trained model, each untrained twin, each control, as one list.
#pragma once
#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "study/study.h"
#include "study/work_graph.h"

namespace arcuate {

enum class Training { trained, untrained, none };  ///< none: a feature space without a model.
std::string training_name(Training training);

struct FeatureSpace {
  std::string id{};    ///< "tales-1m", "tales-1m.untrained-3", "word_rate": folder and unit names.
  std::string name{};  ///< "tales-1m": as in the study.
  Training training = Training::none;
  std::optional<int64_t> seed{};  ///< Of the twin or the random features.
  const ModelEntry* model = nullptr;
  const FeatureEntry* feature = nullptr;
  bool hears = false;  ///< The model hears the recording; its states have times of their own.
  std::vector<int64_t> layers{0};
  std::vector<std::string> layer_names{"0"};
};

/// All spaces, in the order of the study: models with their twins, then features.
std::vector<FeatureSpace> feature_spaces(const Study& study);

/// Of a space with a model: the spec of what gives its states, the weights of all that this takes (a decoder looks at
/// what an encoder heard), and whether it takes the story's recording.
ModelSpec spec_of(const FeatureSpace& space);
double weights_of(const FeatureSpace& space);
bool needs_recording(const FeatureSpace& space);

/// Parameters of the model behind a space, or those that the study file states; NaN where there are none.
double space_size(const FeatureSpace& space);

/// The layers that `text` ("all", "0,4,final") names for a model of `depth` blocks, ascending. Errors: usage.
std::vector<int64_t> parse_layers(const std::string& text, int64_t depth);

/// A story of the study with the text each model reads and the time at which each word counts.
struct TimedStory {
  const Stimulus* stimulus = nullptr;
  std::vector<Word> spoken{};        ///< As in the file.
  std::vector<std::string> words{};  ///< Their texts.
  std::vector<double> times{};       ///< Moment of each word in seconds, with the study's offset …
  double offset = 0;                 ///< … which is this.
};
std::vector<TimedStory> read_stories(const Study& study, const Dataset& dataset);

}  // namespace arcuate
