// Distances and clouds of points as text, in the formats of Ripser. Numbers are separated by blanks or commas.
//   lower   d(1,0) d(2,0) d(2,1) d(3,0) …, broken into lines anywhere
//   upper   d(0,1) d(0,2) … d(1,2) …, broken into lines anywhere
//   full    n lines of n numbers, symmetric, 0 on the diagonal
//   sparse  lines i j d(i,j), points counted from 0, every pair once; other pairs are infinitely far
//   points  a line a point
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topology/distances.h"

namespace arcuate {

/// Errors of all: input, naming `source` and every line at fault. Distances are not negative and not NaN.
LowerDistances parse_lower_distances(std::string_view bytes, const std::string& source);
LowerDistances parse_upper_distances(std::string_view bytes, const std::string& source);
LowerDistances parse_full_distances(std::string_view bytes, const std::string& source);
SparseDistances parse_sparse_distances(std::string_view bytes, const std::string& source);

/// `matrix`: n x n, row by row; symmetric to a millionth of its largest entry.
LowerDistances lower_distances(std::span<const double> matrix, int64_t points, const std::string& source);

struct PointCloud {
  int64_t points = 0, width = 0;
  std::vector<double> coordinates{};  ///< points x width, row by row.
};
PointCloud parse_points(std::string_view bytes, const std::string& source);

}  // namespace arcuate
