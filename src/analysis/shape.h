// The shape of a time series: its volumes as points of a cloud, the cloud's barcode, and how two barcodes differ. After
// Li 2024 (arXiv 2405.06725), who compared recordings and model states by persistent homology and q-Wasserstein
// distances; clouds, q, p and the list of features are ours, since the paper does not tell them.
//   point of volume t    (z_1(t), …, z_F(t)) / sqrt(F)        z: columns z-scored over all rows
//   embedded m times     (z(t), z(t - 1), …, z(t - m + 1)) / sqrt(m F)       within a story (Takens 1981)
//   feature w of dimension k: W_{q,p} of the two diagrams; others: ShapeMeasure
// Letters: T rows, F columns, n points.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "encode/rows.h"
#include "topology/diagram_distance.h"
#include "topology/rips.h"

namespace arcuate {

enum class ShapePoints {
  time,   ///< Points are volumes; coordinates are columns.
  vertex  ///< Points are columns; coordinates are volumes.
};

struct ShapeOptions {
  ShapePoints points = ShapePoints::time;
  Metric metric = Metric::euclidean;
  int64_t embedding = 1;     ///< Copies of each series, one volume later each; 1: none.
  int64_t max_points = 200;  ///< A cloud of more is thinned to every k-th point; 0: never.
  int dimensions = 1;        ///< Highest dimension of homology.
  int modulus = 2;           ///< Coefficients Z/p.
};

/// columns: T x F -> n x coordinates, float64. Constant columns are left out. Rows of a story before its first whole
/// point are too. Errors: input, when fewer than two points or no column is left.
at::Tensor shape_cloud(const at::Tensor& columns, const std::vector<RowRange>& stories, const ShapeOptions& options);

/// Diagrams of dimension 0 … `dimensions` up to the enclosing radius; the one bar that never ends is left out.
/// `memory`: bytes that may be used, 0 for any. Errors: input, when they do not suffice, naming what to lower; those of
/// distances_of_points().
std::vector<Diagram> shape_barcode(const at::Tensor& cloud, const ShapeOptions& options, size_t memory);

/// How two diagrams of one dimension differ.
enum class ShapeMeasure {
  wasserstein,  ///< "w": W_{q,p}
  bottleneck,   ///< "b"
  betti,        ///< L2 distance of the Betti curves.
  landscape,    ///< L2 distance of the first five layers of the landscapes.
  entropy,      ///< The rest are differences, second less first: persistence entropy (bits),
  total,        ///< sum of lifetimes,
  longest,      ///< longest lifetime,
  points        ///< number of bars.
};

struct ShapeFeature {
  ShapeMeasure measure = ShapeMeasure::wasserstein;
  int dimension = 0;
};

/// "w1", "entropy0". Errors: usage, naming what is known.
ShapeFeature shape_feature(const std::string& name);

/// `first`, `second`: diagrams by dimension.
double shape_difference(const ShapeFeature& feature, const std::vector<Diagram>& first,
                        const std::vector<Diagram>& second, const DiagramDistanceOptions& options);

}  // namespace arcuate
