#include "core/parallel.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/text.h"

namespace arcuate {

void parallel_for(int64_t n, int threads, const std::function<void(int64_t)>& body) {
  const auto workers = static_cast<int>(std::clamp<int64_t>(threads, 1, std::max<int64_t>(n, 1)));
  if (workers == 1) {
    for (int64_t i = 0; i < n; ++i) body(i);
    return;
  }
  std::atomic<int64_t> next{0};
  std::exception_ptr first;
  std::mutex guard;
  const auto work = [&] {
    for (int64_t i = next++; i < n; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(guard);
        if (!first) first = std::current_exception();
        next = n;
      }
    }
  };
  // OpenMP counts threads for each thread anew: without this, products in workers would be cut among several.
  const auto start = [&] {
    at::init_num_threads();
    work();
  };
  std::vector<std::jthread> pool;  // joined also when the system refuses another thread
  for (int t = 1; t < workers; ++t) pool.emplace_back(start);
  work();
  pool.clear();
  if (first) std::rethrow_exception(first);
}

void use_single_threaded_kernels() {
  at::set_num_threads(1);
  // Not every libtorch brings OpenBLAS, and it has no header in common with those that do not.
  if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(1);
}

void reuse_freed_memory() {
  constexpr int largest_reused = 32 << 20;  // glibc's own limit; what is larger is mapped each time
  mallopt(M_MMAP_THRESHOLD, largest_reused);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_ARENA_MAX, 1);  // threads come and go: an arena of their own would go with them
}

const char* blas_kernel() {
  auto* name = reinterpret_cast<char* (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  return name ? name() : "unknown";
}

// Cores granted by the cgroup (v2 cpu.max), or a large number.
static double cgroup_cores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 1e9;
  return to_double(quota).value_or(1e9 * period) / period;
}

int available_cores() {
  cpu_set_t set;
  int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  cores = static_cast<int>(std::min<double>(cores, std::ceil(cgroup_cores())));
  if (const char* slurm = std::getenv("SLURM_CPUS_PER_TASK"))
    if (const auto granted = to_integer(slurm); granted && *granted > 0)
      cores = static_cast<int>(std::min<long long>(cores, *granted));
  return std::max(cores, 1);
}

}  // namespace arcuate
