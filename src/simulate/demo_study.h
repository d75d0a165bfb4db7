// The built-in study: simulated listeners hear a story that nobody read aloud; their responses are planted from the
// layers of a model. Written as a dataset of plain arrays with a study file beside it, so that `run` can take it up.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/compute.h"
#include "model/context.h"
#include "simulate/listeners.h"
#include "simulate/speech_rate.h"

namespace arcuate {

struct DemoOptions {
  std::filesystem::path model{};  ///< Folder of the model whose layers are planted and then scored.
  std::filesystem::path text{};   ///< The story, plain text.
  ContextOptions context{.words = 100, .keep = 50};
  SpeechRate speech{};
  ListenerOptions listeners{};
  std::vector<int64_t> layers{};               ///< Planted layers; empty: three, spread over the model's depth.
  int64_t untrained = 5, random_features = 5;  ///< Seeds of the controls.
  uint64_t seed = 0;                           ///< Of everything: it replaces those of speech and listeners.
};

/// What was written, in words for the user.
struct DemoDataset {
  int64_t words = 0, volumes = 0, targets = 0;
  double words_per_second = 0;  ///< Pauses included.
  std::vector<int64_t> layers{};
};

/// Writes tables, responses and truth.tsv (what was planted where) to `folder`. Everything is marked as simulated.
/// Errors: input, when the story is too short for a study.
DemoDataset write_simulated_dataset(const std::filesystem::path& folder, const DemoOptions& options,
                                    const Compute& compute);

/// The study of that dataset, for a file in the folder that holds "simulated".
std::string demo_study_toml(const DemoOptions& options);

/// The name that the study gives the model: that of its folder.
std::string demo_model_name(const DemoOptions& options);

/// A planted target found again: the layer with its highest score.
struct FoundDepth {
  std::string target{};
  int64_t planted = 0, found = 0;
  double r = 0;
};

/// Targets planted according to `truth` (truth.tsv) whose best r over the layers of the trained model `space` in
/// `scores` (a subject's score table) is above `lowest_r`.
std::vector<FoundDepth> found_depths(const std::filesystem::path& truth, const std::filesystem::path& scores,
                                     const std::string& space, double lowest_r = 0.1);

/// Median of |found - planted| in layers; NaN without targets.
double median_depth_error(const std::vector<FoundDepth>& depths);

}  // namespace arcuate
