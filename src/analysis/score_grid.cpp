#include "analysis/score_grid.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Names in order of appearance, each with its place.
struct Places {
  std::map<std::string, size_t> of{};
  std::vector<std::string> names{};
  size_t add(const std::string& name) {
    const auto [place, is_new] = of.try_emplace(name, names.size());
    if (is_new) names.push_back(name);
    return place->second;
  }
};

// Sum and number of the records of a cell.
struct Sums {
  std::vector<double> sum{};
  std::vector<int64_t> count{};
  explicit Sums(size_t cells) : sum(cells, 0), count(cells, 0) {}
  void add(size_t cell, double value) {
    if (!std::isnan(value)) sum[cell] += value, ++count[cell];
  }
  std::vector<double> means() const {
    std::vector<double> means(sum.size(), nan);
    for (size_t i = 0; i < sum.size(); ++i)
      if (count[i] > 0) means[i] = sum[i] / static_cast<double>(count[i]);
    return means;
  }
};

std::string layer_text(const ScorePoint& point) {
  return fmt::format("'{}'{}", point.model, point.layer.empty() ? "" : fmt::format(", layer {}", point.layer));
}

void check_records(std::span<const ScoreRecord> records) {
  Problems problems("the size of every score must be a positive number");
  bool any = false;
  for (const auto& record : records) {
    any = any || !std::isnan(record.score);
    if (!(record.size > 0) || std::isinf(record.size))
      problems.add("model '{}' has the size {}", record.model, record.size);
    if (std::isinf(record.score)) problems.add("model '{}' has an infinite score", record.model);
  }
  problems.raise();
  if (!any) bad_input("none of the {} rows has a score", records.size());
}

using PointKey = std::tuple<std::string, std::string, double, std::string>;
PointKey key_of(const ScoreRecord& r) { return {r.family, r.model, r.size, r.layer}; }

}  // namespace

ScoreGrid make_score_grid(std::span<const ScoreRecord> records) {
  check_records(records);
  Places subjects, stories;
  std::map<PointKey, size_t> places;
  ScoreGrid grid;
  Problems depths("a layer has one depth");
  for (const auto& r : records) {
    subjects.add(r.subject), stories.add(r.story);
    const auto [place, is_new] = places.try_emplace(key_of(r), grid.points.size());
    if (is_new)
      grid.points.push_back({.model = r.model, .family = r.family, .layer = r.layer, .size = r.size, .depth = r.depth});
    const auto& point = grid.points[place->second];
    if (point.depth != r.depth && !(std::isnan(point.depth) && std::isnan(r.depth)))
      depths.add("{} has {} and {}", layer_text(point), point.depth, r.depth);
  }
  depths.raise();
  grid.subjects = subjects.names, grid.stories = stories.names;
  const size_t cells = grid.subjects.size() * grid.stories.size();
  std::vector<Sums> scores(grid.points.size(), Sums(cells)), choices = scores;
  for (const auto& r : records) {
    const size_t cell = subjects.of.at(r.subject) * grid.stories.size() + stories.of.at(r.story);
    scores[places.at(key_of(r))].add(cell, r.score);
    choices[places.at(key_of(r))].add(cell, r.choice);
  }
  for (size_t i = 0; i < grid.points.size(); ++i)
    grid.points[i].scores = scores[i].means(), grid.points[i].choices = choices[i].means();
  return grid;
}

UnitWeights even_weights(const ScoreGrid& grid) {
  return {std::vector<double>(grid.subjects.size(), 1), std::vector<double>(grid.stories.size(), 1)};
}

UnitWeights only_subject(const ScoreGrid& grid, size_t subject) {
  UnitWeights weights{std::vector<double>(grid.subjects.size(), 0), std::vector<double>(grid.stories.size(), 1)};
  weights.subjects[subject] = 1;
  return weights;
}

std::vector<UnitWeights> bootstrap_weights(const ScoreGrid& grid, const BootstrapOptions& options) {
  if (grid.subjects.size() * grid.stories.size() == 1) return {};
  const auto subjects = bootstrap_counts(static_cast<int64_t>(grid.subjects.size()), "subject", options);
  const auto stories = bootstrap_counts(static_cast<int64_t>(grid.stories.size()), "story", options);
  std::vector<UnitWeights> draws;
  for (size_t i = 0; i < subjects.size(); ++i)
    draws.push_back({{subjects[i].begin(), subjects[i].end()}, {stories[i].begin(), stories[i].end()}});
  return draws;
}

double weighted_mean(const ScoreGrid& grid, std::span<const double> cells, const UnitWeights& weights) {
  double total = 0, subjects = 0;
  for (size_t s = 0; s < grid.subjects.size(); ++s) {
    double sum = 0, stories = 0;
    for (size_t t = 0; t < grid.stories.size(); ++t) {
      const double value = cells[s * grid.stories.size() + t];
      if (!std::isnan(value)) sum += weights.stories[t] * value, stories += weights.stories[t];
    }
    if (stories > 0) total += weights.subjects[s] * sum / stories, subjects += weights.subjects[s];
  }
  return subjects > 0 ? total / subjects : nan;
}

static bool known(std::span<const double> cells) {
  return std::any_of(cells.begin(), cells.end(), [](double value) { return !std::isnan(value); });
}

// Whether layers are chosen by training rows. Some with and some without cannot be compared.
static bool all_have_choices(const ScoreGrid& grid) {
  const auto with =
      std::count_if(grid.points.begin(), grid.points.end(), [](const ScorePoint& p) { return known(p.choices); });
  if (with > 0 && with < static_cast<int64_t>(grid.points.size())) {
    const auto lacking =
        std::find_if(grid.points.begin(), grid.points.end(), [](const ScorePoint& p) { return !known(p.choices); });
    bad_input("{} of {} layers have no score on training rows to be chosen by, {} among them",
              static_cast<int64_t>(grid.points.size()) - with, grid.points.size(), layer_text(*lacking));
  }
  return with > 0;
}

ChosenPoints choose_layers(const ScoreGrid& grid) {
  const bool by_training = all_have_choices(grid);
  const auto weights = even_weights(grid);
  std::map<std::tuple<std::string, std::string, double>, size_t> places;
  ChosenPoints chosen;
  std::vector<double> best;
  for (size_t i = 0; i < grid.points.size(); ++i) {
    const auto& point = grid.points[i];
    if (!known(point.scores)) continue;
    const double merit = weighted_mean(grid, by_training ? point.choices : point.scores, weights);
    const auto [place, is_new] = places.try_emplace({point.family, point.model, point.size}, chosen.points.size());
    if (is_new) {
      chosen.points.push_back(i), best.push_back(merit);
      continue;
    }
    chosen.choice = by_training ? LayerChoice::by_training : LayerChoice::by_test;
    if (merit > best[place->second]) chosen.points[place->second] = i, best[place->second] = merit;
  }
  return chosen;
}

}  // namespace arcuate
