// Forecast scores: how much better responses are predicted when the words ahead stand beside the present one
// (Caucheteux, Gramfort & King 2023).
//
//   F(d) = R(X + window(d)) - R(X)      R: Pearson r of held-out ridge predictions; + : side by side
//
// The way of both terms: states, PCA fitted to training words, words -> volumes, delays, ridge with a penalty for each
// target chosen on inner folds. Folds and present words are the same for every window, and all subjects who heard the
// same stories are columns of one problem.
// Letters: W words, F features, T volumes, V targets (subjects x targets), N windows.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/forecast_windows.h"
#include "core/compute.h"
#include "encode/align.h"
#include "encode/ridge.h"
#include "encode/score.h"

namespace arcuate {

/// When words were heard and volumes taken; stories one after another, each with a clock of its own.
struct ForecastTiming {
  std::vector<RowRange> words{};    ///< Of each story.
  std::vector<double> times{};      ///< W: the moment of each word in seconds, not decreasing within a story.
  std::vector<RowRange> volumes{};  ///< Of each story.
  std::vector<double> centres{};    ///< T: the middle of each volume in seconds.
  double tr = 2;                    ///< Seconds from volume to volume.
};

struct ForecastProblem {
  at::Tensor states{};     ///< W x F, finite.
  at::Tensor ahead{};      ///< W x F, the words of windows; undefined: `states`.
  at::Tensor continued{};  ///< W x H x F; see WordSeries.
  ForecastTiming timing{};
  ResponseMatrix responses{};  ///< T x V; bad targets are allowed and have NaN for every number.
};

enum class FoldScore {
  joined,  ///< r over the held-out rows of all folds.
  mean     ///< Mean over the folds of r within each; to match Caucheteux et al.
};

struct ForecastOptions {
  WindowOptions windows{};
  AlignOptions align{};
  std::vector<int64_t> delays{1, 2, 3, 4};  ///< In volumes.
  RidgeOptions ridge{};                     ///< z-scored features suit components of unequal variance.
  FoldScore score = FoldScore::joined;
  /// Targets whose responses are read and fitted together, by all windows before the next are read: a multiple of
  /// targets_of_a_part, so that it changes memory and speed only.
  int64_t columns = 34 * targets_of_a_part;
  int64_t swaps = 0;  ///< Draws of the block-swap test of each target (stats/swap.h); 0: none.
  uint64_t seed = 0;  ///< Of those draws.
};

struct ForecastScores {
  at::Tensor present;           ///< V: R(X)
  at::Tensor joint;             ///< N x V: R(X + window)
  at::Tensor p;                 ///< N x V: one-sided, by block swaps; undefined without them.
  std::vector<Flag> flags{};    ///< V
  at::Tensor forecast() const;  ///< N x V: their difference
};

/// Errors: usage (a window that never meets the story, too many components), input (shapes that differ, states that are
/// not finite; all at once).
ForecastScores forecast_scores(const ForecastProblem& problem, const std::vector<FutureWindow>& windows,
                               const std::vector<RidgeSplit>& splits, const ForecastOptions& options,
                               const Compute& compute);

/// Whether each word lies in one of the volumes `rows`: at most half a TR from its middle, the later of two.
std::vector<bool> words_in_volumes(const ForecastTiming& timing, std::span<const int64_t> rows);

/// Mean time from word to word within stories. NaN without two words in a story.
double seconds_per_word(const ForecastTiming& timing);

/// The syntactic part of states: the mean over n twins, which share tags and heads with the story. n x W x F -> W x F,
/// n x W x H x F -> W x H x F, float64. The semantic part is what is left: states - syntactic_part(twins).
at::Tensor syntactic_part(const at::Tensor& twins);

}  // namespace arcuate
