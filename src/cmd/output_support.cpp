#include "cmd/output_support.h"

#include "core/error.h"

namespace arcuate {

void refuse_to_replace(const std::filesystem::path& path, bool force) {
  if (!force && std::filesystem::exists(path))
    bad_usage("'{}' exists; give --force to replace it, or choose another --output", path.string());
}

}  // namespace arcuate
