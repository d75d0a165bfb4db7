// An array as people name it: a file, or one of the arrays that a file holds.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>

#include "io/column_file.h"

namespace arcuate {

/// "FILE.npy", "FILE.h5:DATASET" (.h5 or .hdf5), "FILE.npz:NAME" or "FILE.mat:NAME". Of a MAT-file of version 7.3 the
/// dimensions are turned back into MATLAB's order. Errors: input, those of the readers, and names that are not there.
at::Tensor read_named_array(const std::string& name);
/// The columns of such an array, read when they are needed; null where it is read whole, which includes what .npz and
/// MAT-files hold and chunks of HDF5 that take at most `memory` bytes. Errors: input.
std::unique_ptr<const ColumnFile> open_columns(const std::string& name, int64_t memory);
/// The file. A colon belongs to the path unless a file of several arrays stands before it.
std::filesystem::path array_file(const std::string& name);
/// The file's name without folder and extension, or that of the array within it.
std::string array_stem(const std::string& name);

}  // namespace arcuate
