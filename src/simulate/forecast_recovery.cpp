#include "simulate/forecast_recovery.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

// Row of each target in the table of distances, of whole states.
std::map<std::string, size_t> rows_by_target(const Table& table) {
  std::map<std::string, size_t> rows;
  for (size_t row = 0; row < table.rows.size(); ++row)
    if (table.text(row, table.column("part")) == "all") rows[table.text(row, table.column("target"))] = row;
  return rows;
}

double share_within_one(const std::vector<double>& planted, const std::vector<double>& found) {
  int64_t within = 0;
  for (size_t i = 0; i < found.size(); ++i) within += std::abs(found[i] - planted[i]) <= 1;
  return static_cast<double>(within) / static_cast<double>(std::max<size_t>(1, found.size()));
}

}  // namespace

RecoveredForecast recover_forecast(const std::filesystem::path& truth, const std::filesystem::path& distances) {
  RecoveredForecast forecast;
  if (!std::filesystem::exists(distances)) return forecast;
  const auto planted = read_table(truth), peaks = read_table(distances);
  const auto rows = rows_by_target(peaks);
  std::vector<double> planted_layer, found_layer;
  for (size_t row = 0; row < planted.rows.size(); ++row) {
    const auto text = [&](const char* column) { return planted.text(row, planted.column(column)); };
    const auto number = [&](const char* column) { return planted.number(row, planted.column(column)); };
    const auto found = rows.find(text("target"));
    if (text("drive") != "forecast" || text("defect") != "none" || found == rows.end()) continue;
    if (!(number("ceiling") > forecast.lowest_ceiling)) continue;
    const auto peak = [&](const char* column) { return peaks.number(found->second, peaks.column(column)); };
    forecast.planted.push_back(number("forecast_distance"));
    forecast.found.push_back(peak("distance_words"));
    if (peak("tested_distance") != number("forecast_distance")) continue;
    planted_layer.push_back(number("forecast_layer"));
    found_layer.push_back(peak("depth"));
  }
  forecast.vertices = std::ssize(forecast.found);
  forecast.distance_found = share_within_one(forecast.planted, forecast.found);
  forecast.depth_vertices = std::ssize(found_layer);
  forecast.depth_found = share_within_one(planted_layer, found_layer);
  return forecast;
}

std::string forecast_text(const RecoveredForecast& forecast) {
  return fmt::format(
      "{} vertices with ceiling > {}: distance within a word in {:.0f} %; layer within one in {:.0f} % of the {} "
      "planted "
      "at the tested distance",
      forecast.vertices, forecast.lowest_ceiling, 100 * forecast.distance_found, 100 * forecast.depth_found,
      forecast.depth_vertices);
}

BoxChart forecast_boxes(const RecoveredForecast& forecast) {
  BoxChart chart{.title = "Planted and recovered distance", .value_label = "distance found (words)", .simulated = true};
  std::map<double, std::vector<double>> found;
  for (size_t i = 0; i < forecast.found.size(); ++i)
    if (!std::isnan(forecast.found[i])) found[forecast.planted[i]].push_back(forecast.found[i]);
  for (const auto& [planted, values] : found) {
    chart.groups.push_back({.label = shortest(planted) + " words planted", .values = values});
    chart.levels.emplace_back(shortest(planted) + " words", planted);
  }
  return chart;
}

Json forecast_json(const RecoveredForecast& forecast) {
  return {{"lowest_ceiling", forecast.lowest_ceiling},
          {"vertices", forecast.vertices},
          {"distance_within_a_word", forecast.distance_found},
          {"depth_vertices", forecast.depth_vertices},
          {"depth_within_a_layer", forecast.depth_found}};
}

}  // namespace arcuate
