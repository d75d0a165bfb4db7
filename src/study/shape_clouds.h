// What the analysis "shape" makes clouds of: the responses of a region in a hemisphere, and the states of a layer.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "io/hdf5.h"
#include "study/analysis.h"
#include "topology/diagram.h"

namespace arcuate {

/// Targets that make one cloud.
struct ShapePlace {
  std::string region{}, hemisphere{};  ///< Without surfaces: the target's name, and "n/a".
  std::vector<int64_t> targets{};
};

/// Places in the regions asked for (none: all), in the order of their first targets.
std::vector<ShapePlace> shape_places(const AnalysisInput& input, const std::vector<std::string>& regions);

/// "posterior_medial, L"; the region alone without surfaces.
std::string place_name(const ShapePlace& place);

/// Those of the place's targets that this subject has without a flag.
std::vector<int64_t> good_targets(const AnalysisInput& input, const ShapePlace& place, int64_t subject);

/// Their cleaned responses: T x targets.
at::Tensor place_columns(const AnalysisInput& input, const ShapePlace& place, int64_t subject);

/// States of all words brought to the same volumes as in the study's design, but not delayed: T x width.
at::Tensor layer_columns(const AnalysisInput& input, const FeatureSpace& space, const std::string& layer);

/// Whether the space has so many columns. Models have.
bool is_wide(const AnalysisInput& input, const FeatureSpace& space, int64_t columns);

/// Barcodes in a unit's file, as rows dimension, birth, death.
void write_barcode(Hdf5Writer& file, const std::string& name, const std::vector<Diagram>& barcode);
std::vector<Diagram> read_barcode(const Hdf5Reader& file, const std::string& name, int dimensions);

}  // namespace arcuate
