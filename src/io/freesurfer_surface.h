// Surfaces of FreeSurfer (lh.pial, lh.white, lh.inflated, lh.sphere, …): triangles, in binary.
//
// The bytes FF FF FE; the text "created by …" and two line feeds; the numbers of vertices and triangles; three float32
// a vertex; three int32 a triangle; all big-endian. What may follow, tagged pieces such as the geometry of the volume,
// is passed over: coordinates are those of the file (mm, FreeSurfer's "surface RAS", whose origin is the volume's
// centre).
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>

namespace arcuate {

struct FreesurferSurface {
  std::string comment{};   ///< "created by …"; UTF-8
  at::Tensor points{};     ///< V x 3, float32
  at::Tensor triangles{};  ///< F x 3, int32, each from 0 to V - 1
};

bool is_freesurfer_surface(std::string_view bytes);

/// Errors: input; also for the older files of quadrangles.
FreesurferSurface parse_freesurfer_surface(std::string_view bytes, const std::string& source);

}  // namespace arcuate
