// Parallel loops and the one place where the numeric libraries are told to stay single-threaded.
#pragma once
#include <cstdint>
#include <functional>

namespace arcuate {

/// Calls body(i) for i in [0, n) on up to `threads` threads, handing out indices in order. The first exception ends the
/// loop and is rethrown here. Bodies must write to places of their own: results then do not depend on `threads`.
void parallel_for(int64_t n, int threads, const std::function<void(int64_t)>& body);

/// ATen, OpenMP and OpenBLAS use one thread from now on, so that no product's bytes depend on the number of threads;
/// the program is parallel over windows, layers and targets instead. Call once, before any arithmetic.
void use_single_threaded_kernels();

/// Blocks of memory that are freed stay with the process for the next ones: having fresh pages mapped and cleared costs
/// more than the arithmetic on them. Call once, at the start of a program.
void reuse_freed_memory();

/// Cores this process may use: scheduler affinity, cgroup quota and SLURM_CPUS_PER_TASK are respected.
int available_cores();

/// The processor kernel that OpenBLAS chose ("SkylakeX"), or "unknown" with another BLAS.
const char* blas_kernel();

}  // namespace arcuate
