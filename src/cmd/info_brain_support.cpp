#include "cmd/info_brain_support.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "io/cifti.h"
#include "io/nifti.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr int cifti_extension = 32;

Json or_null(const std::string& text) { return text.empty() ? Json() : Json(excerpt(text)); }

Json affine_rows(const at::Tensor& affine) {
  Json rows = Json::array();
  for (int64_t i = 0; i < 4; ++i) {
    Json row = Json::array();
    for (int64_t j = 0; j < 4; ++j) row.push_back(affine[i][j].item<double>());
    rows.push_back(row);
  }
  return rows;
}

bool is_cifti(const NiftiHeader& header) {
  return header.version == 2 && std::any_of(header.extensions.begin(), header.extensions.end(),
                                            [](const auto& extension) { return extension.code == cifti_extension; });
}

Json intent_of(const NiftiHeader& header) {
  const std::string label = nifti_intent_label(header.intent_code);
  if (!label.empty()) return label;
  return header.intent_code == 0 ? Json() : Json(header.intent_code);
}

Json describe_volumes(const NiftiHeader& header) {
  Json json{{"kind", "NIfTI-" + std::to_string(header.version)},
            {"type", header.stored_type},
            {"shape", header.shape},
            {"voxel_size", voxel_sizes(header.affine)},
            {"space_unit", or_null(header.space_unit)},
            {"tr", header.tr > 0 ? Json(header.tr) : Json()},
            {"orientation", orientation(header.affine)},
            {"space", nifti_space_name(header.space)},
            {"affine", affine_rows(header.affine)},
            {"affine_from", header.affine_from},
            {"intent", intent_of(header)},
            {"intent_name", or_null(header.intent_name)},
            {"description", or_null(header.description)}};
  if (header.slope != 1 || header.intercept != 0) {
    json["slope"] = header.slope;
    json["intercept"] = header.intercept;
  }
  Json extensions = Json::array();
  for (const auto& [code, bytes] : header.extensions) extensions.push_back({{"code", code}, {"bytes", bytes.size()}});
  if (!extensions.empty()) json["extensions"] = extensions;
  return json;
}

void add_maps(Json& json, const CiftiHeader& header) {
  Json maps = Json::array(), labels = Json::array();
  for (const auto& map : header.maps) {
    maps.push_back({{"name", map.name}});
    for (const auto& label : map.labels)
      labels.push_back({{"map", map.name}, {"key", label.key}, {"name", label.name}});
  }
  if (!maps.empty()) json["maps"] = maps;
  if (!labels.empty()) json["labels"] = labels;
}

Json models_of(const CiftiHeader& header) {
  Json models = Json::array();
  for (const auto& model : header.models) {
    const bool surface = model.surface_vertices > 0;
    models.push_back({{"structure", model.structure},
                      {"kind", surface ? "vertices" : "voxels"},
                      {"places", model.size()},
                      {"of", surface ? Json(model.surface_vertices) : Json()}});
  }
  return models;
}

Json describe_cifti(const CiftiHeader& header) {
  constexpr const char* kinds[] = {"CIFTI-2 scalars", "CIFTI-2 series", "CIFTI-2 labels"};
  int64_t places = 0;
  for (const auto& model : header.models) places += model.size();
  Json json{{"kind", kinds[static_cast<int>(header.kind)]}, {"shape", {header.rows, places}}};
  if (header.kind == CiftiKind::series)
    json["series"] = {{"start", header.series.start}, {"step", header.series.step}, {"unit", header.series.unit}};
  if (header.grid.affine.defined()) {
    json["volume"] = header.grid.shape;
    json["affine"] = affine_rows(header.grid.affine);
    json["orientation"] = orientation(header.grid.affine);
  }
  json["metadata"] = header.metadata;
  json["brain_models"] = models_of(header);
  add_maps(json, header);
  return json;
}

}  // namespace

Json describe_nifti(const std::filesystem::path& path) {
  const auto header = read_nifti_header(path);
  return is_cifti(header) ? describe_cifti(read_cifti_header(path)) : describe_volumes(header);
}

}  // namespace arcuate
