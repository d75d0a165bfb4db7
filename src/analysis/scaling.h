// Scaling laws of brain scores (Antonello, Vaidya & Huth 2023, "Scaling laws for language encoding models in fMRI"):
//
//   score = a + b log10(size)        size: parameters, rows of training data, …
//
// by least squares over models (or amounts of data), each with its mean over subjects and stories. b is the gain for
// ten times the size; as a percentage it needs a base, which is named. How sure b is has two sides: over other models
// (Student's t, the points as a sample of a line with independent errors) and over other subjects and stories
// (bootstrap).
#pragma once
#include <span>
#include <string>
#include <vector>

#include "analysis/score_grid.h"
#include "stats/bootstrap.h"

namespace arcuate {

/// What the gain per decade is a percentage of.
enum class Base {
  smallest,  ///< The score at the smallest size (the mean, if several models have it).
  mean,      ///< The mean score of all points.
  fitted     ///< The line at the smallest size.
};

/// Least squares. Two different sizes are needed for a line, three points for all that follows the intercept.
struct LogLine {
  double slope = 0;  ///< Per decade of size. NaN: there is no line.
  double intercept = 0;
  double r = 0;                  ///< Pearson r of score and log10(size); NaN for scores that are all the same.
  double slope_se = 0;           ///< sqrt(SSE / (n - 2) / Sxx)
  double p = 0;                  ///< Two-sided, of slope 0.
  ConfidenceInterval slope_t{};  ///< Student's t with n - 2 degrees of freedom.
};
/// Points without a score are left out.
LogLine fit_log_line(std::span<const double> sizes, std::span<const double> scores, double level);

/// NaN when it is not there.
double base_score(Base base, std::span<const double> sizes, std::span<const double> scores, const LogLine& line);

struct ScalingOptions {
  Base base = Base::fitted;
  BootstrapOptions bootstrap{};
};

/// One line: of a family of models or of all, for the mean over subjects or one of them.
struct ScalingFit {
  std::string family{};   ///< "" in the line through all points.
  std::string subject{};  ///< "" for the mean over subjects.
  int64_t points = 0;
  double smallest = 0, largest = 0;  ///< Size.
  LogLine line{};
  ConfidenceInterval slope_units{};    ///< Bootstrap over subjects and stories; NaN where there is one of each.
  double base = 0, percent = 0;        ///< 100 slope / base; NaN unless the base is positive.
  ConfidenceInterval percent_units{};  ///< Bootstrap, with the base computed anew in each draw.
};

/// All points first, then each family where there are several; each for the mean over subjects, then for every one
/// where there are several. Layers are not chosen anew in a bootstrap draw. Errors: input, when all points have one
/// size.
std::vector<ScalingFit> fit_scaling(const ScoreGrid& grid, const ChosenPoints& chosen, const ScalingOptions& options);

/// A point's mean over subjects and stories, with its bootstrap interval.
struct PointScore {
  double mean = 0;
  ConfidenceInterval interval{};
};
std::vector<PointScore> point_scores(const ScoreGrid& grid, const BootstrapOptions& options);

}  // namespace arcuate
