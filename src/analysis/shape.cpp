#include "analysis/shape.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "topology/rips_size.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr size_t landscape_layers = 5, landscape_times = 200;
constexpr double bits = 2;

const std::pair<const char*, ShapeMeasure> measures[] = {
    {"w", ShapeMeasure::wasserstein},       {"b", ShapeMeasure::bottleneck},    {"betti", ShapeMeasure::betti},
    {"landscape", ShapeMeasure::landscape}, {"entropy", ShapeMeasure::entropy}, {"total", ShapeMeasure::total},
    {"longest", ShapeMeasure::longest},     {"points", ShapeMeasure::points}};

Tensor zscored_columns(const Tensor& columns) {
  const auto values = columns.to(at::kDouble);
  const auto centred = values - values.mean(0);
  const auto deviation = centred.square().mean(0).sqrt();
  // What rounding leaves of a constant column is no signal.
  const auto moves = deviation.gt(1e-12 * values.abs().amax(0)).nonzero().squeeze(1);
  return (centred / deviation).index_select(1, moves);
}

// Row t holds the rows t, t - 1, … of its story side by side.
Tensor embedded(const Tensor& columns, const std::vector<RowRange>& stories, int64_t copies) {
  std::vector<Tensor> parts;
  for (const auto& story : stories) {
    if (story.size() < copies) continue;
    std::vector<Tensor> shifted;
    for (int64_t lag = 0; lag < copies; ++lag)
      shifted.push_back(columns.slice(0, story.begin + copies - 1 - lag, story.end - lag));
    parts.push_back(at::cat(shifted, 1));
  }
  return parts.empty() ? columns.slice(0, 0, 0) : at::cat(parts, 0);
}

Tensor thinned(const Tensor& points, int64_t most) {
  const int64_t count = points.size(0);
  return most == 0 || count <= most ? points : points.slice(0, 0, count, (count + most - 1) / most);
}

}  // namespace

Tensor shape_cloud(const Tensor& columns, const std::vector<RowRange>& stories, const ShapeOptions& options) {
  auto cloud = embedded(zscored_columns(columns), stories, options.embedding);
  if (options.points == ShapePoints::vertex) cloud = cloud.t();
  if (cloud.size(0) < 2 || cloud.size(1) < 1)
    bad_input("a cloud needs two points and a coordinate, found {}: {} columns that change and stories of {} rows",
              shape_text(cloud), zscored_columns(columns).size(1), stories.empty() ? 0 : stories.front().size());
  return (thinned(cloud, options.max_points) / std::sqrt(static_cast<double>(cloud.size(1)))).contiguous();
}

std::vector<Diagram> shape_barcode(const Tensor& cloud, const ShapeOptions& options, size_t memory) {
  const RipsOptions rips{.dimension = options.dimensions, .modulus = options.modulus, .memory_limit = memory};
  const auto refuse = [&](size_t least) {
    if (memory > 0 && least > memory)
      bad_input(
          "the barcode of a cloud of {} points needs {:.3g} GB at least, and {:.3g} GB are free: lower max_points"
          "{}",
          cloud.size(0), static_cast<double>(least) / 1e9, static_cast<double>(memory) / 1e9,
          options.dimensions > 1 ? " or dimensions" : "");
  };
  refuse(lower_distance_bytes(cloud.size(0)));
  const auto points = cloud.contiguous();
  const auto distances = distances_of_points({points.data_ptr<double>(), static_cast<size_t>(points.numel())},
                                             points.size(0), {.metric = options.metric});
  refuse(rips_size(distances, rips).least_bytes);
  auto diagrams = rips_barcode(distances, rips);
  for (auto& diagram : diagrams) diagram = finite_bars(diagram);
  return diagrams;
}

ShapeFeature shape_feature(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [stem, measure] : measures) {
    known.emplace_back(stem);
    const auto number = name.starts_with(stem) ? name.substr(known.back().size()) : "";
    if (number.size() == 1 && number[0] >= '0' && number[0] <= '9') return {measure, number[0] - '0'};
  }
  bad_usage("'{}' is no feature of diagrams: one of {} and a dimension, as w1", name, join(known, ", "));
}

double shape_difference(const ShapeFeature& feature, const std::vector<Diagram>& first,
                        const std::vector<Diagram>& second, const DiagramDistanceOptions& options) {
  const auto& a = first.at(static_cast<size_t>(feature.dimension));
  const auto& b = second.at(static_cast<size_t>(feature.dimension));
  const auto difference = [&](auto number) {
    return number(diagram_features(b, bits)) - number(diagram_features(a, bits));
  };
  switch (feature.measure) {
    case ShapeMeasure::wasserstein:
      return diagram_distance(a, b, options);
    case ShapeMeasure::bottleneck:
      return bottleneck_distance(a, b, options.ground);
    case ShapeMeasure::betti:
      return betti_distance(a, b);
    case ShapeMeasure::landscape:
      return landscape_distance(a, b, landscape_layers, landscape_times);
    case ShapeMeasure::entropy:
      return difference([](const DiagramFeatures& f) { return f.entropy; });
    case ShapeMeasure::total:
      return difference([](const DiagramFeatures& f) { return f.total; });
    case ShapeMeasure::longest:
      return difference([](const DiagramFeatures& f) { return f.longest; });
    case ShapeMeasure::points:
      return difference([](const DiagramFeatures& f) { return static_cast<double>(f.points); });
  }
  return 0;
}

}  // namespace arcuate
