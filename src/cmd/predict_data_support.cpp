#include "cmd/predict_data_support.h"

#include <ATen/ATen.h>

#include "cmd/labels_support.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

std::string delays_text(const std::vector<int64_t>& delays) {
  if (delays == std::vector<int64_t>{0}) return "";
  std::vector<std::string> texts;
  for (const int64_t delay : delays) texts.push_back(std::to_string(delay));
  return fmt::format(" (before delays {})", join(texts, ","));
}

void check_widths(const std::vector<std::string>& names, const std::vector<Tensor>& columns,
                  const StoredWeights& weights, Problems& problems) {
  int64_t width = 0;
  for (const auto& x : columns) width += x.size(1);
  if (width != weights.features())
    problems.add("{} feature columns where the weights are of {}{}", width, weights.features(),
                 delays_text(weights.delays));
  if (weights.widths.size() != columns.size()) return;  // one array may hold what stood in several files
  for (size_t i = 0; i < columns.size() && columns.size() > 1; ++i)
    if (columns[i].size(1) != weights.widths[i])
      problems.add("'{}' has {} columns, feature file {} of the weights had {}", names[i], columns[i].size(1), i + 1,
                   weights.widths[i]);
}

void check_rows(const std::vector<std::string>& names, const std::vector<Tensor>& columns, Problems& problems) {
  for (size_t i = 1; i < columns.size(); ++i)
    if (columns[i].size(0) != columns[0].size(0))
      problems.add("'{}' has {} rows, '{}' has {}", names[i], columns[i].size(0), names[0], columns[0].size(0));
}

void check_responses(const std::string& name, const ResponseMatrix& responses, int64_t rows,
                     const StoredWeights& weights, Problems& problems) {
  if (responses.rows() != rows)
    problems.add("responses '{}' have {} rows, the features {}", name, responses.rows(), rows);
  if (responses.targets() != weights.targets())
    problems.add("responses '{}' have {} targets, the weights are of {}", name, responses.targets(), weights.targets());
}

}  // namespace

PredictData read_predict_data(const ArrayNames& names, const StoredWeights& weights, int64_t memory) {
  Problems problems(fmt::format("the arrays do not fit the weights in '{}'", weights.path.string()));
  std::vector<Tensor> columns;
  for (const auto& name : names.features) {
    columns.push_back(read_matrix(name));
    check_finite_columns(name, columns.back(), problems);
  }
  check_widths(names.features, columns, weights, problems);
  check_rows(names.features, columns, problems);
  const int64_t rows = columns.front().size(0);
  PredictData data;
  if (!names.responses.empty()) {
    data.responses = open_response_matrix(names.responses, memory);
    check_responses(names.responses, *data.responses, rows, weights, problems);
  }
  const auto labels = names.groups.empty() ? std::vector<std::string>{} : read_labels(names.groups, "row");
  if (!names.groups.empty() && std::ssize(labels) != rows)
    problems.add("'{}' has {} labels for {} rows", names.groups.string(), labels.size(), rows);
  problems.raise();
  data.rows.features = columns.size() == 1 ? columns.front() : at::cat(columns, 1);
  if (names.groups.empty())
    data.rows.stories = {{0, rows}};
  else
    append_stories(labels, {0, rows}, names.groups, data.rows.stories);
  return data;
}

}  // namespace arcuate
