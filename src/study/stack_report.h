// Stacked models within a study: kept in a unit's file, and shown as tables, charts, maps and a section of the page.
// Shapes: S subjects, V chosen targets, M models, K outer folds. NaN where a target is flagged.
#pragma once
#include <ATen/core/Tensor.h>

#include <limits>
#include <string>
#include <vector>

#include "io/hdf5.h"
#include "report/page.h"
#include "study/analysis.h"

namespace arcuate {

/// One model of the mixture.
struct StackedModel {
  std::string space{}, layer{};
  double number = std::numeric_limits<double>::quiet_NaN();  ///< Of the layer; NaN for "final".
};

struct StackScores {
  at::Tensor r{};          ///< S x V: of the mixture.
  at::Tensor r_single{};   ///< S x V: of the model with the smallest squared residual on training rows.
  at::Tensor r_p{};        ///< S x V: circular-shift p of r.
  at::Tensor gain_p{};     ///< S x V: block-swap p of r - r_single.
  at::Tensor gain_null{};  ///< draws x S: null of the gain's mean over targets.
  at::Tensor weights{};    ///< K x S x V x M
  at::Tensor single{};     ///< K x S x V int64: which model r_single is of; -1 where flagged.
  at::Tensor model_r{};    ///< M x S x V
  double off_minimum = 0;  ///< Largest distance of weights from the conditions of the minimum.
};
void write_stack(const StackScores& scores, Hdf5Writer& file);
StackScores read_stack(const Hdf5Reader& file);

struct StackReport {
  std::string name{};  ///< Of the analysis.
  std::vector<StackedModel> models{};
  std::vector<std::string> subjects{}, targets{};
  std::vector<TargetPlace> places{};  ///< Of the targets, or none.
  StackScores scores{};
};

/// A row for each subject and target; for targets on a surface, each subject and region.
TidyTable stack_score_table(const StackReport& report);
/// A row for each place (all; regions, or up to 20 targets) and model: means over subjects and targets.
TidyTable stack_weight_table(const StackReport& report);
/// A row for each place and feature space: its share of the weights and their centre over its layers.
TidyTable stack_layer_table(const StackReport& report);

/// Where the chosen targets lie among those of the dataset; nothing is drawn without surfaces.
struct StackMaps {
  MapPlaces places{};
  std::vector<int64_t> chosen{};  ///< Targets, in the order of the report's.
  int64_t targets = 0;            ///< Of the dataset.
};
/// Writes maps of every subject too, if it is known where targets lie.
PageSection stack_section(const StackReport& report, const StackMaps& maps, const AnalysisOutput& output);

}  // namespace arcuate
