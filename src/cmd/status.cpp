// arcuate status: a look at a run from another terminal.
#include "cli/command.h"
#include "cli/run.h"
#include "core/error.h"
#include "study/run_status.h"

namespace arcuate {
namespace {

struct Options {
  std::filesystem::path folder;
};

void describe(cli::Spec<Options>& s) {
  s.summary("look at a run from outside");
  s.description(
      "Reads what the runs in an output folder say of themselves: units done, running and failed, time left, the "
      "slowest units and the peak of memory. It changes nothing.");
  s.informational();
  s.input("folder", &Options::folder, "the --output of a run").metavar("DIR").required();
  s.example("arcuate status scores", "how far a run has come");
}

int run(const Options& options, cli::Run& run) {
  const auto all = read_status(options.folder);
  if (all.empty())
    bad_input("no run has left a status in '{}' (logs/status-HOST-PID.json); is it the --output of 'arcuate run'?",
              options.folder.string());
  for (const auto& status : all) run.console.out() << status_text(status);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command status = cli::command<Options, describe, run>("status");
}
}  // namespace arcuate
