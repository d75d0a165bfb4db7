// arcuate run: everything a study file asks for.
#include "cli/run.h"
#include "cli/command.h"
#include "cmd/groups.h"
#include "core/error.h"
#include "study/run_study.h"

namespace arcuate {
namespace {

struct Options {
  std::filesystem::path study;
  std::vector<std::string> settings;
  groups::OutputFolder output;
  std::string shard, unit, explain;
};

void describe(cli::Spec<Options>& s) {
  s.summary("run a study: extract, align, encode, test, report");
  s.description(
      "Reads a study file (TOML), does what is not finished yet, and writes scores, manifest and a page. A run that "
      "was interrupted goes on where it stopped. --seed, when it is not 0, replaces the study's own; --dry-run lists "
      "the units of work.");
  s.input("study", &Options::study, "the study file").metavar("STUDY.toml");
  s.option("set", &Options::settings, "change a value of the study: key.path=value; may be given several times")
      .metavar("KEY=VALUE")
      .whole_values();
  s.group(groups::output_folder, &Options::output);
  s.option("shard", &Options::shard,
           "do part I of N of the units alone and write no results; 'arcuate merge' joins the parts")
      .metavar("I/N")
      .unrecorded();
  s.option("unit", &Options::unit, "make this unit of work, and those it needs, alone; --dry-run lists all")
      .unrecorded();
  s.option("explain", &Options::explain, "say why this unit of work would run, and do nothing")
      .metavar("UNIT")
      .unrecorded();
  s.example("arcuate run studies/alice.toml --output alice", "brain scores of real listeners");
  s.example("arcuate run studies/alice.toml --set encode.gap=10 --output gap10", "the same with a wider gap");
}

StudyPart part_of(const Options& options) {
  if (!options.shard.empty() && !options.unit.empty()) bad_usage("--shard and --unit exclude each other");
  StudyPart part{.unit = options.unit};
  if (!options.shard.empty()) part.shard = parse_shard(options.shard);
  return part;
}

int run(const Options& options, cli::Run& run) {
  const auto study = read_study(options.study, with_seed(options.settings, run.common.seed));
  if (!options.explain.empty()) {
    explain_unit(study, options.output.path, options.explain, run);
    return 0;
  }
  const auto outputs = run_study(study, options.output.path, run, part_of(options));
  if (run.common.dry_run || outputs.report.empty()) return 0;
  run.console.info("scores: {}", outputs.group_table.string());
  run.console.out() << outputs.report.string() << '\n';
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command run = cli::command<Options, describe, arcuate::run>("run");
}
}  // namespace arcuate
