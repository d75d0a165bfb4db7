// Memory of this process, as the kernel counts it.
#pragma once
#include <cstdint>
#include <exception>

namespace arcuate {

/// Bytes in memory now; 0 where the kernel does not tell.
int64_t resident_bytes();

/// The most bytes that were in memory at once since the process began, or since reset_peak_memory(); 0 where the kernel
/// does not tell.
int64_t peak_memory();
/// Does nothing where the kernel does not know how.
void reset_peak_memory();

/// Whether an exception of the language or of libtorch says that there was no memory for something.
bool is_out_of_memory(const std::exception& error);
inline constexpr const char* out_of_memory_advice = "out of memory. Try a smaller --memory-limit or fewer --threads";

}  // namespace arcuate
