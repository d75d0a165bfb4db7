// Forecast scores within a study: kept in a unit's file, and shown as tables, charts and a section of the page.
#pragma once
#include <string>
#include <vector>

#include "analysis/forecast_study.h"
#include "io/hdf5.h"
#include "report/page.h"
#include "study/analysis.h"

namespace arcuate {

/// Everything of a forecast study but its comparisons of places, which follow from the scores.
void write_forecast(const ForecastStudy& study, Hdf5Writer& file);
ForecastStudy read_forecast(const Hdf5Reader& file);

struct ForecastReport {
  std::string name{}, space{}, layer{};    ///< Of the analysis, the model, and the layer of the curve.
  std::vector<std::string> layer_names{};  ///< In the order of the study's layers.
  int64_t subjects = 1;
  std::vector<std::string> targets{};
  std::vector<ForecastPlace> places{};
  double tr = 2;
  int64_t distance = 8;  ///< The tested one.
  ForecastStudy study{};
};

TidyTable forecast_curve_table(const ForecastReport& report);
TidyTable forecast_distance_table(const ForecastReport& report);
TidyTable forecast_control_table(const ForecastReport& report);
PageSection forecast_section(const ForecastReport& report, const AnalysisOutput& output);

}  // namespace arcuate
