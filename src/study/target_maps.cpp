#include "study/target_maps.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "io/caret_extension.h"
#include "io/cifti.h"
#include "io/nifti.h"
#include "study/pycortex_file.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr int comment_code = 6;        // of NIfTI's extensions
constexpr int estimate_intent = 1001;  // the value of a parameter, which intent_name tells

fs::path placed(const fs::path& stem, const std::string& place, const char* ending) {
  return fmt::format(fmt::runtime(stem.string()), fmt::arg("place", place)) + ending;
}

void write_surfaces(const SurfaceMaps& surfaces, const TargetMaps& own, const fs::path& stem, const Json& sidecar) {
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const auto place = fmt::format("_hemi-{}", letter(hemisphere));
    std::vector<at::Tensor> values;
    for (const auto& map : own.values) values.push_back(surfaces.on(hemisphere, map));
    write_vertex_values(placed(stem, place, ".func.gii"), at::stack(values), own.names, hemisphere,
                        "NIFTI_INTENT_NONE");
    write_json(placed(stem, place, ".json"), sidecar);
  }
}

void write_volumes(const VoxelGrid& grid, const TargetMaps& own, const fs::path& stem, Json sidecar) {
  const auto place = grid.space.empty() ? "" : "_space-" + grid.space;
  const Json names = own.names;
  auto volumes = volumes_of(grid, at::stack(own.values), std::numeric_limits<double>::quiet_NaN());
  if (volumes.size(3) == 1) volumes = volumes.squeeze(3);
  NiftiHeader header{.affine = grid.affine,
                     .space = grid.space_code,
                     .space_unit = "mm",
                     .intent_code = own.intent.empty() ? 0 : estimate_intent,
                     .intent_name = own.intent,
                     .extensions = {caret_extension(own.names), {comment_code, json_text({{"Maps", names}}, -1)}}};
  write_nifti(placed(stem, place, ".nii.gz"), {std::move(header), volumes});
  sidecar["Maps"] = names;
  write_json(placed(stem, place, ".json"), sidecar);
}

void write_dense(const Dataset& dataset, const TargetMaps& own, const fs::path& stem, Json sidecar) {
  const auto place = dataset.grid.space.empty() ? "" : "_space-" + dataset.grid.space;
  Cifti file{.header = dataset.dense, .values = at::stack(own.values).to(at::kFloat).contiguous()};
  file.header.kind = CiftiKind::scalars;
  for (const auto& name : own.names) file.header.maps.push_back({.name = name});
  write_cifti(placed(stem, place, ".dscalar.nii"), file);
  sidecar["Maps"] = own.names;
  write_json(placed(stem, place, ".json"), sidecar);
}

}  // namespace

void TargetMaps::add(const std::string& name, const at::Tensor& of_targets) {
  names.push_back(name);
  values.push_back(of_targets.to(at::kDouble));
}

void write_target_maps(const MapPlaces& places, const TargetMaps& own, const fs::path& stem, const Json& sidecar) {
  if (places.surfaces) write_surfaces(*places.surfaces, own, stem, sidecar);
  const auto& dataset = *places.dataset;
  if (!dataset.grid.empty()) write_volumes(dataset.grid, own, stem, sidecar);
  if (!dataset.dense.models.empty()) write_dense(dataset, own, stem, sidecar);
  if (places.pycortex)
    write_pycortex_file(placed(stem, "", ".hdf"),
                        {.subject = dataset.subjects.front(), .transform = dataset.surfaces.transform}, own.names,
                        own.values);
}

void check_pycortex(const Dataset& dataset, bool pycortex) {
  if (pycortex && dataset.surfaces.transform.empty())
    bad_usage(
        "maps.pycortex: the dataset has no transform of pycortex; the layout lebel takes it from "
        "derivative/pycortex-db/SUBJECT/transforms");
}

}  // namespace arcuate
