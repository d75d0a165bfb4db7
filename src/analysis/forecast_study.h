// The whole study of forecasts: scores over distances and layers, where they peak, controls, parts, hemispheres.
//
//   d* = argmax_d F(d),  k* = argmax_k F_k(d)      (Caucheteux, Gramfort & King 2023)
//
// A single planted word d0 ahead is in the windows of all distances from d0 to d0 + w - 1, in their middle at
// d0 + (w - 1) / 2; d* is told as the window's end, as in the paper.
// Letters: W words, F features, T volumes, S subjects, V targets, D distances.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/forecast.h"
#include "analysis/forecast_summary.h"

namespace arcuate {

enum class ForecastControl {
  random,    ///< Windows of words drawn at random from the story.
  shuffled,  ///< The windows of the tested distance, each given to another word.
  past,      ///< The window at minus the tested distance.
  mirrored   ///< The window that reaches as far back as the tested one reaches ahead: distance w - 1 - d.
};
std::string control_name(ForecastControl control);

struct ForecastInput {
  std::vector<at::Tensor> layers{};  ///< W x F each.
  at::Tensor syntactic{};            ///< W x F or W x H x F, of `layer` (see syntactic_part); undefined: no parts.
  ForecastTiming timing{};
  ResponseMatrix responses{};           ///< T x (S V): subjects side by side.
  int64_t subjects = 1;                 ///< S
  std::vector<ForecastPlace> places{};  ///< V; empty: no comparison of places.
};

struct ForecastStudyOptions {
  ForecastOptions
      scores{};  ///< Its block swaps are used where there is one subject, who has no others to be tested over.
  std::vector<int64_t> distances{};  ///< Of the curve.
  int64_t distance = 8;              ///< The tested one: for layers, controls, places, p of targets.
  int64_t layer = 0;                 ///< Of curve, controls and parts.
  std::vector<ForecastControl> controls{ForecastControl::random, ForecastControl::shuffled, ForecastControl::past};
  MaskOptions mask{};
  uint64_t seed = 0;  ///< Of random and shuffled windows and of the block swaps.
};

/// Scores of one kind of window at one layer over some distances.
struct ForecastCurve {
  std::string part = "all";  ///< "syntactic", "semantic": words of the windows are that part of the states.
  int64_t layer = 0;
  std::vector<int64_t> distances{};
  at::Tensor present;  ///< S x V
  at::Tensor joint;    ///< D x S x V
  at::Tensor p, q;     ///< D x V: F > 0, over subjects, or by block swaps with one; q over targets.
  at::Tensor forecast() const;
};

/// Where a curve peaks.
struct ForecastDistance {
  at::Tensor by_subject;  ///< S x V: d*, in words
  at::Tensor of_mean;     ///< V: d* of the mean over subjects
  at::Tensor p, q;        ///< V: F > 0 at the tested distance
  at::Tensor kept;        ///< V, bool: by the mask
};

struct ForecastDepth {
  at::Tensor by_subject;  ///< S x V: k*, from 0
  at::Tensor of_mean;     ///< V
};

struct ForecastComparison {
  std::string control{};
  at::Tensor scores;  ///< S x V: F of the control
  at::Tensor p, q;    ///< V: F at the tested distance above it, over subjects; NaN with one
};

struct ForecastStudy {
  std::vector<ForecastCurve> curves{};              ///< The curve, those of the parts, then the other layers (D = 1).
  std::vector<ForecastDistance> distances{};        ///< Of the curve and of the parts.
  ForecastDepth depth{};                            ///< Undefined with one layer.
  std::vector<ForecastComparison> controls{};       ///< In the order asked for.
  std::vector<PlaceTest> hemispheres{}, regions{};  ///< Forecast scores at the tested distance; d* of pairs of regions.
  std::vector<Flag> flags{};                        ///< S x V
  double seconds_per_word = 0;
};

/// Subjects side by side: S x T x V -> T x (S V). Errors: input, for another number of dimensions.
ResponseMatrix side_by_side(const at::Tensor& responses);

/// Errors: usage (a layer that is not there, a mask that one subject cannot have) and those of forecast_scores.
ForecastStudy run_forecast_study(const ForecastInput& input, const std::vector<RidgeSplit>& splits,
                                 const ForecastStudyOptions& options, const Compute& compute);

}  // namespace arcuate
