#include "io/tensor_file.h"

#include <fstream>

#include "io/safetensors.h"
#include "io/torch_checkpoint.h"

namespace arcuate {

static bool is_of_torch(const std::filesystem::path& path) {
  const auto ending = path.extension();
  if (ending == ".bin" || ending == ".pt" || ending == ".pth") return true;
  if (ending == ".safetensors") return false;
  char start[2] = {};
  return std::ifstream(path, std::ios::binary).read(start, 2) && start[0] == 'P' && start[1] == 'K';
}

std::unique_ptr<TensorFile> open_tensor_file(const std::filesystem::path& path) {
  if (is_of_torch(path)) return std::make_unique<TorchCheckpoint>(path);
  return std::make_unique<SafetensorsFile>(path);
}

}  // namespace arcuate
