// arcuate completion: scripts with which a shell completes commands, options and their values.
#include "cli/completion.h"

#include "cli/command.h"
#include "cli/run.h"

namespace arcuate {
namespace {

struct Options {
  cli::Shell shell = cli::Shell::bash;
};

void describe(cli::Spec<Options>& s) {
  s.summary("print a completion script for a shell");
  s.informational();
  s.input("shell", &Options::shell, "the shell to write for")
      .choices({{"bash", cli::Shell::bash}, {"zsh", cli::Shell::zsh}, {"fish", cli::Shell::fish}});
  s.example("source <(arcuate completion bash)", "completion in this bash");
  s.example("arcuate completion fish > ~/.config/fish/completions/arcuate.fish", "completion in every new fish");
}

int run(const Options& options, cli::Run& run) {
  run.console.out() << cli::completion_script(options.shell, run.commands);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command completion = cli::command<Options, describe, run>("completion");
}
}  // namespace arcuate
