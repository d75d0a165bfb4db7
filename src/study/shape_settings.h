// The keys of an analysis "shape": read from a study file, and given back for its resolved form and the units' keys.
#pragma once
#include <string>
#include <vector>

#include "analysis/explain.h"
#include "analysis/shape.h"
#include "io/json.h"
#include "study/section.h"
#include "study/shape_rows.h"

namespace arcuate {

enum class ShapeLayers {
  headline,  ///< The layer of each space that training rows chose.
  all,
  mean  ///< Score and features are means over layers.
};
enum class ShapeSubjects {
  mean,  ///< Clouds of the mean subject.
  each   ///< Clouds of every single subject; features and scores are means over them.
};

struct ShapeSettings {
  std::vector<std::string> spaces{"all"}, regions{};
  ShapeSubjects subjects = ShapeSubjects::mean;
  ShapeLayers layers = ShapeLayers::headline;
  ShapeOptions clouds{};
  std::vector<std::string> features{"w0", "w1"};
  std::vector<ShapeFeature> parsed{};  ///< The same.
  DiagramDistanceOptions distance{};
  std::vector<std::string> cells{"region", "hemisphere"};
  ShapeGroups groups = ShapeGroups::model;
  ExplainOptions explain{.z_score = ZScore::predictors};

  bool takes_all_spaces() const { return spaces == std::vector<std::string>{"all"}; }
};

ShapeSettings read_shape_settings(StudySection& section);

/// What barcodes depend on; what features depend on; everything.
Json cloud_settings(const ShapeSettings& settings);
Json feature_settings(const ShapeSettings& settings);
Json shape_settings(const ShapeSettings& settings);

/// What a point is, in a sentence.
std::string cloud_text(const ShapeSettings& settings);

}  // namespace arcuate
