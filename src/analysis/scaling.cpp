#include "analysis/scaling.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "stats/distributions.h"

namespace arcuate {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Points that have a score.
struct Points {
  std::vector<double> x{}, y{};  // log10 of size, score
};

Points scored(std::span<const double> sizes, std::span<const double> scores) {
  Points points;
  for (size_t i = 0; i < sizes.size(); ++i)
    if (!std::isnan(scores[i])) points.x.push_back(std::log10(sizes[i])), points.y.push_back(scores[i]);
  return points;
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Sums of squares and products about the means.
struct Moments {
  double x_mean = 0, y_mean = 0, xx = 0, xy = 0, yy = 0;
};

Moments moments_of(const Points& points) {
  Moments m{.x_mean = mean_of(points.x), .y_mean = mean_of(points.y)};
  for (size_t i = 0; i < points.x.size(); ++i) {
    const double dx = points.x[i] - m.x_mean, dy = points.y[i] - m.y_mean;
    m.xx += dx * dx, m.xy += dx * dy, m.yy += dy * dy;
  }
  return m;
}

void add_errors(const Points& points, const Moments& m, double level, LogLine& line) {
  const double degrees = static_cast<double>(points.x.size()) - 2;
  if (degrees < 1) return;
  double residuals = 0;
  for (size_t i = 0; i < points.x.size(); ++i)
    residuals += std::pow(points.y[i] - line.intercept - line.slope * points.x[i], 2);
  line.r = m.yy > 0 ? m.xy / std::sqrt(m.xx * m.yy) : nan;
  line.slope_se = std::sqrt(residuals / degrees / m.xx);
  line.p = student_two_sided(line.slope / line.slope_se, degrees);
  const double half = student_quantile((1 + level) / 2, degrees) * line.slope_se;
  line.slope_t = {line.slope - half, line.slope + half};
}

}  // namespace

LogLine fit_log_line(std::span<const double> sizes, std::span<const double> scores, double level) {
  LogLine line{.slope = nan, .intercept = nan, .r = nan, .slope_se = nan, .p = nan, .slope_t = no_interval()};
  const auto points = scored(sizes, scores);
  if (points.x.size() < 2) return line;
  const auto m = moments_of(points);
  if (!(m.xx > 0)) return line;
  line.slope = m.xy / m.xx;
  line.intercept = m.y_mean - line.slope * m.x_mean;
  add_errors(points, m, level, line);
  return line;
}

double base_score(Base base, std::span<const double> sizes, std::span<const double> scores, const LogLine& line) {
  const auto points = scored(sizes, scores);
  if (points.x.empty()) return nan;
  if (base == Base::mean) return mean_of(points.y);
  const double smallest = *std::min_element(points.x.begin(), points.x.end());
  if (base == Base::fitted) return line.intercept + line.slope * smallest;
  std::vector<double> there;
  for (size_t i = 0; i < points.x.size(); ++i)
    if (points.x[i] == smallest) there.push_back(points.y[i]);
  return mean_of(there);
}

namespace {

struct Gain {
  LogLine line{};
  double base = 0, percent = 0;
};

Gain gain_of(std::span<const double> sizes, std::span<const double> scores, const ScalingOptions& options) {
  Gain gain{.line = fit_log_line(sizes, scores, options.bootstrap.level)};
  gain.base = base_score(options.base, sizes, scores, gain.line);
  gain.percent = gain.base > 0 ? 100 * gain.line.slope / gain.base : nan;
  return gain;
}

std::vector<double> mean_scores(const ScoreGrid& grid, std::span<const size_t> points, const UnitWeights& weights) {
  std::vector<double> scores;
  for (const size_t i : points) scores.push_back(weighted_mean(grid, grid.points[i].scores, weights));
  return scores;
}

// Stories that any of the points has a score of, from one subject.
size_t stories_of(const ScoreGrid& grid, std::span<const size_t> points, size_t subject) {
  size_t count = 0;
  for (size_t t = 0; t < grid.stories.size(); ++t)
    count += std::any_of(points.begin(), points.end(), [&](size_t i) {
      return !std::isnan(grid.points[i].scores[subject * grid.stories.size() + t]);
    });
  return count;
}

// For one subject alone only stories are drawn.
std::vector<UnitWeights> draws_within(const UnitWeights& subject, std::vector<UnitWeights> draws) {
  for (auto& draw : draws) draw.subjects = subject.subjects;
  return draws;
}

struct Family {
  std::string name{};
  std::vector<size_t> points{};
};

// All points, then each family where there are several.
std::vector<Family> families_of(const ScoreGrid& grid, const ChosenPoints& chosen) {
  std::vector<Family> families{{.name = "", .points = chosen.points}};
  for (const size_t i : chosen.points) {
    const auto& name = grid.points[i].family;
    const auto same =
        std::find_if(families.begin() + 1, families.end(), [&](const Family& f) { return f.name == name; });
    if (same == families.end())
      families.push_back({.name = name, .points = {i}});
    else
      same->points.push_back(i);
  }
  if (families.size() == 2) families.pop_back();
  return families;
}

ScalingFit fit_of(const ScoreGrid& grid, const Family& family, const UnitWeights& weights,
                  const std::vector<UnitWeights>& draws, const ScalingOptions& options) {
  std::vector<double> sizes;
  for (const size_t i : family.points) sizes.push_back(grid.points[i].size);
  const auto scores = mean_scores(grid, family.points, weights);
  const auto gain = gain_of(sizes, scores, options);
  ScalingFit fit{.family = family.name,
                 .smallest = nan,
                 .largest = nan,
                 .line = gain.line,
                 .base = gain.base,
                 .percent = gain.percent};
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (std::isnan(scores[i])) continue;
    fit.smallest = ++fit.points == 1 ? sizes[i] : std::min(fit.smallest, sizes[i]);
    fit.largest = fit.points == 1 ? sizes[i] : std::max(fit.largest, sizes[i]);
  }
  std::vector<double> slopes, percents;
  for (const auto& draw : draws) {
    const auto drawn = gain_of(sizes, mean_scores(grid, family.points, draw), options);
    slopes.push_back(drawn.line.slope), percents.push_back(drawn.percent);
  }
  fit.slope_units = percentile_interval(slopes, options.bootstrap.level);
  fit.percent_units = percentile_interval(percents, options.bootstrap.level);
  return fit;
}

void check_sizes(const ScoreGrid& grid, const ChosenPoints& chosen) {
  for (const size_t i : chosen.points)
    if (grid.points[i].size != grid.points[chosen.points.front()].size) return;
  bad_input("a line needs scores at two sizes or more; all {} points have the size {}", chosen.points.size(),
            grid.points[chosen.points.front()].size);
}

}  // namespace

std::vector<ScalingFit> fit_scaling(const ScoreGrid& grid, const ChosenPoints& chosen, const ScalingOptions& options) {
  check_sizes(grid, chosen);
  const auto draws = bootstrap_weights(grid, options.bootstrap);
  std::vector<ScalingFit> fits;
  for (const auto& family : families_of(grid, chosen)) {
    fits.push_back(fit_of(grid, family, even_weights(grid), draws, options));
    for (size_t s = 0; grid.subjects.size() > 1 && s < grid.subjects.size(); ++s) {
      const auto weights = only_subject(grid, s);
      const bool several = stories_of(grid, family.points, s) > 1;
      fits.push_back(
          fit_of(grid, family, weights, several ? draws_within(weights, draws) : std::vector<UnitWeights>{}, options));
      fits.back().subject = grid.subjects[s];
    }
  }
  return fits;
}

std::vector<PointScore> point_scores(const ScoreGrid& grid, const BootstrapOptions& options) {
  const auto draws = bootstrap_weights(grid, options);
  std::vector<PointScore> scores;
  for (const auto& point : grid.points) {
    std::vector<double> values;
    for (const auto& draw : draws) values.push_back(weighted_mean(grid, point.scores, draw));
    scores.push_back(
        {weighted_mean(grid, point.scores, even_weights(grid)), percentile_interval(values, options.level)});
  }
  return scores;
}

}  // namespace arcuate
