// What commands do before they write: nothing that exists is replaced unless asked for.
#pragma once
#include <filesystem>

namespace arcuate {

/// Errors: usage, when `path` exists and `force` is off; the message says how to go on.
void refuse_to_replace(const std::filesystem::path& path, bool force);

}  // namespace arcuate
