// Scaling laws as tables, charts and sections of a page: what the command `scaling` and the analysis of a study show.
#pragma once
#include <string>
#include <vector>

#include "analysis/scaling.h"
#include "analysis/score_grid.h"
#include "report/figures.h"
#include "report/page.h"
#include "study/tables.h"

namespace arcuate {

struct ScalingReport {
  std::string score_name{}, size_name{};  ///< What is fitted against what.
  std::vector<std::string> notes{};       ///< What was left out or assumed, in sentences.
  bool simulated = false;
  ScoreGrid grid{};
  ChosenPoints chosen{};
  std::vector<PointScore> scores{};  ///< Of every point of the grid.
  std::vector<ScalingFit> fits{};
  ScalingOptions options{};
};

/// Fills in points, fits and what they were chosen by. Errors: those of make_score_grid and fit_scaling.
void fit_report(ScalingReport& report, const std::vector<ScoreRecord>& records);

const char* base_name(Base base);
const char* choice_name(LayerChoice choice);

TidyTable points_table(const ScalingReport& report);
TidyTable fits_table(const ScalingReport& report);
/// All layers over relative depth.
TidyTable depth_table(const ScalingReport& report);
/// Whether there were several layers to choose from.
bool has_layers_to_compare(const ScalingReport& report);

/// All layers over relative depth, and the one that stands for each model.
PageSection depth_section(const ScalingReport& report, const AddFigure& add);
/// The law, the depth (if there are layers to compare), and what the intervals say.
std::vector<PageSection> scaling_sections(const ScalingReport& report, const AddFigure& add);

/// The fits as a table for people.
std::string scaling_text(const ScalingReport& report);

}  // namespace arcuate
