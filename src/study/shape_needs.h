// What the units of an analysis "shape" are expected to need, from shapes alone.
#pragma once
#include "study/shape_clouds.h"
#include "study/shape_settings.h"

namespace arcuate {

/// Barcodes of `clouds` clouds, of as many columns at most, brought to the volumes of all stories.
struct CloudCount {
  int64_t clouds = 0, columns = 0;
  int64_t words = 0;  ///< Of the longest story whose states are brought to the volumes; 0 where recordings are read.
};
UnitNeeds barcode_needs(const EncodingPlan& plan, const ShapeOptions& options, const CloudCount& count);

/// Differences of `pairs` pairs of barcodes, `features` each.
UnitNeeds difference_needs(const EncodingPlan& plan, const ShapeSettings& settings, int64_t pairs, int64_t columns);

}  // namespace arcuate
