// arcuate plan: what a study will take, before it is run.
#include "cli/command.h"
#include "cli/run.h"
#include "study/run_study.h"
#include "study/timing_check.h"

namespace arcuate {
namespace {

struct Options {
  std::filesystem::path study;
  std::vector<std::string> settings;
  std::filesystem::path output;
};

void describe(cli::Spec<Options>& s) {
  s.summary("say what a study will take: memory, disk, time");
  s.description(
      "Reads a study file and its data and computes nothing: what was matched and left out, units of work stage by "
      "stage, the peak of memory, the largest array, disk and time. Ends with a fault when the study cannot fit, and "
      "says which setting would make it fit. It also looks at the clocks of words and volumes: where stories and "
      "recordings begin and end, long gaps between words, and by how many seconds the mean response follows the word "
      "rate; what blood flow cannot explain is a warning. With --output, units that are finished there are counted, "
      "and times are "
      "those of units made there.");
  s.input("study", &Options::study, "the study file").metavar("STUDY.toml").required();
  s.option("set", &Options::settings, "change a value of the study: key.path=value; may be given several times")
      .metavar("KEY=VALUE")
      .whole_values();
  s.option("output", &Options::output, "folder of the run that is planned").metavar("DIR").short_name('o').unrecorded();
  s.example("arcuate plan studies/alice.toml", "before the first run");
  s.example("arcuate plan study.toml --output scores --memory-limit 4GB", "what is left to do, in 4 GB");
}

int run(const Options& options, cli::Run& run) {
  const PreparedStudy prepared(read_study(options.study, with_seed(options.settings, run.common.seed)), options.output,
                               machine_of(run), StudyUse::units);
  const auto found = inspect_units(prepared, prepared.graph.all(), run);
  const auto plan = plan_study(prepared, found, run.compute.threads);
  const auto limit = memory_limit(run.common.memory_limit.count);
  const auto timing = check_timing(prepared);
  run.console.out() << plan_text(prepared, plan, limit) << timing_text(timing);
  for (const auto& warning : timing.warnings) run.console.warn("{}", warning);
  check_memory(plan, limit);
  check_disk(prepared, plan);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command plan = cli::command<Options, describe, arcuate::run>("plan");
}
}  // namespace arcuate
