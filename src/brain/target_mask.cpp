#include "brain/target_mask.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>

#include "brain/dataset.h"
#include "brain/keep_targets.h"
#include "brain/place_targets.h"
#include "brain/surface.h"
#include "core/error.h"
#include "core/text.h"
#include "io/cifti.h"
#include "io/gifti.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double same_grid = 1e-3;  // mm

std::vector<int64_t> indices(const at::Tensor& inside) {
  const auto places = inside.nonzero().squeeze(1).contiguous();
  return {places.data_ptr<int64_t>(), places.data_ptr<int64_t>() + places.numel()};
}

// bool: neither 0 nor NaN.
at::Tensor takes_part(const at::Tensor& values) { return values.ne(0).logical_and(at::isfinite(values)); }

std::vector<int64_t> voxels_inside(const VoxelGrid& grid, const fs::path& path) {
  const auto mask = read_voxel_grid(path, VoxelOrder::z_fastest);
  if (mask.shape != grid.shape || !at::allclose(mask.affine, grid.affine, 0, same_grid))
    bad_input("'{}' has {} x {} x {} voxels{}, the targets lie on a grid of {} x {} x {}", path.string(), mask.shape[0],
              mask.shape[1], mask.shape[2], mask.shape == grid.shape ? " that lie elsewhere (affine)" : "",
              grid.shape[0], grid.shape[1], grid.shape[2]);
  const auto& v = grid.voxels;
  return indices(mask_of(mask).index({v.select(1, 0), v.select(1, 1), v.select(1, 2)}));
}

bool holds_labels(const fs::path& path) {
  const auto name = lower_ascii(path.filename().string());
  return name.ends_with(".label.gii") || name.ends_with(".annot");
}

// V bool.
at::Tensor read_side(const fs::path& path, Hemisphere hemisphere) {
  check_structure(path, hemisphere);
  if (holds_labels(path)) return read_regions(path).keys.ne(0);
  const auto values = read_vertex_values(path);
  if (values.dim() != 1) bad_input("'{}' has {} maps; a mask is one", path.string(), values.size(0));
  return takes_part(values);
}

std::vector<int64_t> vertices_inside(const Dataset& dataset, const std::vector<fs::path>& files) {
  if (files.size() != 2) bad_usage("dataset.mask: vertices need a file for each hemisphere, the left one first");
  std::map<std::string, at::Tensor> sides;
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const auto& path = files[hemisphere == Hemisphere::left ? 0 : 1];
    auto side = read_side(path, hemisphere);
    check_vertices_of(dataset, hemisphere, side.numel(), path.string());
    sides[letter(hemisphere)] = side;
  }
  std::vector<int64_t> kept;
  for (size_t i = 0; i < dataset.places.size(); ++i) {
    const auto& place = dataset.places[i];
    if (!place.hemisphere.empty() && sides[place.hemisphere][place.vertex].item<bool>())
      kept.push_back(static_cast<int64_t>(i));
  }
  return kept;
}

// Structure and vertex, or structure and voxel, of each place.
using Place = std::pair<std::string, std::array<int64_t, 3>>;

std::vector<Place> places_of(const CiftiHeader& header) {
  std::vector<Place> places;
  for (const auto& model : header.models) {
    for (const int64_t vertex : model.vertices) places.push_back({model.structure, {vertex, 0, 0}});
    for (const auto& voxel : model.voxels) places.push_back({model.structure, voxel});
  }
  return places;
}

void check_same_space(const CiftiHeader& mask, const CiftiHeader& data, const fs::path& path) {
  Problems problems(fmt::format("'{}' is of another space than the recordings", path.string()));
  for (const auto& model : mask.models)
    for (const auto& own : data.models)
      if (model.structure == own.structure && model.surface_vertices != own.surface_vertices)
        problems.add("{} has {} vertices, theirs {}", model.structure, model.surface_vertices, own.surface_vertices);
  const auto &grid = mask.grid, &other = data.grid;
  if (grid.affine.defined() && other.affine.defined() &&
      (grid.shape != other.shape || !at::allclose(grid.affine, other.affine, 0, same_grid)))
    problems.add("its voxels are of another grid");
  problems.raise();
}

std::vector<int64_t> places_inside(const CiftiHeader& data, const fs::path& path) {
  const auto mask = read_cifti(path);
  check_same_space(mask.header, data, path);
  const auto inside = takes_part(mask.values[0]).contiguous();
  const auto places = places_of(mask.header);
  std::set<Place> taking_part;
  for (size_t i = 0; i < places.size(); ++i)
    if (inside.data_ptr<bool>()[i]) taking_part.insert(places[i]);
  std::vector<int64_t> kept;
  const auto own = places_of(data);
  for (size_t i = 0; i < own.size(); ++i)
    if (taking_part.contains(own[i])) kept.push_back(static_cast<int64_t>(i));
  return kept;
}

std::vector<int64_t> targets_inside(const Dataset& dataset, const std::vector<fs::path>& files) {
  if (!dataset.grid.empty() || !dataset.dense.models.empty()) {
    if (files.size() != 1) bad_usage("dataset.mask: one file expected, found {}", files.size());
    return dataset.grid.empty() ? places_inside(dataset.dense, files[0]) : voxels_inside(dataset.grid, files[0]);
  }
  if (dataset.places.empty())
    bad_usage("dataset.mask needs targets that are voxels or vertices; it is not known where these lie");
  return vertices_inside(dataset, files);
}

}  // namespace

void mask_targets(Dataset& dataset, const std::vector<fs::path>& files) {
  const auto kept = targets_inside(dataset, files);
  if (kept.empty()) bad_input("dataset.mask leaves no target");
  for (const auto& file : files)
    if (std::find(dataset.inputs.begin(), dataset.inputs.end(), file) == dataset.inputs.end())
      dataset.inputs.push_back(file);
  const auto all = dataset.targets.size();
  if (kept.size() == all) return;
  keep_targets(dataset, kept);
  dataset.notes.push_back(fmt::format("{} of {} targets lie outside of dataset.mask", all - kept.size(), all));
}

}  // namespace arcuate
