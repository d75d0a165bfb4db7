// From the scores of all units to the numbers that people report: per layer, headline, spread over seeds.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "study/encoding.h"

namespace arcuate {

/// One feature space and layer over all subjects. S subjects, the last one the mean subject if the study asked for it.
struct LayerSummary {
  const FeatureSpace* space = nullptr;
  std::string layer{};
  std::filesystem::path file{};  ///< Of the unit: scores of all columns and layers would fill the memory.
  at::Tensor inner{};            ///< folds x S: mean inner score over good targets, by which a layer is chosen.
  double median_r = 0;           ///< Over the good targets of all single subjects.
  at::Tensor subject_r{};        ///< S: mean r over good targets.
  at::Tensor subject_p{};        ///< S: permutation p of subject_r.
  double single_r = 0, single_se = 0,
         single_p = 0;  ///< Mean over single subjects of subject_r, its standard error, its p.
  at::Tensor subject_increment{}, subject_increment_p{};  ///< S; undefined without controls.
  double single_increment = 0, single_increment_se = 0, single_increment_p = 0;
  double edge_low = 0,
         edge_high = 0;  ///< Share of (fold, good target) choices at the smallest and the largest penalty.
};

/// Scores of some columns, and of those of one subject also q: BH-FDR over its good targets.
EncodingScores scores_of(const LayerSummary& layer, const RowRange& columns);
at::Tensor q_values(const EncodingScores& scores_of_subject);
/// r of all columns: C.
at::Tensor all_r(const LayerSummary& layer);

/// The layer a space is judged by, chosen for each fold and subject by the inner score on training rows.
struct Headline {
  const FeatureSpace* space = nullptr;
  size_t subject = 0;
  std::vector<std::string> layers{};  ///< One a fold.
  double r = 0, p = 0;                ///< Mean over good targets of the held-out predictions so put together.
  std::string best_layer{};           ///< Best by test score: optimistic, never the headline.
  double best_r = 0;
};

/// One trained model target by target: in each fold a target's layer is the one with its best inner score, on training
/// rows only, so neither the scores nor the map of layers have seen the rows they are judged on.
struct TargetHeadline {
  const FeatureSpace* space = nullptr;
  at::Tensor r{}, p{}, q{};  ///< C; p by circular shifts, q by Benjamini-Hochberg over a subject's good targets.
  at::Tensor layer{};  ///< C: place in the space's layers of the best inner score, mean over folds; -1 if flagged.
};

/// Spread over seeds (untrained twins, random features) of the mean subject's and the single subjects' mean r.
struct Spread {
  std::string name{}, layer{};
  Training training = Training::none;
  std::vector<double> mean_subject{}, single{};  ///< One value a seed.
};

struct Summary {
  std::vector<LayerSummary> layers{};
  std::vector<Headline> headlines{};
  std::vector<TargetHeadline> by_target{};
  std::vector<Spread> spreads{};
  std::vector<NamedCeiling> ceilings{};                     ///< Besides inter-subject correlation and CC_max.
  std::vector<double> increment_q{}, single_increment_q{};  ///< BH-FDR over all layers that have an increment.
  std::vector<double> layer_q{};  ///< BH-FDR over all layers' p of the mean subject (or of the single subjects' mean).
};
Summary summarize(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces);

/// Floored CC_norm (stats/ceiling.h) of r of some columns; undefined without repeats, NaN for the mean subject.
at::Tensor cc_norm(const EncodingPlan& plan, const at::Tensor& r, const RowRange& columns);

struct Moments {
  double mean = 0, sd = 0, low = 0, high = 0;
};
Moments moments(const std::vector<double>& values);

/// Index of the mean subject, or of none (SIZE_MAX).
size_t mean_subject_index(const EncodingPlan& plan);

}  // namespace arcuate
