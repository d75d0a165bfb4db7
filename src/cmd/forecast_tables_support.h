// The results of `forecast` as tables, and in a few lines for the terminal.
#pragma once
#include <filesystem>
#include <string>

#include "cmd/forecast_data_support.h"
#include "io/json.h"

namespace arcuate {

struct ForecastResults {
  const ForecastData& data;
  const ForecastStudyOptions& options;
  const ForecastStudy& study;
  int64_t subjects() const { return data.input.subjects; }
  int64_t targets() const { return data.input.responses.targets() / subjects(); }
};

/// Writes the tables with their sidecars and forecast.npy; forecast.tsv comes last and stands for a complete result.
void write_forecast_tables(const std::filesystem::path& folder, const ForecastResults& results);

/// Each target's score at the tested distance and where its curve peaks: the first twenty targets.
std::string forecast_text(const ForecastResults& results);

/// The tested distance's place in the curve.
int64_t tested_place(const ForecastResults& results, const ForecastCurve& curve);

}  // namespace arcuate
