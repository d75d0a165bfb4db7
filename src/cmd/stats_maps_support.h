// The maps of `stats`: one file a subject, read when it is asked for, so that memory does not grow with their number.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/spec.h"
#include "stats/group_test.h"

namespace arcuate {

struct StatsMapNames {
  std::vector<std::filesystem::path> files{};
  std::vector<std::filesystem::path> paired{};  ///< One for each of `files`, or none.
  std::string map{};                            ///< Which one of files that hold several: a name, or a number from 1.
};
void describe_stats_maps(cli::Spec<StatsMapNames>& s);

/// Takes the maps of a study's mean (sub-mean), with their partners, out of those of subjects. Returns how many.
int64_t leave_out_mean_maps(StatsMapNames& names);

/// The maps as units: V vertices, less those of `paired`. Every file is looked at once. Errors: usage (lists that do
/// not fit, files named twice), input (all files of another length, without the map, with infinite values; pairs of
/// different subjects), all at once.
UnitRows map_units(const StatsMapNames& names);

/// Means of each unit over the columns of each region (below 0: none), without NaN: one column a region.
UnitRows region_units(const UnitRows& units, std::vector<int64_t> region_of, int64_t regions);

/// The region of each of V targets, from 0 on, or -1.
struct TargetRegions {
  std::vector<std::string> names{};
  std::vector<int64_t> numbers{};
  bool given() const { return !names.empty(); }
};
/// One label a line (n/a: none), whole numbers of FILE.npy (0: none) or a .label.gii file; nothing for an empty path.
/// Errors: input.
TargetRegions read_target_regions(const std::filesystem::path& path, int64_t targets);

/// The metadata of a GIfTI file that say which hemisphere it is; empty for others.
std::map<std::string, std::string> structure_of(const std::filesystem::path& path);

/// Named maps of V numbers: one .func.gii file with `structure`, or a .npy file each (float64) in `folder`.
struct NamedMap {
  std::string name{};
  at::Tensor values{};
};
void write_stats_maps(const std::filesystem::path& folder, const std::vector<NamedMap>& maps, bool gifti,
                      const std::map<std::string, std::string>& structure);

}  // namespace arcuate
