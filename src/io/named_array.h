// An array as people name it: a file, or one of the arrays that a file holds.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

namespace arcuate {

/// "FILE.npy", "FILE.h5:DATASET" (.h5 or .hdf5), "FILE.npz:NAME" or "FILE.mat:NAME". Of a MAT-file of version 7.3 the
/// dimensions are turned back into MATLAB's order. Errors: input, those of the readers, and names that are not there.
at::Tensor read_named_array(const std::string& name);
/// The file. A colon belongs to the path unless a file of several arrays stands before it.
std::filesystem::path array_file(const std::string& name);
/// The file's name without folder and extension, or that of the array within it.
std::string array_stem(const std::string& name);

}  // namespace arcuate
