// The page of `forecast`: curves over distances and layers, where they peak, controls, in figures and words.
#pragma once
#include <filesystem>

#include "cmd/forecast_tables_support.h"

namespace arcuate {

/// Writes figures/ and report.html.
void write_forecast_page(const std::filesystem::path& folder, const ForecastResults& results);

}  // namespace arcuate
