// Descriptions for `info` of files of brains: NIfTI and CIFTI.
#pragma once
#include <filesystem>

#include "io/json.h"

namespace arcuate {

/// .nii and .nii.gz: a volume or series, or a CIFTI file, which is one inside. The data are not read; errors: input.
Json describe_nifti(const std::filesystem::path& path);

}  // namespace arcuate
