#include "brain/lebel_space.h"

#include <ATen/ATen.h>

#include "brain/pycortex_transform.h"
#include "brain/voxel_sampling.h"
#include "core/error.h"
#include "io/json.h"
#include "io/nifti.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

// As the notes of a study call files, wherever the dataset lies.
std::string in_dataset(const DatasetOptions& options, const fs::path& path) {
  return path.lexically_relative(options.root).string();
}

std::string transform_of(const fs::path& derivative, const std::string& subject, Dataset& dataset) {
  const auto path = derivative / "subject_xfms.json";
  if (!fs::exists(path)) return subject + "_auto";
  dataset.inputs.push_back(path);
  return json_value<std::string>(read_json(path), subject, path.string());
}

// The affine of the reference; pycortex gives it to the mask too.
void take_reference(const fs::path& path, VoxelGrid& grid, Dataset& dataset) {
  if (!fs::exists(path)) return;
  dataset.inputs.push_back(path);
  const auto header = read_nifti_header(path);
  for (size_t k = 0; k < 3; ++k)
    if (header.shape.size() < 3 || header.shape[k] != grid.shape[k])
      bad_input("'{}' has another shape than the mask beside it, {} x {} x {}", path.string(), grid.shape[0],
                grid.shape[1], grid.shape[2]);
  grid.affine = header.affine;
  grid.space_code = header.space;
}

void add_grid(const fs::path& folder, Dataset& dataset) {
  const auto mask = folder / "mask_thick.nii.gz";
  auto grid = read_voxel_grid(mask, VoxelOrder::x_fastest);
  if (grid.count() != std::ssize(dataset.targets))
    bad_input("'{}' has {} voxels, the recordings {}: they do not belong together", mask.string(), grid.count(),
              dataset.targets.size());
  dataset.inputs.push_back(mask);
  take_reference(folder / "reference.nii.gz", grid, dataset);
  dataset.grid = std::move(grid);
}

void add_surfaces(const DatasetOptions& options, const fs::path& folder, const std::string& subject, Dataset& dataset) {
  const auto derivative = options.root / "derivative";
  const auto database = derivative / "pycortex-db" / subject, matrices = folder / "matrices.xfm";
  auto cortex = pycortex_cortex(database, derivative / "freesurfer_subjdir" / subject, options.parcellation);
  if (cortex.empty() || !fs::exists(matrices)) {
    dataset.notes.push_back(
        fmt::format("no maps on surfaces and no regions: there is no '{}'",
                    in_dataset(options, cortex.empty() ? database / "surfaces/inflated_lh.gii" : matrices)));
    return;
  }
  cortex.voxel_of_point = read_pycortex_transform(matrices);
  cortex.transform = folder.filename().string();
  if (cortex.left.regions.empty())
    dataset.notes.push_back(
        fmt::format("no regions: there is no '{}'",
                    in_dataset(options, derivative / "freesurfer_subjdir" / subject / "label/lh.aparc.annot")));
  dataset.places = places_of_voxels(dataset.grid, cortex, options.region_distance);
  dataset.inputs.push_back(matrices);
  for (const auto& file : cortex.files()) dataset.inputs.push_back(file);
  dataset.surfaces = std::move(cortex);
}

}  // namespace

void add_lebel_space(const DatasetOptions& options, Dataset& dataset) {
  if (!options.surfaces.empty())
    bad_usage(
        "dataset.surfaces: the layout lebel takes those of derivative/pycortex-db, in whose space its voxels lie");
  if (dataset.subjects.size() != 1) {
    dataset.notes.emplace_back("no maps: each subject has a grid of its own");
    return;
  }
  const auto& subject = dataset.subjects.front();
  const auto derivative = options.root / "derivative";
  const auto folder = derivative / "pycortex-db" / subject / "transforms" / transform_of(derivative, subject, dataset);
  if (!fs::exists(folder / "mask_thick.nii.gz")) {
    dataset.notes.push_back(
        fmt::format("no maps and no regions: there is no '{}'", in_dataset(options, folder / "mask_thick.nii.gz")));
    return;
  }
  add_grid(folder, dataset);
  add_surfaces(options, folder, subject, dataset);
}

}  // namespace arcuate
