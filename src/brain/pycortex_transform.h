// The transforms of pycortex (`transforms/NAME/matrices.xfm`): JSON with two matrices of 4 x 4. "coord" leads from
// points of the subject's surfaces to voxels of the reference volume, x, y and z as NIfTI counts them, from 0, whole
// numbers at the centres of voxels; "magnet", to the scanner's millimetres, is not needed here.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string_view>

namespace arcuate {

/// 4 x 4 float64. Errors: input, for what is not such a file or has no inverse.
at::Tensor parse_pycortex_transform(std::string_view text, const std::string& source);
at::Tensor read_pycortex_transform(const std::filesystem::path& path);

}  // namespace arcuate
