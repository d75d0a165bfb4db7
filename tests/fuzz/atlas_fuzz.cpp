// Atlases of regions: a table of names, then behind a line "---" a NIfTI, GIfTI or CIFTI file. An Error, or a region
// (or none) for every target.
#include <ATen/ATen.h>

#include "brain/atlas.h"
#include "brain/atlas_files.h"
#include "brain/dataset.h"
#include "one_folder.h"
#include "only_errors.h"

using namespace arcuate;

static const fs::path& folder() {
  static const fuzz::Folder folder("atlas");
  return folder.path();
}

static Dataset dataset_of(std::vector<TargetPlace> places, VoxelGrid grid) {
  Dataset dataset{.targets = std::vector<std::string>(4, "t"), .places = std::move(places), .grid = std::move(grid)};
  return dataset;
}

static Dataset voxels() {
  return dataset_of(
      {}, {.shape = {2, 2, 1}, .affine = at::eye(4, at::kDouble), .voxels = at::ones({2, 2, 1}, at::kBool).nonzero()});
}

static Dataset vertices() {
  return dataset_of({{.hemisphere = "L", .vertex = 1},
                     {.hemisphere = "L", .vertex = 2},
                     {.hemisphere = "R", .vertex = 0},
                     {.hemisphere = "", .vertex = -1}},
                    {});
}

static void check(Dataset dataset, const AtlasOptions& options) {
  fuzz::only_errors([&] {
    label_targets(dataset, options);
    if (dataset.places.size() != dataset.targets.size()) std::abort();
    for (const auto& place : dataset.places)
      if (invalid_utf8(place.region)) std::abort();
  });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parts = fuzz::parts_of(fuzz::text_of(data, size), 2);
  const auto names = folder() / "names.tsv", volume = folder() / "atlas.nii", dense = folder() / "atlas.dlabel.nii",
             side = folder() / "atlas.label.gii";
  write_file(names, parts[0]);
  for (const auto& path : {volume, dense, side}) write_file(path, parts[1]);
  check(voxels(), {.files = {volume}});
  check(voxels(), {.files = {volume}, .names = names});
  check(vertices(), {.files = {dense}});
  check(vertices(), {.files = {side, side}});
  return 0;
}
