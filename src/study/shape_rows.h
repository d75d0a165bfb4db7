// The rows of the regressions of an analysis "shape": one a layer (or space) and place, with its score and features.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "analysis/explain.h"
#include "study/shape_clouds.h"
#include "study/spaces.h"

namespace arcuate {

struct ShapeRow {
  const FeatureSpace* space = nullptr;
  std::string layer{};
  size_t place = 0;  ///< Of the list of places.
  bool used = true;  ///< In the regression; others are in the table only.
  double score = NAN;
  std::vector<double> features{};
};

enum class ShapeGroups {
  model,  ///< A model, its twins and all their layers are one group; so are the seeds of random features.
  space   ///< Every twin and every seed is a group of its own, with its layers.
};

/// The group of a space.
std::string shape_group(const FeatureSpace& space, ShapeGroups groups);

struct ShapeTable {
  std::vector<ShapeRow> rows{};
  std::vector<ShapePlace> places{};
  std::vector<std::string> features{};
  std::vector<std::string> cells{};  ///< Of region, hemisphere, training.
  ShapeGroups groups = ShapeGroups::model;
};

/// The used rows for explain(); without x and y as long as they have no features.
ExplainData shape_data(const ShapeTable& table);

/// Errors: usage, when cells have too few groups or rows for the folds, saying how many are needed and what to change.
void check_shape_rows(const ExplainData& data, const ExplainOptions& options, const std::string& analysis);

}  // namespace arcuate
