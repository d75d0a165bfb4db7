#include "core/blas.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include "core/parallel.h"

namespace arcuate {

#if defined(__x86_64__)

namespace {

enum class Instructions { older, avx2, avx512 };

Instructions of_processor() {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq"))
    return Instructions::avx512;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Instructions::avx2 : Instructions::older;
}

Instructions of_kernel(const std::string& name) {
  for (const char* kernel : {"SkylakeX", "Cooperlake", "SapphireRapids"})
    if (name == kernel) return Instructions::avx512;
  for (const char* kernel : {"Haswell", "Zen"})
    if (name == kernel) return Instructions::avx2;
  return Instructions::older;
}

// What OpenBLAS runs when it is loaded and unloaded; no header declares them.
void (*openblas(const char* function))() { return reinterpret_cast<void (*)()>(dlsym(RTLD_DEFAULT, function)); }

}  // namespace

void use_fitting_blas_kernel() {
  auto* const forget = openblas("gotoblas_dynamic_quit");
  auto* const choose = openblas("gotoblas_dynamic_init");
  if (!forget || !choose || std::getenv("OPENBLAS_CORETYPE")) return;
  const auto possible = of_processor();
  if (of_kernel(blas_kernel()) >= possible) return;
  setenv("OPENBLAS_CORETYPE", possible == Instructions::avx512 ? "SkylakeX" : "Haswell", 0);
  forget();
  choose();
}

#else

void use_fitting_blas_kernel() {}

#endif

}  // namespace arcuate
