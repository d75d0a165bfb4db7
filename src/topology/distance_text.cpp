#include "topology/distance_text.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/error.h"
#include "topology/number_lines.h"

namespace arcuate {

static bool is_distance(double d) { return d >= 0; }  // Not NaN.

// All numbers of a file, which are distances; their lines do not matter.
static std::vector<double> parse_distances(std::string_view bytes, const std::string& source) {
  Problems problems(source);
  std::vector<double> all;
  for (const auto& [line, values] : number_lines(bytes, problems))
    for (const double d : values) {
      if (!is_distance(d)) problems.add("line {}: a distance is at least 0, found {}", line, d);
      all.push_back(d);
    }
  problems.raise();
  return all;
}

// n of n (n - 1) / 2 numbers.
static int64_t points_of_triangle(size_t count, const std::string& source) {
  const auto n = static_cast<int64_t>(std::floor((1 + std::sqrt(1 + 8 * static_cast<double>(count))) / 2));
  if (count == 0 || static_cast<size_t>(n * (n - 1) / 2) != count)
    bad_input(
        "{}: {} numbers are no triangle of distances: expected n (n - 1) / 2 for n points, such as {} or {}. A full "
        "matrix is read with the format distance, coordinates with point-cloud",
        source, count, n * (n - 1) / 2, n * (n + 1) / 2);
  return n;
}

LowerDistances parse_lower_distances(std::string_view bytes, const std::string& source) {
  const auto all = parse_distances(bytes, source);
  return {points_of_triangle(all.size(), source), std::vector<float>(all.begin(), all.end())};
}

LowerDistances parse_upper_distances(std::string_view bytes, const std::string& source) {
  const auto all = parse_distances(bytes, source);
  LowerDistances lower{points_of_triangle(all.size(), source), std::vector<float>(all.size())};
  auto next = all.begin();
  for (int64_t i = 0; i < lower.points; ++i)
    for (int64_t j = i + 1; j < lower.points; ++j)
      lower.values[static_cast<size_t>(j * (j - 1) / 2 + i)] = static_cast<float>(*next++);
  return lower;
}

LowerDistances lower_distances(std::span<const double> matrix, int64_t points, const std::string& source) {
  constexpr double relative = 1e-6;  // What printing with six digits leaves of a symmetric matrix.
  double largest = 0;
  for (const double d : matrix)
    if (std::isfinite(d)) largest = std::max(largest, std::abs(d));
  Problems problems(source + ": expected a symmetric matrix of distances");
  const auto at = [&](int64_t i, int64_t j) { return matrix[static_cast<size_t>(i * points + j)]; };
  LowerDistances lower{.points = points};
  for (int64_t i = 0; i < points; ++i) {
    if (!(std::abs(at(i, i)) <= relative * largest))
      problems.add("the distance of point {} to itself is {}, not 0 (counted from 0)", i, at(i, i));
    for (int64_t j = 0; j < i; ++j) {
      const double d = at(i, j), mirrored = at(j, i);
      if (!is_distance(d))
        problems.add("the distance of points {} and {} is {}, expected at least 0", i, j, d);
      else if (d != mirrored && !(std::abs(d - mirrored) <= relative * largest))
        problems.add("points {} and {}: {} below the diagonal, {} above", i, j, d, mirrored);
      lower.values.push_back(static_cast<float>(d));
    }
  }
  problems.raise();
  return lower;
}

// Rows of one length, one after the other.
static PointCloud parse_rows(std::string_view bytes, const std::string& source, const std::string& expected) {
  Problems problems(source + expected);
  PointCloud cloud;
  size_t first = 0;
  for (const auto& [line, values] : number_lines(bytes, problems)) {
    if (cloud.points++ == 0) {
      first = line;
      cloud.width = static_cast<int64_t>(values.size());
    } else if (static_cast<int64_t>(values.size()) != cloud.width) {
      problems.add("line {}: {} numbers where line {} has {}", line, values.size(), first, cloud.width);
    }
    cloud.coordinates.insert(cloud.coordinates.end(), values.begin(), values.end());
  }
  problems.raise();
  if (cloud.points == 0) bad_input("{}: no numbers; expected a line of numbers for each point", source);
  return cloud;
}

PointCloud parse_points(std::string_view bytes, const std::string& source) {
  return parse_rows(bytes, source, ": expected points of as many coordinates each");
}

LowerDistances parse_full_distances(std::string_view bytes, const std::string& source) {
  const std::string expected =
      ": expected a full matrix of distances (lower-distance and upper-distance are triangles)";
  const auto rows = parse_rows(bytes, source, expected);
  if (rows.points != rows.width)
    bad_input("{}{}, found {} lines of {} numbers", source, expected, rows.points, rows.width);
  return lower_distances(rows.coordinates, rows.points, source);
}

SparseDistances parse_sparse_distances(std::string_view bytes, const std::string& source) {
  constexpr double most_points = 10'000'000;  // A larger number is no number of a point.
  Problems problems(source);
  std::vector<std::tuple<int32_t, int32_t, float, size_t>> pairs;
  int32_t last = -1;
  for (const auto& [line, v] : number_lines(bytes, problems)) {
    const auto is_point = [&](double x) { return x >= 0 && x < most_points && x == std::floor(x); };
    if (v.size() != 3 || !is_point(v[0]) || !is_point(v[1]) || !is_distance(v[2]) || (v[0] == v[1] && v[2] != 0)) {
      problems.add("line {}: expected two points, counted from 0, and their distance", line);
      continue;
    }
    const auto i = static_cast<int32_t>(std::max(v[0], v[1])), j = static_cast<int32_t>(std::min(v[0], v[1]));
    last = std::max(last, i);
    if (i != j) pairs.emplace_back(i, j, static_cast<float>(v[2]), line);
  }
  std::sort(pairs.begin(), pairs.end());
  for (size_t k = 1; k < pairs.size(); ++k)
    if (std::get<0>(pairs[k]) == std::get<0>(pairs[k - 1]) && std::get<1>(pairs[k]) == std::get<1>(pairs[k - 1]))
      problems.add("lines {} and {} are of the same pair", std::get<3>(pairs[k - 1]), std::get<3>(pairs[k]));
  problems.raise();
  if (last < 0) bad_input("{}: no numbers; expected lines of two points and their distance", source);
  SparseDistances sparse{.neighbours = std::vector<std::vector<Neighbour>>(static_cast<size_t>(last) + 1)};
  for (const auto& [i, j, d, line] : pairs) {
    if (std::isinf(d)) continue;
    sparse.neighbours[static_cast<size_t>(i)].push_back({j, d});
    sparse.neighbours[static_cast<size_t>(j)].push_back({i, d});
  }
  return sparse;
}

}  // namespace arcuate
