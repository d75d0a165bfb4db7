#include "brain/atlas_files.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "brain/dataset.h"
#include "brain/place_targets.h"
#include "brain/surface.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/cifti.h"
#include "io/nifti.h"
#include "io/table.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr double same_grid = 1e-3;  // mm

using Names = std::map<int64_t, std::string>;

Names read_names(const fs::path& path) {
  const auto table = read_table(path);
  const auto index = table.column("index"), name = table.column("name");
  Names names;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto number = to_integer(table.text(row, index));
    if (!number)
      bad_input("{}:{}: index needs a whole number, found '{}'", table.source, table.lines[row],
                table.text(row, index));
    if (!names.emplace(*number, table.text(row, name)).second)
      bad_input("{}:{}: a second name for {}", table.source, table.lines[row], *number);
  }
  return names;
}

// Of values that a file may hold as floats.
int whole_key(double key, const fs::path& path) {
  constexpr double most = std::numeric_limits<int>::max();
  if (!(std::abs(key) <= most && key == std::round(key)))
    bad_input("the atlas '{}' holds {}, whole numbers expected", path.string(), key);
  return static_cast<int>(key);
}

void check_grid(const Nifti& atlas, const fs::path& path, const VoxelGrid& grid) {
  const auto& shape = atlas.header.shape;
  const bool same = shape.size() >= 3 && std::equal(grid.shape.begin(), grid.shape.end(), shape.begin()) &&
                    atlas.values.numel() == grid.shape[0] * grid.shape[1] * grid.shape[2];
  if (!same)
    bad_input("the atlas '{}' is {}; the targets are voxels of {} x {} x {}: bring it to their grid", path.string(),
              shape_text(atlas.values), grid.shape[0], grid.shape[1], grid.shape[2]);
  if (!at::allclose(atlas.header.affine.to(at::kDouble), grid.affine, 0, same_grid))
    bad_input("the atlas '{}' has as many voxels as the targets' grid, but they lie elsewhere (affine)", path.string());
}

void label_voxels(Dataset& dataset, const AtlasOptions& options) {
  const auto& path = options.files.front();
  const auto atlas = read_nifti(path);
  check_grid(atlas, path, dataset.grid);
  const auto& v = dataset.grid.voxels;
  const auto keys = atlas.values.to(at::kDouble)
                        .reshape({dataset.grid.shape[0], dataset.grid.shape[1], dataset.grid.shape[2]})
                        .index({v.select(1, 0), v.select(1, 1), v.select(1, 2)})
                        .contiguous();
  const auto names = options.names.empty() ? Names() : read_names(options.names);
  dataset.places.resize(dataset.targets.size(), {.vertex = -1});
  std::set<int64_t> unknown;
  for (size_t i = 0; i < dataset.places.size(); ++i) {
    const double key = keys.data_ptr<double>()[i];
    const auto number = whole_key(key, path);
    const auto name = names.find(number);
    if (number != 0 && !names.empty() && name == names.end()) unknown.insert(number);
    dataset.places[i].region = number == 0 ? "" : name == names.end() ? std::to_string(number) : name->second;
  }
  Problems problems(fmt::format("'{}' has no names for numbers of '{}'", options.names.string(), path.string()));
  for (const int64_t number : unknown) problems.add("{}", number);
  problems.raise();
}

// Vertex -> region of each hemisphere.
using Sides = std::map<std::string, std::vector<std::string>>;

std::vector<std::string> names_of(const Regions& regions) {
  std::map<int, std::string> names;
  for (const auto& region : regions.list) names[region.key] = region.name;
  std::vector<std::string> of_vertex;
  const auto keys = regions.keys.to(at::kInt).contiguous();
  for (int64_t v = 0; v < keys.numel(); ++v) of_vertex.push_back(names[keys.data_ptr<int>()[v]]);
  return of_vertex;
}

Sides read_sides(const std::vector<fs::path>& files) {
  if (files.size() != 2)
    bad_usage("dataset.atlas: vertices need a file for each hemisphere, the left one first, or a .dlabel.nii");
  check_structure(files[0], Hemisphere::left);
  check_structure(files[1], Hemisphere::right);
  return {{"L", names_of(read_regions(files[0]))}, {"R", names_of(read_regions(files[1]))}};
}

// The name of each place of a file of dense labels; "" for key 0.
std::vector<std::string> dense_names(const Cifti& file, const fs::path& path) {
  if (file.header.kind != CiftiKind::labels) bad_input("'{}' holds no labels; a .dlabel.nii has them", path.string());
  std::map<int, std::string> names{{0, ""}};
  for (const auto& label : file.header.maps.front().labels) names[label.key] = label.key == 0 ? "" : label.name;
  const auto keys = file.values[0].contiguous();
  std::vector<std::string> of_place;
  for (int64_t i = 0; i < keys.numel(); ++i) {
    const int key = whole_key(keys.data_ptr<float>()[i], path);
    const auto name = names.find(key);
    if (name == names.end())
      bad_input("'{}' has places whose key {} has no name in its label table", path.string(), key);
    of_place.push_back(name->second);
  }
  return of_place;
}

Sides read_dense_labels(const fs::path& path) {
  const auto file = read_cifti(path);
  const auto names = dense_names(file, path);
  Sides sides;
  size_t begin = 0;
  for (const auto& model : file.header.models) {
    const char* side = model.structure == "CORTEX_LEFT" ? "L" : model.structure == "CORTEX_RIGHT" ? "R" : "";
    if (*side != '\0') {
      sides[side].resize(static_cast<size_t>(model.surface_vertices));
      for (size_t i = 0; i < model.vertices.size(); ++i)
        sides[side][static_cast<size_t>(model.vertices[i])] = names[begin + i];
    }
    begin += static_cast<size_t>(model.size());
  }
  return sides;
}

void label_vertices(Dataset& dataset, const AtlasOptions& options) {
  const auto& files = options.files;
  const bool dense = files.size() == 1 && files[0].string().ends_with(".dlabel.nii");
  auto sides = dense ? read_dense_labels(files[0]) : read_sides(files);
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right})
    check_vertices_of(dataset, hemisphere, std::ssize(sides[letter(hemisphere)]), "dataset.atlas");
  for (size_t v = 0; v < dataset.places.size(); ++v) {
    auto& place = dataset.places[v];
    if (place.hemisphere.empty()) continue;
    place.region = sides[place.hemisphere][static_cast<size_t>(place.vertex)];
  }
}

}  // namespace

void label_targets(Dataset& dataset, const AtlasOptions& options) {
  for (const auto& file : options.files) dataset.inputs.push_back(file);
  if (!options.names.empty()) dataset.inputs.push_back(options.names);
  if (!dataset.grid.empty())
    label_voxels(dataset, options);
  else if (!dataset.places.empty())
    label_vertices(dataset, options);
  else
    bad_usage("dataset.atlas needs targets that are voxels of a grid or vertices; it is not known where these lie");
}

}  // namespace arcuate
