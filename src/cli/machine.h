// What this machine grants the process: memory and disk.
#pragma once
#include <filesystem>
#include <string>

#include "cli/bytes.h"

namespace arcuate::cli {

/// Memory that can still be used: what the kernel calls available, or less where a control group (v1 or v2) says so.
Bytes available_memory();
/// Space left for this user on the disk of `folder`.
Bytes free_disk(const std::filesystem::path& folder);
/// The processor's name, or "unknown".
std::string processor_name();
/// Whether the processor has this flag of /proc/cpuinfo ("avx2", "avx512f").
bool processor_has(const std::string& flag);

}  // namespace arcuate::cli
