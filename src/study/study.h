// A study: what a person writes in a TOML file, as one structure with every default filled in.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "brain/dataset.h"
#include "encode/align.h"
#include "encode/inner_folds.h"
#include "encode/ridge.h"
#include "input/story.h"
#include "io/json.h"
#include "model/context.h"
#include "model/extract.h"
#include "study/judged_entries.h"

namespace arcuate {

enum class WordTime { midpoint, onset, offset };

/// A language model, and the untrained twins that go with it.
struct ModelEntry {
  std::string name{};
  std::filesystem::path path{};
  std::string given_path{};    ///< As written in the study file.
  std::string layers = "all";  ///< "all" or a comma-separated list; "final" is the state after the last norm.
  ContextOptions context{};
  StartToken start_token = StartToken::from_tokenizer;
  Pooling pooling = Pooling::last;
  Untokenized untokenized = Untokenized::error;
  ModelPart part = ModelPart::main;  ///< The decoder (Whisper's) reads the words while it looks at what was heard.
  double sound_window = 16.1, sound_stride = 0.1;  ///< Of a model that hears sound, in seconds; a decoder has windows.
  std::string language = "en";                     ///< Of the transcript that a decoder reads.
  std::vector<int64_t> untrained_seeds{};          ///< One untrained twin a seed.
  std::string untrained_layers{};                  ///< Layers of the twins; empty: those of the model.
  double parameters = 0;                           ///< Size that analyses go by; 0: the number of its weights.
};

/// A feature space that needs no model.
struct FeatureEntry {
  std::string name{};
  std::string kind = "word_rate";  ///< One of feature_kinds().
  std::filesystem::path path{};    ///< file: folder of one STORY.npy a story, words x features. word_vectors: the file.
  std::string given_path{};        ///< As written in the study file.
  int64_t width = 64;              ///< random: features. mel_spectrogram: bands.
  double step = 0.01;              ///< envelope, sound_power, mel_spectrogram: seconds from one value to the next.
  std::string tier = "phone";      ///< phoneme_rate: TextGrid tier, by name or number from 1.
  std::vector<int64_t> seeds{0};   ///< random: one space a seed.
  double parameters = 0;           ///< Size that analyses go by, as of a model; 0: none.
};

struct StoryEntry {
  std::string tier{};  ///< TextGrid tier; empty: the one of words.
  bool lowercase = false;
  Untimed untimed = Untimed::error;
  WordTime word_time = WordTime::midpoint;  ///< The moment at which a word's features are placed.
};

struct AlignEntry {
  AlignOptions options{};
  std::vector<int64_t> delays{1, 2, 3, 4};  ///< TRs.
  int64_t trim_start = 0, trim_end = 0;     ///< Rows cut from both ends of every story, features and responses alike.
  double offset = 0;                        ///< Seconds added to every word's time.
  double highpass = 128;                    ///< Seconds; 0: none. Applied per story to design and responses.
  bool zscore = false;  ///< z-score design and responses over each whole story (test rows included).
};

struct EncodeEntry {
  RidgeOptions ridge{};  ///< Penalties, selection, intercept, scaling (by training rows).
  std::string penalties = "log:0:6:13";
  PenaltyUnit penalty_unit = PenaltyUnit::lambda;  ///< Of `penalties` and of tables; ridge.penalties are lambda.
  std::string folds = "5";                         ///< Outer folds: a number of contiguous blocks, or "story".
  std::vector<std::string> test{};                 ///< Stories that are scored, by models of all others: no folds.
  int64_t test_trim_start = 0, test_trim_end = 0;  ///< Rows cut from both ends of a test story besides align's.
  std::string inner = "auto";                      ///< How inner folds are cut, as of encode/inner_folds.h.
  InnerFolds inner_rule{};                         ///< The same, read.
  int64_t inner_folds = 5;
  int64_t gap = 5;  ///< TRs between training and test rows, on both sides.
  /// Targets, of all subjects, that are encoded at once, at most: memory grows with it, and each such block decomposes
  /// the design anew. Scores do not depend on it.
  int64_t columns = 65536;
  bool mean_subject = true;  ///< Also encode the mean of all subjects' z-scored responses.
};

struct ControlEntry {
  std::vector<std::string> spaces{};  ///< Feature spaces without a model that every model must beat.
  std::vector<double> scales{
      0.1, 1,
      10};  ///< Joint model: scales of the control band to choose from; at 1 both bands have the same total variance.
};

struct MapsEntry {
  std::vector<double> depths{
      0.5};               ///< Of the cortex at which surfaces take values of voxels: 0 white, 1 pial; their mean.
  bool pycortex = false;  ///< Also an HDF5 file of the maps for pycortex, where the dataset has its transform.
};

struct PermutationEntry {
  int64_t count = 1000;
  int64_t min_shift = 0;  ///< TRs; 0: longest delay + 10.
  bool refit = false;     ///< Shift the features and fit anew for every draw (slow) instead of shifting predictions.
};

class Analysis;

/// What is asked for on top of brain scores (study/analysis.h).
struct AnalysisEntry {
  std::string kind{};
  std::string name{};  ///< In file names; the kind when the file gives none.
  std::shared_ptr<const Analysis> analysis{};
};

struct Study {
  std::string name = "study";
  std::string recipe{};  ///< Published protocol that filled the holes (study/recipes.h); empty: none.
  uint64_t seed = 0;
  at::ScalarType precision = at::ScalarType::Float;
  DatasetOptions dataset{};
  std::string given_root{};  ///< dataset.root as written in the study file …
  std::string given_tasks{}, given_exclusions{}, given_surfaces{}, given_names{};
  std::vector<std::string> given_mask{}, given_atlas{};  ///< … and other paths of [dataset].
  StoryEntry story{};
  std::vector<ModelEntry> models{};
  std::vector<FeatureEntry> features{};
  AlignEntry align{};
  EncodeEntry encode{};
  ControlEntry controls{};
  ScoreEntry score{};
  MapsEntry maps{};
  CeilingEntry ceiling{};
  LocaliserEntry localiser{};
  PermutationEntry permutation{};
  std::vector<AnalysisEntry> analyses{};

  int64_t min_shift() const;  ///< The shift in force.
  bool is_test(const std::string& story_name) const;
  AlignEntry align_of(const std::string& story_name) const;  ///< With what is cut from a test story besides.
};

/// Reads a study file; `settings` are "key.path=value" and win over the file. "${NAME}" and "${NAME:-default}" in paths
/// stand for environment variables; relative paths start at the study's folder.
/// Errors: usage, all unknown keys and bad values at once, each with its line and the nearest known key.
Study read_study(const std::filesystem::path& path, const std::vector<std::string>& settings);
/// Settings with the seed that a command was given; 0 stands for the study's own.
std::vector<std::string> with_seed(std::vector<std::string> settings, int64_t seed);
Study parse_study(std::string_view text, const std::string& source, const std::filesystem::path& folder,
                  const std::vector<std::string>& settings);

/// The study with every default filled in, as TOML that read_study accepts. Paths are as written in the file, so that
/// the text does not depend on the machine.
std::string resolved_toml(const Study& study);
Json resolved_json(const Study& study);

}  // namespace arcuate
