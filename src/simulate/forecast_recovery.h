// Planted words ahead against the distances and layers that a study's analysis "forecast" found.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/json.h"
#include "report/box_chart.h"

namespace arcuate {

struct RecoveredForecast {
  double lowest_ceiling = 0.6;    ///< Vertices are judged above it: a signal-to-noise ratio of c^2 / (1 - c^2).
  int64_t vertices = 0;           ///< Judged ones.
  double distance_found = 0;      ///< Share of them whose d* is within one word of the planted distance.
  int64_t depth_vertices = 0;     ///< Of them, those planted at the distance at which the study took k*.
  double depth_found = 0;         ///< Share of these whose k* is within one layer.
  std::vector<double> planted{};  ///< Words ahead, of each vertex,
  std::vector<double> found{};    ///< and where its forecast score peaks; NaN: nowhere, which counts as not found.
};

/// truth: what was planted; distances: the analysis's table, or a file that is not there. Errors: input.
RecoveredForecast recover_forecast(const std::filesystem::path& truth, const std::filesystem::path& distances);

/// The same in a line.
std::string forecast_text(const RecoveredForecast& forecast);
BoxChart forecast_boxes(const RecoveredForecast& forecast);
Json forecast_json(const RecoveredForecast& forecast);

}  // namespace arcuate
