// Stacked models of a study as tables, charts, maps and a section of the page.
#pragma once
#include <cstdint>
#include <vector>

#include "report/page.h"
#include "study/analysis.h"
#include "study/stack_summary.h"

namespace arcuate {

/// A row for each subject and target; for targets on a surface, each subject and region.
TidyTable stack_score_table(const StackReport& report, const StackSummary& summary);
/// A row for each place and model: means over subjects and targets.
TidyTable stack_weight_table(const StackReport& report, const StackSummary& summary);
/// A row for each place and feature space: its share of the weights and their centre over its layers.
TidyTable stack_layer_table(const StackReport& report, const StackSummary& summary);

/// Where the chosen targets lie among those of the dataset; nothing is drawn without surfaces.
struct StackMaps {
  MapPlaces places{};
  std::vector<int64_t> chosen{};  ///< Targets, in the order of the report's.
  int64_t targets = 0;            ///< Of the dataset.
};
/// Maps of the means over subjects, for the page.
std::vector<PageFigure> stack_pictures(const StackReport& report, const StackSummary& summary, const StackMaps& maps,
                                       const AnalysisOutput& output);
/// Files of every subject, for other programs.
void write_stack_maps(const StackReport& report, const StackMaps& maps, const AnalysisOutput& output);

/// Pictures and files of maps too, if it is known where targets lie.
PageSection stack_section(const StackReport& report, const StackSummary& summary, const StackMaps& maps,
                          const AnalysisOutput& output);

}  // namespace arcuate
