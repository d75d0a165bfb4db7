// Values a vertex of FreeSurfer (lh.curv, lh.sulc, lh.thickness, lh.area, …), in binary.
//
// The bytes FF FF FF; three int32: the number of vertices, of triangles, and of values a vertex (1); float32 a vertex;
// all big-endian. In files of old the numbers of vertices and of triangles stand at the beginning, three bytes each,
// and int16 follow, hundredths.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>

namespace arcuate {

/// Whether the bytes begin as those of the new form do.
bool is_freesurfer_values(std::string_view bytes);

/// V, float32, of both forms. Errors: input.
at::Tensor parse_freesurfer_values(std::string_view bytes, const std::string& source);

}  // namespace arcuate
