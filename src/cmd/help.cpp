// arcuate help: the commands, or one of them in full.
#include "cli/help.h"

#include <string>

#include "cli/command.h"
#include "cli/run.h"
#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

struct Options {
  std::string verb{};
  bool names = false;
  bool markdown = false;
};

void describe(cli::Spec<Options>& s) {
  s.summary("list the commands, or explain one of them");
  s.informational();
  s.optional_input("verb", &Options::verb, "the command to explain").metavar("COMMAND");
  s.flag("names", &Options::names, "print the names of the commands only, one a line");
  s.flag("markdown", &Options::markdown, "the page of the documentation instead of text").hidden();
  s.example("arcuate help encode", "the same as arcuate encode --help");
}

const cli::Command& find(std::span<const cli::Command* const> commands, const std::string& name) {
  std::vector<std::string> names;
  for (const auto* command : commands) {
    if (name == command->name) return *command;
    names.emplace_back(command->name);
  }
  bad_usage("unknown command '{}'{}", name, suggestion(name, names));
}

int run(const Options& options, cli::Run& run) {
  auto& out = run.console.out();
  if (options.names)
    for (const auto* command : run.commands) out << command->name << "\n";
  else if (options.verb.empty())
    out << cli::command_list(run.commands);
  else
    out << (options.markdown ? cli::help_markdown : cli::help_text)(find(run.commands, options.verb));
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command help = cli::command<Options, describe, run>("help");
}
}  // namespace arcuate
