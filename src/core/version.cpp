#include "core/version.h"

#include <torch/version.h>

namespace arcuate {

std::string torch_version() { return TORCH_VERSION; }

}  // namespace arcuate
