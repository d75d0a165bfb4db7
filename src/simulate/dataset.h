// A complete simulated dataset: surfaces, stories, sound, responses of several subjects and the truth, with a study
// file that takes it up. Everything is marked as simulated.
//
//   study.toml                       what `arcuate run` needs
//   stories.tsv recordings.tsv targets.tsv dataset_description.json     the layout "arrays"
//   stimuli/STORY.tsv .wav           words with times, parts of speech and heads; sound if asked for
//   surfaces/hemi-{L,R}_…            brain/surface.h
//   sub-simNN/func/…_bold.func.gii   responses, one file a story, repeat and hemisphere
//   features/size-N/STORY.npy        feature spaces of growing size
//   twins/STORY/twin-NN.tsv          texts of the same syntax and other words
//   templates.tsv                    the named networks: which targets belong to each
//   truth/                           what was planted: truth.tsv, networks.tsv, sizes.tsv, maps
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/compute.h"
#include "simulate/brains.h"
#include "simulate/cortex.h"
#include "simulate/speech_rate.h"

namespace arcuate {

struct SimulateOptions {
  std::filesystem::path grammar{};  ///< Stories are made from this grammar, unless one of the next two is given.
  std::filesystem::path text{};     ///< One story as plain text; it has no parts of speech.
  std::filesystem::path words{};    ///< One story as a word table, with or without columns tag and head.
  int64_t stories = 1;              ///< From the grammar.
  int64_t story_words = 1900;       ///< Words of each, at least: about 380 volumes of 2 s.
  int64_t twins = 10;  ///< Texts of the same syntax for each story of the grammar, with the drive forecast.
  SpeechRate speech{};
  CortexOptions cortex{};
  DriveOptions drive{};
  PlantOptions plant{};  ///< No drives: all that the stories allow.
  BrainOptions brain{};
  bool sound = false;  ///< Write the stories' sound and plant its power.
  uint64_t seed = 0;   ///< Of everything: it replaces those of the parts.
};

/// What was written, for the user.
struct SimulatedDataset {
  std::vector<std::string> stories{};
  int64_t words = 0, volumes = 0, vertices = 0;  ///< vertices: of cortex, both hemispheres.
  int64_t depth = 0;                             ///< Blocks of the model.
  double words_per_second = 0;                   ///< Pauses included.
  std::vector<Drive> planted{};
  std::vector<std::string> sizes{};  ///< Feature spaces of growing size.
  int64_t twins = 0;                 ///< Texts of the same syntax, of each story.
  int64_t networks = 0;              ///< Named networks in templates.tsv.
};

/// Errors: usage, all contradictions between options at once; input, when a story is too short for a study. Nothing is
/// written before these are known.
SimulatedDataset write_simulated_dataset(const std::filesystem::path& folder, const SimulateOptions& options,
                                         const Compute& compute);

}  // namespace arcuate
