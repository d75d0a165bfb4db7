// Matrices written as bare numbers: one row a line, columns separated by blanks (ROI time courses, AFNI .1D files).
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>

#include "core/files.h"

namespace arcuate {

/// The numbers of `bytes` as float64 [rows x columns]. '#' begins a comment; nan and inf are values.
/// Errors: input, every field that is not a number (line and column) and every ragged line at once.
at::Tensor parse_number_matrix(std::string_view bytes, const std::string& source);
at::Tensor read_number_matrix(const fs::path& path);

}  // namespace arcuate
