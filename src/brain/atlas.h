// Regions of targets: names from a parcellation, large parcels split, targets restricted to regions or averaged in
// them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace arcuate {

struct Dataset;

enum class TargetMean { none, region };

struct AtlasOptions {
  /// A NIfTI parcellation on the targets' grid, a CIFTI .dlabel.nii, or a file a hemisphere, the left one first
  /// (.label.gii, .annot). Empty: regions are those of the layout.
  std::vector<std::filesystem::path> files{};
  std::filesystem::path names{};  ///< NIfTI: table with columns `index` and `name`; empty: numbers are the names.
  int64_t split = 0;              ///< Regions of n targets become n / split slices (rounded down); 0: none are split.
  int axis = 1;                   ///< Along which they lie side by side: 0 x, 1 y, 2 z.
  std::vector<std::string> regions{};     ///< Targets in other regions are left out; "L:" and "R:" name one hemisphere.
  TargetMean average = TargetMean::none;  ///< region: targets become the regions' means.
};

/// Does what the options say, in the order of their fields. Slices have equal widths between the extreme coordinates of
/// a region's targets (mm, RAS), and the region's name with their number from 1, in the direction of the axis (after
/// the code of Caucheteux, Gramfort & King 2023, who split along y). A mean is over the targets that vary and are
/// finite in a recording; targets in no region are left out then. Errors: input, for files that do not fit the
/// targets; usage, for regions that are not there, with the nearest name.
void settle_regions(Dataset& dataset, const AtlasOptions& options);

}  // namespace arcuate
