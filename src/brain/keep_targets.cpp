#include "brain/keep_targets.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "brain/dataset.h"
#include "core/tensor.h"

namespace arcuate {
namespace {

template <class T>
std::vector<T> picked(const std::vector<T>& all, const std::vector<int64_t>& places) {
  std::vector<T> some;
  for (const int64_t place : places) some.push_back(all[static_cast<size_t>(place)]);
  return some;
}

// Models with the places that are left; those without any are gone.
std::vector<CiftiModel> picked_models(const std::vector<CiftiModel>& models, const std::vector<int64_t>& kept) {
  std::vector<CiftiModel> some;
  int64_t begin = 0;
  auto next = kept.begin();
  for (const auto& model : models) {
    CiftiModel part{.structure = model.structure, .surface_vertices = model.surface_vertices};
    for (const int64_t end = begin + model.size(); next != kept.end() && *next < end; ++next) {
      const auto place = static_cast<size_t>(*next - begin);
      if (model.vertices.empty())
        part.voxels.push_back(model.voxels[place]);
      else
        part.vertices.push_back(model.vertices[place]);
    }
    begin += model.size();
    if (part.size() > 0) some.push_back(std::move(part));
  }
  return some;
}

bool has_voxels(const CiftiHeader& dense) {
  return std::any_of(dense.models.begin(), dense.models.end(), [](const auto& model) { return !model.voxels.empty(); });
}

}  // namespace

void keep_targets(Dataset& dataset, const std::vector<int64_t>& kept) {
  const auto columns = index_tensor(kept);
  for (auto& recording : dataset.recordings)
    change_recording(dataset, recording,
                     [columns](const at::Tensor& responses) { return responses.index_select(1, columns); });
  dataset.targets = picked(dataset.targets, kept);
  if (!dataset.places.empty()) dataset.places = picked(dataset.places, kept);
  if (!dataset.grid.empty()) dataset.grid.voxels = dataset.grid.voxels.index_select(0, columns).contiguous();
  dataset.dense.models = picked_models(dataset.dense.models, kept);
  if (!has_voxels(dataset.dense)) dataset.dense.grid = {};
}

}  // namespace arcuate
