// The shape of brain scores as tables, charts and a section of the page.
#pragma once
#include <string>
#include <vector>

#include "study/analysis.h"
#include "study/explain_report.h"
#include "study/shape_rows.h"

namespace arcuate {

/// A cloud and its barcode: of a recording, or of a layer.
struct ShapeCloud {
  const FeatureSpace* space = nullptr;  ///< Null: of a recording.
  std::string layer{};
  ShapePlace place{};
  std::string subject{};
  std::vector<Diagram> barcode{};
};

struct ShapeReport {
  std::string name{};                   ///< Of the analysis.
  std::vector<ShapeCloud> clouds{};     ///< Recordings first.
  std::vector<std::string> left_out{};  ///< Places and spaces without a cloud.
  std::string cloud_text{};             ///< What a point is, in a sentence.
  ShapeTable table{};
  ExplainStory story{};
  std::vector<CellResult> results{};
};

/// One row a space, layer and place.
TidyTable shape_feature_table(const ShapeTable& table);
/// One row a cloud and dimension.
TidyTable shape_barcode_table(const std::vector<ShapeCloud>& clouds);
PageSection shape_section(const ShapeReport& report, const AnalysisOutput& output);

}  // namespace arcuate
