// Memory of this process, as the kernel counts it.
#pragma once
#include <cstdint>
#include <exception>

namespace arcuate {

/// Bytes in memory now; 0 where the kernel does not tell.
int64_t resident_bytes();

/// The most bytes that were in memory at once since the process began; 0 where the kernel does not tell.
int64_t peak_memory();
/// Bytes that are in memory now but free: blocks of at most `largest_reused_block` that are asked for next are taken from
/// them first (reuse_freed_memory() in core/parallel.h).
int64_t reusable_bytes();
inline constexpr int64_t largest_reused_block = int64_t{32} << 20;  ///< glibc's own limit; larger ones are mapped.

/// Whether an exception of the language or of libtorch says that there was no memory for something.
bool is_out_of_memory(const std::exception& error);
inline constexpr const char* out_of_memory_advice = "out of memory. Try a smaller --memory-limit or fewer --threads";

}  // namespace arcuate
