// Stacked models of a study in numbers that tables, charts and maps show: means over targets of each subject, and over
// subjects at each target. Weights are read one subject at a time.
// Shapes: S subjects, V chosen targets, M models, F feature spaces, P places. NaN where a target is flagged.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "brain/dataset.h"
#include "study/stack_store.h"

namespace arcuate {

/// One model of the mixture.
struct StackedModel {
  std::string space{}, layer{};
  double number = std::numeric_limits<double>::quiet_NaN();  ///< Of the layer; NaN for "final".
};

struct StackReport {
  std::string name{};  ///< Of the analysis.
  std::vector<StackedModel> models{};
  std::vector<std::string> subjects{}, targets{};
  std::vector<TargetPlace> places{};  ///< Of the targets, or none.
  std::filesystem::path file{};       ///< Of the unit, for the models' weights.
  StackScores scores{};
};

/// Names of the models' feature spaces, in their order.
std::vector<std::string> spaces_of(const StackReport& report);
/// Models of a space that have the number of a layer.
int64_t numbered_layers(const StackReport& report, const std::string& space);

/// A group of targets that a table has a row for.
struct StackPlace {
  std::string hemisphere{}, name{};
  at::Tensor targets{};  ///< Places in the report's list.
};
/// All; then regions, or up to 20 targets that lie on no surface.
std::vector<StackPlace> places_of(const StackReport& report);

/// Weights of targets that the mixture does not predict are noise: those count that have a q below this.
inline constexpr double stack_level = 0.05;
/// Benjamini-Hochberg q over each subject's targets: S x V.
at::Tensor stack_q(const at::Tensor& p);

/// Mean over targets of the numbers that are there: … x V -> …
at::Tensor over_targets(const at::Tensor& values, const StackPlace& place);
/// Mean and standard error over subjects of S values.
std::pair<double, double> over_subjects(const at::Tensor& values);

/// Of one subject's weights, mean over outer folds.
struct SubjectWeights {
  at::Tensor weight{};        ///< M x V
  at::Tensor single_share{};  ///< M x V: share of folds whose best single model it is.
  at::Tensor usual_single{};  ///< V int64: the one of most folds, of equal ones the first; -1 where flagged.
  at::Tensor model_r{};       ///< M x V
  at::Tensor share{};         ///< F x V: sum of a space's weights.
  at::Tensor centre{};        ///< F x V: their centre over its numbered layers; NaN: it has no two, or no weight.
};
SubjectWeights subject_weights(const StackReport& report, size_t subject);

/// Of all subjects.
struct StackSummary {
  std::vector<StackPlace> places{};
  at::Tensor weight{}, single_share{}, model_r{};    ///< S x P x M: means over targets.
  at::Tensor share{}, centre{};                      ///< S x P x F
  at::Tensor predicted_weight{};                     ///< S x M: over the targets that the mixture predicts.
  at::Tensor predicted_share{}, predicted_centre{};  ///< S x F: the same.
  at::Tensor map_share{}, map_centre{};  ///< F x V: means over subjects, the centre over those whose mixture predicts.
  at::Tensor usual_single{};             ///< S x V int64
};
StackSummary summarize_stack(const StackReport& report);

}  // namespace arcuate
