#include "study/shape_settings.h"

#include <algorithm>

#include "core/error.h"
#include "study/study_names.h"

namespace arcuate {
namespace {

const Names<ShapeLayers> layer_choices{
    {"headline", ShapeLayers::headline}, {"all", ShapeLayers::all}, {"mean", ShapeLayers::mean}};
const Names<ShapeSubjects> subject_choices{{"mean", ShapeSubjects::mean}, {"each", ShapeSubjects::each}};
const Names<ShapePoints> point_choices{{"time", ShapePoints::time}, {"vertex", ShapePoints::vertex}};
const Names<Metric> metrics{
    {"euclidean", Metric::euclidean}, {"cosine", Metric::cosine}, {"correlation", Metric::correlation}};
const Names<ShapeGroups> group_choices{{"model", ShapeGroups::model}, {"space", ShapeGroups::space}};
const Names<ZScore> z_scores{{"none", ZScore::none}, {"predictors", ZScore::predictors}, {"both", ZScore::both}};
const Names<CoefficientErrors> error_kinds{{"classical", CoefficientErrors::classical},
                                           {"hc0", CoefficientErrors::hc0},
                                           {"hc1", CoefficientErrors::hc1},
                                           {"hc2", CoefficientErrors::hc2},
                                           {"hc3", CoefficientErrors::hc3}};
const Names<Criterion> criteria{{"none", Criterion::none}, {"aic", Criterion::aic}, {"bic", Criterion::bic}};
const Names<Shuffle> shuffle_kinds{{"rows", Shuffle::rows}, {"within", Shuffle::within}, {"groups", Shuffle::groups}};

const std::vector<std::string> cell_columns{"region", "hemisphere", "training"};
bool is_prime(int number) {
  if (number < 2 || number > 46337) return false;
  for (int d = 2; d * d <= number; ++d)
    if (number % d == 0) return false;
  return true;
}

void read_clouds(StudySection& section, ShapeSettings& s) {
  section.read_choice("points", s.clouds.points, point_choices);
  section.read_choice("metric", s.clouds.metric, metrics);
  section.read("embedding", s.clouds.embedding);
  section.read("max_points", s.clouds.max_points);
  section.read("dimensions", s.clouds.dimensions);
  section.read("modulus", s.clouds.modulus);
  if (s.clouds.embedding < 1 || s.clouds.embedding > 1000) section.wrong("embedding", "1 (none) to 1000 copies");
  if (s.clouds.embedding > 1 && s.clouds.points == ShapePoints::vertex)
    section.wrong("embedding", "1 where the points are vertices");
  if (s.clouds.max_points != 0 && s.clouds.max_points < 10) section.wrong("max_points", "0 (all) or at least 10");
  if (s.clouds.dimensions != 1 && s.clouds.dimensions != 2) section.wrong("dimensions", "1 or 2");
  if (!is_prime(s.clouds.modulus)) section.wrong("modulus", "a prime from 2 to 46337");
}

void read_features(StudySection& section, ShapeSettings& s) {
  section.read("features", s.features);
  section.read_or_inf("degree", s.distance.degree);
  section.read_or_inf("ground", s.distance.ground);
  if (!(s.distance.degree >= 1)) section.wrong("degree", "at least 1, or inf");
  if (!(s.distance.ground >= 1)) section.wrong("ground", "at least 1, or inf");
  if (s.features.empty()) section.wrong("features", "a list of names, as w0 and w1");
  for (size_t i = 0; i < s.features.size(); ++i) {
    const auto& name = s.features[i];
    if (std::find(s.features.begin(), s.features.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        s.features.begin() + static_cast<std::ptrdiff_t>(i))
      section.problems().add("'analysis.features' names '{}' twice", name);
    try {
      s.parsed.push_back(shape_feature(name));
      if (s.parsed.back().dimension > s.clouds.dimensions)
        section.problems().add("'analysis.features' names '{}', and 'analysis.dimensions' is {}", name,
                               s.clouds.dimensions);
    } catch (const Error& error) {
      section.problems().add("'analysis.features': {}", error.what());
    }
  }
}

void read_regression(StudySection& section, ShapeSettings& s) {
  auto& o = s.explain;
  section.read("cells", s.cells);
  section.read_choice("groups", s.groups, group_choices);
  section.read_choice("standardize", o.z_score, z_scores);
  section.read("intercept", o.regression.intercept);
  section.read_choice("errors", o.regression.errors, error_kinds);
  section.read("confidence", o.regression.confidence);
  section.read_choice("select", o.select, criteria);
  section.read("folds", o.folds);
  section.read_choice("shuffle", o.shuffle, shuffle_kinds);
  section.read("shuffles", o.shuffles);
  section.read("bootstrap", o.resamples);
  section.read("alpha", o.alpha);
  section.read("seed", o.seed);
  for (size_t i = 0; i < s.cells.size(); ++i)
    if (std::find(cell_columns.begin(), cell_columns.end(), s.cells[i]) == cell_columns.end() ||
        std::count(s.cells.begin(), s.cells.end(), s.cells[i]) > 1)
      section.wrong("cells", "a list of region, hemisphere, training, each at most once");
  if (!(o.regression.confidence >= 0.5 && o.regression.confidence < 1))
    section.wrong("confidence", "from 0.5 to below 1");
  if (o.folds < 2) section.wrong("folds", "at least 2");
  if (o.shuffles < 1) section.wrong("shuffles", "at least 1");
  if (o.resamples < 100) section.wrong("bootstrap", "at least 100");
  if (!(o.alpha > 0 && o.alpha <= 0.5)) section.wrong("alpha", "above 0, at most 0.5");
  if (o.z_score != ZScore::none && !o.regression.intercept)
    section.wrong("standardize", "\"none\" without an intercept");
  if (o.select != Criterion::none && static_cast<int64_t>(s.features.size()) > most_candidates)
    section.wrong("select", fmt::format("\"none\" with more than {} features", most_candidates));
}

}  // namespace

ShapeSettings read_shape_settings(StudySection& section) {
  ShapeSettings s;
  section.read("spaces", s.spaces);
  section.read("regions", s.regions);
  section.read_choice("subjects", s.subjects, subject_choices);
  section.read_choice("layers", s.layers, layer_choices);
  read_clouds(section, s);
  read_features(section, s);
  read_regression(section, s);
  return s;
}

Json cloud_settings(const ShapeSettings& s) {
  return {{"subjects", name_of(s.subjects, subject_choices)},
          {"regions", s.regions},
          {"points", name_of(s.clouds.points, point_choices)},
          {"metric", name_of(s.clouds.metric, metrics)},
          {"embedding", s.clouds.embedding},
          {"max_points", s.clouds.max_points},
          {"dimensions", s.clouds.dimensions},
          {"modulus", s.clouds.modulus}};
}

Json feature_settings(const ShapeSettings& s) {
  Json json = cloud_settings(s);
  json["features"] = s.features;
  json["degree"] = s.distance.degree;
  json["ground"] = s.distance.ground;
  return json;
}

Json shape_settings(const ShapeSettings& s) {
  Json json = feature_settings(s);
  const auto& o = s.explain;
  json["spaces"] = s.spaces;
  json["layers"] = name_of(s.layers, layer_choices);
  json["cells"] = s.cells;
  json["groups"] = name_of(s.groups, group_choices);
  json["standardize"] = name_of(o.z_score, z_scores);
  json["intercept"] = o.regression.intercept;
  json["errors"] = name_of(o.regression.errors, error_kinds);
  json["confidence"] = o.regression.confidence;
  json["select"] = name_of(o.select, criteria);
  json["folds"] = o.folds;
  json["shuffle"] = name_of(o.shuffle, shuffle_kinds);
  json["shuffles"] = o.shuffles;
  json["bootstrap"] = o.resamples;
  json["alpha"] = o.alpha;
  json["seed"] = o.seed;
  return json;
}

std::string cloud_text(const ShapeSettings& s) {
  auto text = std::string(s.clouds.points == ShapePoints::time
                              ? "A point is a volume: its coordinates are the z-scored responses of a place, or the "
                                "z-scored states of a layer brought to volumes"
                              : "A point is a vertex, or a unit of a layer: its coordinates are its z-scored series");
  if (s.clouds.embedding > 1) text += fmt::format(", in {} copies delayed by a volume each", s.clouds.embedding);
  if (s.clouds.max_points > 0) text += fmt::format("; every k-th point, at most {}", s.clouds.max_points);
  return text + (s.subjects == ShapeSubjects::each ? "; features and scores are means over subjects." : ".");
}

}  // namespace arcuate
