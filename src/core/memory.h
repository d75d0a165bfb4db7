// Memory of this process, as the kernel counts it.
#pragma once
#include <cstdint>
#include <exception>

namespace arcuate {

/// Bytes in memory now; 0 where the kernel does not tell.
int64_t resident_bytes();

/// The most bytes that were in memory at once since the process began; 0 where the kernel does not tell.
int64_t peak_memory();
/// Gives freed memory back to the system, which reuse_freed_memory() (core/parallel.h) keeps with the process: between
/// pieces of work that are planned one by one.
void release_freed_memory();

/// Whether an exception of the language or of libtorch says that there was no memory for something.
bool is_out_of_memory(const std::exception& error);
inline constexpr const char* out_of_memory_advice = "out of memory. Try a smaller --memory-limit or fewer --threads";

}  // namespace arcuate
