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
  std::vector<int64_t> layers{0};
  std::vector<std::string> layer_names{"0"};
};

/// All spaces, in the order of the study: models with their twins, then features.
std::vector<FeatureSpace> feature_spaces(const Study& study);

/// Parameters of the model behind a space, or those that the study file states; NaN where there are none.
double space_size(const FeatureSpace& space);

/// The layers that `text` ("all", "0,4,final") names for a model of `depth` blocks, ascending. Errors: usage.
std::vector<int64_t> parse_layers(const std::string& text, int64_t depth);

/// A story of the study with the text each model reads and the time at which each word counts.
struct TimedStory {
  const Stimulus* stimulus = nullptr;
  std::vector<Word> spoken{};        ///< As in the file.
  std::vector<std::string> words{};  ///< Their texts.
  std::vector<double> times{};       ///< Moment of each word in seconds, with the study's offset.
};
std::vector<TimedStory> read_stories(const Study& study, const Dataset& dataset);

/// Word-by-feature values of a space without a model: words x width, float64. Errors: input, for a file whose rows are
/// not the story's words or that holds values that are not finite.
at::Tensor feature_values(const FeatureSpace& space, const TimedStory& story, uint64_t study_seed);

/// The array behind a story's values of a space of the kind "file".
std::filesystem::path feature_file(const FeatureEntry& feature, const std::string& story);

/// One unit a model (or twin) and story: the states, or other units, of all its layers. The names of their stage,
/// which is also their folder, and of what they tap.
std::vector<Unit> extraction_units(const Study& study, const std::vector<FeatureSpace>& spaces,
                                   const std::vector<TimedStory>& stories, const std::filesystem::path& work,
                                   Units tapped = Units::residual);
/// The units that hold a space's states; none for a space without a model.
std::vector<std::string> extraction_ids(const FeatureSpace& space, const std::vector<TimedStory>& stories);
std::filesystem::path activation_file(const std::filesystem::path& work, const FeatureSpace& space,
                                      const std::string& story);

/// Writes extracted states with what identifies them: "layer/<name>" (words x width), "syntactic/<name>" (1 x words
/// (x ahead) x width: the mean over texts, where there are some) and attributes.
void write_states(Hdf5Writer& file, const Activations& activations, const Model& model);
/// The same, and "onset", "offset" and "word".
void write_activations(Hdf5Writer& file, const Activations& activations, const Model& model,
                       const std::vector<Word>& words);
inline constexpr const char* activations_format = "arcuate activations 1";

}  // namespace arcuate
