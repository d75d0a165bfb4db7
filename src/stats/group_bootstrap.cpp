#include "stats/group_bootstrap.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/parallel.h"
#include "core/random.h"
#include "stats/unit_blocks.h"

namespace arcuate {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
using Counts = std::vector<std::vector<int64_t>>;

// The mean of each draw of one column; NaN for draws without an observation.
std::vector<double> drawn_means(const double* values, const Counts& draws) {
  std::vector<double> means;
  means.reserve(draws.size());
  for (const auto& counts : draws) {
    double sum = 0, weight = 0;
    for (size_t u = 0; u < counts.size(); ++u) {
      if (std::isnan(values[u])) continue;
      sum += static_cast<double>(counts[u]) * values[u];
      weight += static_cast<double>(counts[u]);
    }
    means.push_back(weight > 0 ? sum / weight : nan);
  }
  return means;
}

// The mean of a subject's values, each story `counts` times; NaN without an observation.
double story_mean(const double* values, const std::vector<int64_t>& counts) {
  return drawn_means(values, {counts}).front();
}

std::vector<int64_t> drawn_counts(Random& random, const std::vector<size_t>& among, size_t stories) {
  std::vector<int64_t> counts(stories, 0);
  for (size_t i = 0; i < among.size(); ++i) ++counts[among[random.below(among.size())]];
  return counts;
}

// Stories that a subject heard.
std::vector<size_t> heard(const double* values, size_t stories) {
  std::vector<size_t> list;
  for (size_t s = 0; s < stories; ++s)
    if (!std::isnan(values[s])) list.push_back(s);
  return list;
}

double mean_of_known(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / count : nan;
}

}  // namespace

MeanIntervals bootstrap_means(const UnitRows& units, const BootstrapOptions& options, int threads, int64_t memory) {
  const auto draws = bootstrap_counts(units.count, "subject", options);
  MeanIntervals result{.low = at::full({units.columns}, nan, at::kDouble),
                       .high = at::full({units.columns}, nan, at::kDouble)};
  for_unit_blocks(units, memory, [&](int64_t begin, const at::Tensor& columns) {
    parallel_for(columns.size(0), threads, [&](int64_t v) {
      const auto means = drawn_means(columns.data_ptr<double>() + v * units.count, draws);
      const auto interval = percentile_interval(means, options.level);
      result.low.data_ptr<double>()[begin + v] = interval.low;
      result.high.data_ptr<double>()[begin + v] = interval.high;
    });
  });
  return result;
}

ConfidenceInterval hierarchical_interval(const at::Tensor& values, StoryDraws kind, const BootstrapOptions& options) {
  const auto exact = values.to(at::kDouble).contiguous();
  const auto stories = static_cast<size_t>(exact.size(1));
  const auto of = [&](size_t subject) { return exact.data_ptr<double>() + subject * stories; };
  const auto subjects = bootstrap_counts(exact.size(0), "subject", options);
  const auto crossed = bootstrap_counts(exact.size(1), "story", options);
  Random random(derive_seed(options.seed, "stories of subjects"));
  std::vector<double> means;
  for (size_t draw = 0; draw < subjects.size(); ++draw) {
    std::vector<double> drawn;
    for (size_t subject = 0; subject < subjects[draw].size(); ++subject)
      for (int64_t copy = 0; copy < subjects[draw][subject]; ++copy)
        drawn.push_back(kind == StoryDraws::crossed
                            ? story_mean(of(subject), crossed[draw])
                            : story_mean(of(subject), drawn_counts(random, heard(of(subject), stories), stories)));
    means.push_back(mean_of_known(drawn));
  }
  return percentile_interval(means, options.level);
}

}  // namespace arcuate
