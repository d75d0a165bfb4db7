// What drives a simulated brain: time courses made from the words of the stories and from a model that read them.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/compute.h"
#include "encode/rows.h"
#include "input/story.h"
#include "model/context.h"

namespace arcuate {

enum class Drive {
  layers,     ///< The model's states of a word, from a layer that rises along a gradient of cortex.
  forecast,   ///< The word some words ahead beside the one that is heard, as leading components of their states.
  syntax,     ///< Part of speech, and distance to the head of the phrase.
  semantics,  ///< The states without what words of the same part of speech have in common.
  network,    ///< The mean of a group of feed-forward units that go up and down together, one group a network.
  loop,       ///< A slow rhythm whose phase runs around the patch: the patch's states go in a circle.
  size,       ///< Hidden numbers that feature spaces of growing size tell better and better.
  word_rate,  ///< A one for each word.
  sound       ///< Power of the sound.
};
inline constexpr Drive all_drives[] = {Drive::layers,    Drive::forecast,  Drive::syntax,
                                       Drive::semantics, Drive::network,   Drive::loop,
                                       Drive::size,      Drive::word_rate, Drive::sound};
std::string drive_name(Drive drive);
/// Errors: usage, with the nearest name.
Drive drive_from_name(const std::string& name);

struct DriveOptions {
  std::filesystem::path model{};
  ContextOptions context{.words = 100, .keep = 50};
  int64_t layer = -1;                              ///< Of forecast and semantics; -1: two thirds of the depth.
  std::vector<int64_t> forecast_distances{6, 10};  ///< Words, each for its share of the patch; negative: the past.
  int64_t forecast_components = 8;  ///< Leading principal components of the states behind the drive `forecast`.
  int64_t networks = 3;             ///< Named networks.
  int64_t neurons = 8;              ///< Feed-forward units in the group of one network.
  double loop_period = 40;          ///< Seconds.
  int64_t size_features = 4;        ///< Hidden numbers a word behind the drive `size`.
  double tr = 2;                    ///< Seconds.
  uint64_t seed = 0;
};

/// One story as it was heard.
struct HeardStory {
  std::string name{};
  std::vector<Word> words{};
  std::vector<double> volumes{};  ///< Centres of the volumes, seconds.
  at::Tensor sound{};             ///< Power in dB every `sound_step` seconds; undefined without sound.
};
inline constexpr double sound_step = 0.1;  ///< Seconds.

struct FeedForwardUnit {
  int64_t layer = 0, unit = 0;  ///< Layer from 1, place within it from 0.
  bool operator==(const FeedForwardUnit&) const = default;
};

/// All stories one after another; T volumes in total.
struct Drives {
  std::vector<RowRange> stories{};
  std::vector<at::Tensor> layers{};        ///< [0 … L]: T x F.
  std::map<Drive, at::Tensor> features{};  ///< T x features of each other drive that was asked for; forecast: the
                                           ///< components at the first distance, at the second, ...
  at::Tensor present{};                    ///< T x components of the words that are heard, for the drive forecast.
  std::vector<at::Tensor> size_latents{};  ///< One a story: words x size_features.
  std::vector<std::vector<FeedForwardUnit>> groups{};  ///< Of each network, ascending.
};

bool has_tags(const std::vector<HeardStory>& stories);

/// The layer in force for a model of `depth` blocks.
int64_t drive_layer(const DriveOptions& options, int64_t depth);

/// Runs the model once over each story. `wanted` must not hold syntax or semantics without tags, or sound without
/// sound. Features are z-scored over words first: what a word adds whatever it is would otherwise make every feature a
/// copy of word rate.
Drives make_drives(const std::vector<HeardStory>& stories, const std::vector<Drive>& wanted,
                   const DriveOptions& options, const Compute& compute);

}  // namespace arcuate
