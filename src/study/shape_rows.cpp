#include "study/shape_rows.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {
namespace {

std::string cell_label(const ShapeTable& table, const ShapeRow& row, const std::string& column) {
  const auto& place = table.places[row.place];
  if (column == "region") return place.region;
  if (column == "hemisphere") return place.hemisphere;
  return training_name(row.space->training);
}

// Rows that are left when the fold with most of them is held out.
int64_t fewest_training_rows(const RowGroups& groups, int64_t folds) {
  int64_t fewest = INT64_MAX;
  for (const auto& fold : grouped_folds(groups, folds))
    fewest = std::min(fewest, static_cast<int64_t>(fold.train.size()));
  return fewest;
}

std::string fault_of(const Cell& cell, const ExplainData& data, const ExplainOptions& options) {
  std::vector<std::string> labels;
  for (const int64_t row : cell.rows) labels.push_back(data.groups[static_cast<size_t>(row)]);
  const auto groups = row_groups(labels);
  const auto count = static_cast<int64_t>(groups.size());
  if (count < options.folds)
    return fmt::format("{} groups for {} folds: at least {} are needed", count, options.folds, options.folds);
  const auto needed = static_cast<int64_t>(data.predictors.size()) + (options.regression.intercept ? 2 : 1);
  const int64_t left = fewest_training_rows(groups, options.folds);
  if (left < needed)
    return fmt::format("{} rows beside the largest fold for {} features: at least {} are needed", left,
                       data.predictors.size(), needed);
  return "";
}

}  // namespace

std::string shape_group(const FeatureSpace& space, ShapeGroups groups) {
  return groups == ShapeGroups::model ? space.name : space.id;
}

ExplainData shape_data(const ShapeTable& table) {
  ExplainData data{.predictors = table.features};
  std::vector<double> x, y;
  std::vector<std::vector<std::string>> labels(table.cells.size());
  for (const auto& row : table.rows) {
    if (!row.used) continue;
    data.groups.push_back(shape_group(*row.space, table.groups));
    for (size_t c = 0; c < table.cells.size(); ++c) labels[c].push_back(cell_label(table, row, table.cells[c]));
    x.insert(x.end(), row.features.begin(), row.features.end());
    y.push_back(row.score);
  }
  data.cells = group_cells(table.cells, labels, static_cast<int64_t>(y.size()));
  data.y = to_tensor(y);
  if (!x.empty()) data.x = to_tensor(x).view({data.y.size(0), -1});
  return data;
}

void check_shape_rows(const ExplainData& data, const ExplainOptions& options, const std::string& analysis) {
  if (data.groups.empty()) bad_usage("the analysis '{}' has no feature space with enough columns", analysis);
  std::set<std::string> told;  // the same of every place
  Problems problems(fmt::format("the analysis '{}' has too few rows; add models, twins or feature spaces, set layers = "
                                "\"all\", groups = \"space\" or fewer folds",
                                analysis),
                    Fault::usage);
  for (const auto& cell : data.cells.cells) {
    const auto fault = fault_of(cell, data, options);
    if (!fault.empty() && told.insert(fault).second) problems.add("{}: {}", cell_name(data.cells, cell), fault);
  }
  problems.raise();
}

}  // namespace arcuate
