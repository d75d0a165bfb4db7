// What `scaling` writes and prints: points, fits and layers as tables, figures and a page.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/scaling.h"
#include "analysis/score_grid.h"
#include "cmd/scaling_table_support.h"
#include "io/json.h"
#include "report/page.h"

namespace arcuate {

struct ScalingStudy {
  ReadScores read{};
  ScoreGrid grid{};
  ChosenPoints chosen{};
  std::vector<PointScore> scores{};  ///< Of every point of the grid.
  std::vector<ScalingFit> fits{};
  ScalingOptions options{};
};

const char* base_name(Base base);
const char* choice_name(LayerChoice choice);

/// scaling.tsv, fits.tsv, depth.tsv (with layers), their sidecars, figures/ and report.html. The page is written last.
void write_scaling(const std::filesystem::path& folder, const ScalingStudy& study);

/// The fits as a table for people.
std::string scaling_text(const ScalingStudy& study);

}  // namespace arcuate
