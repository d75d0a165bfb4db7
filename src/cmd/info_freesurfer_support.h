// Descriptions of FreeSurfer's files for `info`.
#pragma once
#include <filesystem>

#include "io/json.h"

namespace arcuate {

/// Whether the file begins as surfaces and values a vertex do, whose names have no ends in common.
bool begins_as_freesurfer(const std::filesystem::path& path);
/// Of such a file.
Json describe_freesurfer(const std::filesystem::path& path);

Json describe_annot(const std::filesystem::path& path);
Json describe_label(const std::filesystem::path& path);

}  // namespace arcuate
