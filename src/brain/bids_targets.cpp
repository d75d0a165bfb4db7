#include "brain/bids_targets.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "brain/layout_parts.h"
#include "brain/place_targets.h"
#include "core/error.h"
#include "io/cifti.h"
#include "io/gifti_series.h"
#include "io/nifti.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double same_grid = 1e-3;  // mm

std::vector<fs::path> masks_of(const std::vector<BidsScan>& scans, const DatasetOptions& options) {
  if (!options.mask.empty()) return options.mask;
  std::vector<fs::path> masks;
  Problems problems("scans have no *_desc-brain_mask.nii.gz (dataset.mask can name one for all)");
  for (const auto& scan : scans) {
    if (scan.mask.empty()) problems.add("{}", scan.id());
    masks.push_back(scan.mask);
  }
  problems.raise();
  return masks;
}

VoxelGrid common_grid(const std::vector<BidsScan>& scans, const DatasetOptions& options, Dataset& dataset) {
  const auto masks = masks_of(scans, options);
  auto grid = read_voxel_grid(masks.front(), VoxelOrder::z_fastest);
  auto inside = mask_of(grid);
  Problems problems(fmt::format("the scans are not on the grid of '{}'", masks.front().string()));
  const auto has_grid = [&](const fs::path& path, const std::array<int64_t, 3>& shape, const at::Tensor& affine) {
    const bool same = shape == grid.shape && at::allclose(affine, grid.affine, 0, same_grid);
    if (!same)
      problems.add("'{}' has {} x {} x {} voxels{}", path.string(), shape[0], shape[1], shape[2],
                   shape == grid.shape ? " that lie elsewhere (affine)" : "");
    return same;
  };
  for (const auto& path : masks) {
    dataset.inputs.push_back(path);
    const auto own = read_voxel_grid(path, VoxelOrder::z_fastest);
    if (has_grid(path, own.shape, own.affine)) inside = inside.logical_and(mask_of(own));
  }
  for (const auto& scan : scans) {
    const auto header = read_nifti_header(scan.file());
    auto shape = header.shape;
    shape.resize(3, 1);
    has_grid(scan.file(), {shape[0], shape[1], shape[2]}, header.affine.to(at::kDouble));
  }
  problems.raise();
  grid.voxels = inside.contiguous().nonzero();
  if (grid.empty()) bad_input("the brain masks of the scans have no voxel in common");
  grid.space = scans.front().name.of("space");
  return grid;
}

std::string voxel_name(int64_t x, int64_t y, int64_t z) { return fmt::format("x{}y{}z{}", x, y, z); }

void name_voxels(Dataset& dataset) {
  const auto voxel = dataset.grid.voxels.accessor<int64_t, 2>();
  for (int64_t v = 0; v < dataset.grid.count(); ++v)
    dataset.targets.push_back(voxel_name(voxel[v][0], voxel[v][1], voxel[v][2]));
}

void name_brainordinates(const CiftiHeader& header, Dataset& dataset) {
  for (const auto& model : header.models) {
    const std::string side = model.structure == "CORTEX_LEFT" ? "L" : model.structure == "CORTEX_RIGHT" ? "R" : "";
    for (const int64_t vertex : model.vertices) {
      dataset.targets.push_back(fmt::format("{}{}", side.empty() ? model.structure : side, vertex));
      dataset.places.push_back({.hemisphere = side, .vertex = vertex});
    }
    for (const auto& [x, y, z] : model.voxels) {
      dataset.targets.push_back(voxel_name(x, y, z));
      dataset.places.push_back({.vertex = -1, .region = model.structure});
    }
  }
}

// The left hemisphere first.
void name_vertices(const BidsScan& scan, Dataset& dataset) {
  for (const auto& [side, path] : scan.files) {
    const auto vertices = GiftiSeries(path).vertices();
    for (int64_t vertex = 0; vertex < vertices; ++vertex) {
      dataset.targets.push_back(fmt::format("{}{}", side, vertex));
      dataset.places.push_back({.hemisphere = side, .vertex = vertex});
    }
  }
}

// fMRIPrep copies the averages that it used.
fs::path usual_surfaces(const DatasetOptions& options, const std::string& space) {
  for (const auto& parent :
       {derivative_folder(options) / "sourcedata" / "freesurfer", options.root / "derivatives" / "freesurfer"})
    if (!space.empty() && fs::exists(parent / space / "surf" / "lh.inflated")) return parent / space;
  return {};
}

void add_usual_surfaces(const BidsScan& scan, const DatasetOptions& options, Dataset& dataset) {
  const auto folder = usual_surfaces(options, scan.name.of("space"));
  if (options.surfaces.empty() && !folder.empty()) place_on_surfaces(folder, options, dataset);
}

bool has_cortex(const CiftiHeader& header) {
  return std::any_of(header.models.begin(), header.models.end(),
                     [](const auto& model) { return model.surface_vertices > 0; });
}

}  // namespace

BidsReader settle_bids_targets(const std::vector<BidsScan>& scans, const DatasetOptions& options, Dataset& dataset) {
  const auto& first = scans.front();
  if (first.kind == BidsKind::volume) {
    dataset.grid = common_grid(scans, options, dataset);
    name_voxels(dataset);
    return [mask = mask_of(dataset.grid)](const BidsScan& scan) { return read_nifti_series(scan.file(), mask); };
  }
  if (first.kind == BidsKind::cifti) {
    const auto header = read_cifti_header(first.file());
    name_brainordinates(header, dataset);
    dataset.dense = {.models = header.models, .grid = header.grid};
    dataset.grid.space = first.name.of("space");
    if (has_cortex(header)) add_usual_surfaces(first, options, dataset);
    return [](const BidsScan& scan) { return read_cifti(scan.file()).values; };
  }
  name_vertices(first, dataset);
  add_usual_surfaces(first, options, dataset);
  return [](const BidsScan& scan) { return read_hemispheres(scan.files); };
}

}  // namespace arcuate
