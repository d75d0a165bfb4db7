#include "cmd/output_support.h"

#include <unistd.h>

#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace arcuate {

void refuse_to_replace(const std::filesystem::path& path, bool force) {
  if (!force && std::filesystem::exists(path))
    bad_usage("'{}' exists; give --force to replace it, or choose another --output", path.string());
}

ResultFolder::ResultFolder(std::filesystem::path path)
    : path_(std::move(path)), made_(!std::filesystem::exists(path_)) {
  ensure_writable_folder(path_);
}

ResultFolder::~ResultFolder() {
  if (made_) rmdir(path_.c_str());  // refused where there is something in it
}

}  // namespace arcuate
