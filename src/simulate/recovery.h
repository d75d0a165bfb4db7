// Planted against recovered: what a study of simulated brains found, held against the known answer.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/json.h"
#include "report/figures.h"
#include "simulate/forecast_recovery.h"
#include "simulate/loop_recovery.h"
#include "simulate/network_recovery.h"

namespace arcuate {

/// One vertex of cortex: what was planted (truth.tsv), and what the study's maps say of the mean subject.
struct RecoveredVertex {
  std::string target{}, patch{}, drive{}, defect{};
  double planted_depth = 0, ceiling = 0;  ///< NaN: no layer was planted.
  double layer = 0;                       ///< Chosen on training folds; NaN: no score.
  double r = 0, q = 0;
};

/// Numbers that say whether the method finds what is there.
struct Recovery {
  std::vector<RecoveredVertex> vertices{};
  double lowest_ceiling = 0.2;              ///< Depths are judged above it.
  int64_t depth_vertices = 0;               ///< Vertices with a planted layer above it, and a score.
  double median_depth_error = 0;            ///< Layers.
  double depth_correlation = 0;             ///< Spearman, over them.
  int64_t noise_vertices = 0;               ///< In which nothing was planted.
  double noise_silent = 0;                  ///< Share of them that is not significant at q = 0.05.
  int64_t bad_planted = 0, bad_listed = 0;  ///< Defective vertices, and those of them in the list of flagged targets.
  struct Size {
    std::string space{};
    double parameters = 0, accuracy = 0, r = 0;
  };
  RecoveredForecast forecast{};        ///< No vertices: the study had no such analysis.
  std::vector<RecoveredLoop> loops{};  ///< Of the mean subject's regions, if the study has an analysis "shape".
  std::vector<Size> sizes{};           ///< r: mean over the vertices of the drive `size`, mean subject.
  RecoveredNetworks networks{};        ///< Empty: none were planted, or the study did not look for them.
};

/// `dataset`: folder of the simulated dataset; `results`: of the study on it; `model`: its feature space.
/// Errors: input, when files are not there or do not fit together.
Recovery recover(const std::filesystem::path& dataset, const std::filesystem::path& results, const std::string& task,
                 const std::string& model);

/// Charts and numbers for the report.
PageSection recovery_section(const Recovery& recovery, const Figures& figures);

/// The numbers alone, for a file beside the tables.
Json recovery_json(const Recovery& recovery);

/// The same in a few lines for a terminal.
std::string recovery_text(const Recovery& recovery);

}  // namespace arcuate
