#include "study/shape_needs.h"

#include <algorithm>
#include <cmath>

#include "study/unit_arrays.h"

namespace arcuate {
namespace {

double real(int64_t value) { return static_cast<double>(value); }

// Points of a cloud once it is thinned.
double points_of(const EncodingPlan& plan, const ShapeOptions& options, int64_t columns) {
  const auto stories = std::ssize(plan.responses.stories);
  const int64_t volumes = plan.responses.matrix.rows() - (options.embedding - 1) * stories;
  const int64_t all = options.points == ShapePoints::time ? volumes : columns * options.embedding;
  if (options.max_points == 0 || all <= options.max_points) return real(all);
  const int64_t step = (all + options.max_points - 1) / options.max_points;
  return real((all + step - 1) / step);
}

// Of a cloud of n points, as measured: how much is kept of its simplices, and how long its barcode takes, hang on the
// data.
double barcode_bytes(double n, int dimensions) { return 45 * n * n + (dimensions > 1 ? n * n * n : 0); }

double barcode_products(double n, int dimensions) {
  return dimensions > 1 ? 300 * n * n * n : 5000 * n * n + 5 * n * n * n;
}

}  // namespace

UnitNeeds barcode_needs(const EncodingPlan& plan, const ShapeOptions& options, const CloudCount& count) {
  const double rows = real(plan.responses.matrix.rows()), columns = real(count.columns);
  const double points = points_of(plan, options, count.columns);
  UnitArrays arrays;
  // As they are read, centred, z-scored and chosen, or side by side with their delayed copies.
  arrays.add_of_a_thread(std::max(4.0, 2 + real(options.embedding)) * rows * columns, 8);
  arrays.add_of_a_thread(3 * real(count.words) * columns, 8);
  arrays.add_of_a_thread(barcode_bytes(points, options.dimensions), 1);
  auto needs = arrays.needs();
  needs.largest = fmt::format("clouds of {} x {}", rows, columns);
  needs.largest_bytes = static_cast<int64_t>(rows * columns * 8);
  needs.disk = static_cast<int64_t>(real(count.clouds) * 2 * points * 3 * 8);
  needs.work = real(count.clouds) *
               (barcode_products(points, options.dimensions) + 10 * rows * columns + points * points * columns);
  return needs;
}

UnitNeeds difference_needs(const EncodingPlan& plan, const ShapeSettings& settings, int64_t pairs, int64_t columns) {
  const double points = points_of(plan, settings.clouds, columns), features = real(std::ssize(settings.parsed));
  UnitArrays arrays;
  arrays.add(fmt::format("features of {} pairs", pairs), real(pairs) * features, 8);
  arrays.add_of_a_thread(points * points, 8);  // an assignment of two diagrams
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(real(pairs) * features * 8);
  needs.work = std::max(2.0, 2 * real(pairs) * features * points * points * points);
  return needs;
}

}  // namespace arcuate
