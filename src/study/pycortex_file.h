// Maps as pycortex keeps them, for cortex.load: HDF5 with the values of the voxels of a mask in /data/NAME (attributes
// `subject` and `mask`) and a view of each in /views/NAME, eight texts: the names of its data (JSON), a description,
// the colour map, lowest and highest value, state, priority (JSON), the names of its transforms (JSON).
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

namespace arcuate {

struct PycortexVolume {
  std::string subject{};    ///< In pycortex's database.
  std::string transform{};  ///< One of the subject's.
  std::string mask = "thick";
};

/// values: one a voxel of the mask, in the order of pycortex. Names become letters, digits and "_", in the order given.
void write_pycortex_file(const std::filesystem::path& path, const PycortexVolume& volume,
                         const std::vector<std::string>& names, const std::vector<at::Tensor>& values);

}  // namespace arcuate
