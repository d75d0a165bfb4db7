// arcuate merge: the shards of a study joined.
#include "cli/command.h"
#include "cli/run.h"
#include "cmd/groups.h"
#include "study/shards.h"

namespace arcuate {
namespace {

struct Options {
  std::vector<std::filesystem::path> parts;
  groups::OutputFolder output;
};

void describe(cli::Spec<Options>& s) {
  s.summary("join the shards of a study and write its results");
  s.description(
      "Each part is the folder of 'arcuate run --shard I/N'; shards that shared a folder are one part. Finished units "
      "are copied, and tables, maps, manifest and page have the bytes of a run that was not divided. The study file is "
      "read again from where the shards found it. A shard or unit that is missing is named (exit 4).");
  s.input("parts", &Options::parts, "folders of shards").metavar("PART").required();
  s.group(groups::output_folder, &Options::output);
  s.example("arcuate merge part1 part2 part3 --output scores", "three shards with folders of their own");
  s.example("arcuate merge scores --output scores", "shards that shared one folder");
}

int run(const Options& options, cli::Run& run) {
  const auto outputs = merge_study(options.parts, options.output.path, run);
  run.console.info("scores: {}", outputs.group_table.string());
  run.console.out() << outputs.report.string() << '\n';
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command merge = cli::command<Options, describe, arcuate::run>("merge");
}
}  // namespace arcuate
