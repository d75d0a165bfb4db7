// Memory of this process, as the kernel counts it.
#pragma once
#include <cstdint>

namespace arcuate {

/// Bytes in memory now; 0 where the kernel does not tell.
int64_t resident_bytes();

}  // namespace arcuate
