// The arrays and tables of `forecast`: read and held against each other.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/forecast_study.h"
#include "input/story.h"

namespace arcuate {

enum class WordMoment { midpoint, onset, offset };

/// What the command line names.
struct ForecastNames {
  std::vector<std::string> features{};         ///< A layer each, or layers x words x width.
  std::vector<std::filesystem::path> words{};  ///< A word table a story.
  std::string responses{};                     ///< T x V or S x T x V.
  std::string twins{};                         ///< Empty: no parts.
  std::filesystem::path targets{};             ///< Empty: targets are numbered.
  std::vector<int64_t> volumes{};              ///< Of each story; empty with one.
  double tr = 2;                               ///< Seconds.
  std::optional<double> first_volume{};        ///< Middle of each story's first volume; else half a TR.
  WordMoment moment = WordMoment::midpoint;    ///< When a word counts.
  StoryOptions story{};
};

struct ForecastData {
  ForecastInput input{};
  std::vector<std::string> layer_names{};   ///< As the files are called.
  std::vector<std::string> target_names{};  ///< V
};

/// Errors: input; lengths that do not fit all at once.
ForecastData read_forecast_data(const ForecastNames& names);

/// The files behind the names, in order.
std::vector<std::filesystem::path> forecast_files(const ForecastNames& names);

/// "-10:30" or numbers, in rising order without repeats. Errors: usage.
std::vector<int64_t> parse_distances(const std::vector<std::string>& items);

}  // namespace arcuate
