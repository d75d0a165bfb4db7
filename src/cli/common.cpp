// The options that every command has, and the Compute made from them.
#include "cli/common.h"

#include <ATen/Context.h>

#include <limits>

#include "cli/spec.h"
#include "core/error.h"
#include "core/parallel.h"

namespace arcuate::cli {

static void describe_work(Spec<Common>& s) {
  s.option("threads", &Common::threads, "worker threads; 0 is every core available; results do not depend on it")
      .range(0, 4096)
      .unrecorded();
  s.option("seed", &Common::seed, "where every random number starts").range(0, std::numeric_limits<double>::infinity());
  s.option("device", &Common::device, "where tensors are multiplied")
      .choices({{"cpu", Device::cpu}, {"cuda", Device::cuda}});
  s.option(
       "memory-limit", &Common::memory_limit,
       "memory to stay below, such as 4GB (kept by run, encode, extract, predict, stack, subsets and topology; other "
       "commands do not yet)")
      .unrecorded();
  s.flag("force", &Common::force, "replace outputs that exist").unrecorded();
  s.flag("dry-run", &Common::dry_run, "say what would be done, and do nothing").unrecorded();
}

static void describe_program(Spec<Common>& s) {
  s.option("config", &Common::config, "read options from a TOML file: top-level keys or a table named like the command")
      .unrecorded();
  s.flag("print-config", &Common::print_config, "print the resolved options as TOML and stop")
      .command_line_only()
      .unrecorded();
  s.flag("verbose", &Common::verbose, "more messages").short_name('v').unrecorded();
  s.flag("quiet", &Common::quiet, "warnings and errors only").short_name('q').unrecorded();
  s.flag("json-log", &Common::json_log, "write messages, warnings and errors as JSON objects, one a line").unrecorded();
  s.flag("help", &Common::help, "print this help and stop").short_name('h').command_line_only().unrecorded();
  s.flag("version", &Common::version, "print the version and stop").command_line_only().unrecorded();
}

void add_common_options(Description& description, Common& common) {
  Spec<Common> spec(common, description, "Common options");
  if (!description.informational) describe_work(spec);
  describe_program(spec);
}

Compute make_compute(const Common& common) {
  Compute compute;
  compute.threads = common.threads > 0 ? common.threads : available_cores();
  compute.memory = common.memory_limit.count;
  if (common.device == Device::cpu) return compute;
  if (!at::hasCUDA())
    bad_usage(
        "--device cuda: no CUDA device can be used here (this libtorch has none, or the driver is missing). "
        "Use --device cpu; 'arcuate doctor' shows what there is");
  compute.device = c10::Device(c10::DeviceType::CUDA, 0);
  return compute;
}

}  // namespace arcuate::cli
