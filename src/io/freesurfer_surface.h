// Surfaces of FreeSurfer (lh.pial, lh.white, lh.inflated, lh.sphere, …): triangles, in binary.
//
// The bytes FF FF FE; the text "created by …" and two line feeds; the numbers of vertices and triangles; three float32
// a vertex; three int32 a triangle; all big-endian. Tagged pieces may follow; of these the geometry of the volume is
// read (lines "valid = 1", "cras = X Y Z", …), the others are passed over. Coordinates are those of the file (mm,
// FreeSurfer's "surface RAS", whose origin is the volume's centre, which lies at cras in the scanner's space).
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace arcuate {

struct FreesurferSurface {
  std::string comment{};                          ///< "created by …"; UTF-8
  at::Tensor points{};                            ///< V x 3, float32
  at::Tensor triangles{};                         ///< F x 3, int32, each from 0 to V - 1
  std::optional<std::array<double, 3>> centre{};  ///< Of the volume, in the scanner's space, if the file tells: cras.
};

bool is_freesurfer_surface(std::string_view bytes);

/// Errors: input; also for the older files of quadrangles.
FreesurferSurface parse_freesurfer_surface(std::string_view bytes, const std::string& source);

}  // namespace arcuate
