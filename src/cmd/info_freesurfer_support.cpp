#include "cmd/info_freesurfer_support.h"

#include <ATen/ATen.h>

#include "cmd/info_support.h"
#include "core/files.h"
#include "io/freesurfer_annot.h"
#include "io/freesurfer_label.h"
#include "io/freesurfer_surface.h"
#include "io/freesurfer_values.h"

namespace arcuate {

bool begins_as_freesurfer(const fs::path& path) {
  const MappedFile file(path);
  return is_freesurfer_surface(file.bytes()) || is_freesurfer_values(file.bytes());
}

Json describe_freesurfer(const fs::path& path) {
  const MappedFile file(path);
  if (is_freesurfer_surface(file.bytes())) {
    const auto surface = parse_freesurfer_surface(file.bytes(), path.string());
    return {{"kind", "FreeSurfer surface"},
            {"comment", surface.comment},
            {"vertices", surface.points.size(0)},
            {"triangles", surface.triangles.size(0)}};
  }
  const auto values = parse_freesurfer_values(file.bytes(), path.string());
  Json json{{"kind", "FreeSurfer values"}, {"vertices", values.size(0)}};
  add_statistics(json, values);
  return json;
}

Json describe_annot(const fs::path& path) {
  const auto annot = parse_freesurfer_annot(MappedFile(path).bytes(), path.string());
  Json regions = Json::array();
  for (const auto& [index, name, rgba] : annot.table)
    regions.push_back({{"index", index},
                       {"name", name},
                       {"vertices", annot.indices.eq(index).sum().item<int64_t>()},
                       {"colour", fmt::format("#{:02x}{:02x}{:02x}", rgba[0], rgba[1], rgba[2])}});
  return {{"kind", "FreeSurfer annotation"},
          {"vertices", annot.indices.size(0)},
          {"without_region", annot.indices.lt(0).sum().item<int64_t>()},
          {"regions", regions}};
}

Json describe_label(const fs::path& path) {
  const auto label = parse_freesurfer_label(MappedFile(path).bytes(), path.string());
  Json json{{"kind", "FreeSurfer label"}, {"comment", label.comment}, {"vertices", label.vertices.size(0)}};
  add_statistics(json, label.values);
  return json;
}

}  // namespace arcuate
