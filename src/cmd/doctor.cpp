// arcuate doctor: what this build and this machine can do.
#include <ATen/Context.h>

#include <cstdlib>

#include "cli/command.h"
#include "cli/machine.h"
#include "cli/run.h"
#include "core/parallel.h"
#include "core/text.h"

namespace arcuate {
namespace {

struct Options {};

void describe(cli::Spec<Options>& s) {
  s.summary("what this build and this machine can do");
  s.description(
      "Prints versions, the processor and its matrix kernel, cores, memory, disk and accelerators, and warns about "
      "settings that make arcuate slow. Worth adding to every report of a problem.");
  s.example("arcuate doctor", "what a command would find here");
  s.example("arcuate doctor --threads 2 --memory-limit 4GB", "the same, as a command with these options would run");
}

void row(std::ostream& out, const char* name, const std::string& value) {
  out << fmt::format("{:<14}{}\n", name, value);
}

// OpenBLAS obeys this variable even when the processor could do much more.
void warn_about_forced_kernel(cli::Console& console) {
  const char* forced = std::getenv("OPENBLAS_CORETYPE");
  if (!forced) return;
  const std::string kernel = lower_ascii(forced);
  const bool wide = kernel == "skylakex" || kernel == "cooperlake" || kernel == "sapphirerapids";
  const bool medium = wide || kernel == "haswell" || kernel == "zen";
  if (cli::processor_has("avx512f") && !wide)
    console.warn("OPENBLAS_CORETYPE={} keeps matrix products from using AVX-512: about half the speed. Unset it",
                 forced);
  else if (cli::processor_has("avx2") && !medium)
    console.warn("OPENBLAS_CORETYPE={} keeps matrix products from using AVX2: a fraction of the speed. Unset it",
                 forced);
}

int run(const Options&, cli::Run& run) {
  auto& out = run.console.out();
  const auto software = cli::software();
  for (const char* key : {"version", "compiler", "build", "libtorch"}) row(out, key, software[key].get<std::string>());
  row(out, "processor", cli::processor_name());
  row(out, "BLAS kernel", blas_kernel());
  row(out, "tile units", software["tile_units"].get<std::string>());
  row(out, "cores", std::to_string(available_cores()));
  row(out, "threads", std::to_string(run.compute.threads));
  row(out, "memory free", cli::readable_bytes(cli::available_memory()));
  row(out, "memory limit", run.common.memory_limit.count ? cli::readable_bytes(run.common.memory_limit) : "none");
  row(out, "disk free", cli::readable_bytes(cli::free_disk(".")));
  row(out, "CUDA", at::hasCUDA() ? "yes" : "no");
  row(out, "device", run.compute.device.str());
  warn_about_forced_kernel(run.console);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command doctor = cli::command<Options, describe, run>("doctor");
}
}  // namespace arcuate
