// Dispatch, and the one boundary where exceptions become messages and exit codes.
#include "cli/program.h"

#include <c10/util/Exception.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "cli/config.h"
#include "cli/help.h"
#include "cli/run.h"
#include "core/error.h"
#include "core/memory.h"
#include "core/text.h"
#include "core/version.h"

namespace arcuate::cli {

namespace {

using Commands = std::span<const Command* const>;

std::vector<std::string> names_of(Commands commands) {
  std::vector<std::string> names;
  for (const auto* command : commands) names.emplace_back(command->name);
  return names;
}

const Command& find_command(Commands commands, const std::string& name) {
  for (const auto* command : commands)
    if (name == command->name) return *command;
  const auto names = names_of(commands);
  if (name.starts_with('-'))
    bad_usage("'{}' stands before a command; options come after it: arcuate COMMAND {}", name, name);
  const auto near = nearest_name(name, names);
  bad_usage("unknown command '{}'{}", name,
            near.empty() ? "; 'arcuate help' lists the commands" : fmt::format("; did you mean '{}'?", near));
}

// Whether one of the words before "--" is there: help must work on a command line that is otherwise wrong.
bool asks_for(const std::vector<std::string>& arguments, std::initializer_list<const char*> words) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::find_first_of(arguments.begin(), end, words.begin(), words.end(),
                            [](const std::string& a, const char* b) { return a == b; }) != end;
}

Level level_of(const Common& common) {
  if (common.quiet && common.verbose) bad_usage("--quiet and --verbose cannot both be given");
  return common.quiet ? Level::quiet : common.verbose ? Level::verbose : Level::normal;
}

Record make_record(const std::string& command, const Description& description,
                   const std::vector<std::string>& arguments) {
  Record record{.command = command, .arguments = arguments};
  for (const auto& option : description.options)
    if (option.recorded && !option.hidden) record.options.push_back({option.name, option.get(option)});
  return record;
}

// Outlives a failing command, for the hint that an interrupted one leaves.
struct Outcome {
  std::string command{};
  std::string resume_hint{};
  LogStyle style = LogStyle::text;
};

int run_command(const Command& command, Commands commands, const std::vector<std::string>& arguments,
                const Surroundings& around, Outcome& outcome) {
  const auto bound = command.bind();
  const auto names = names_of(commands);
  const auto environment =
      around.environment ? around.environment : [](const std::string&) { return std::optional<std::string>(); };
  resolve(bound->description, command.name, arguments, environment, names);
  if (bound->common.print_config) {
    around.out << write_config(command.name, bound->description);
    return 0;
  }
  outcome.style = bound->common.json_log ? LogStyle::json : LogStyle::text;
  Console console(around.out, around.log, level_of(bound->common), around.terminal, outcome.style);
  Run run{.console = console, .common = bound->common};
  run.compute = make_compute(bound->common);
  run.record = make_record(command.name, bound->description, arguments);
  run.commands = commands;
  try {
    return bound->run(run);
  } catch (...) {
    outcome.resume_hint = run.resume_hint;
    throw;
  }
}

int dispatch(Commands commands, const std::vector<std::string>& arguments, const Surroundings& around,
             Outcome& outcome) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    around.out << command_list(commands);
    return 0;
  }
  const auto& command = arguments[0] == "--version" ? Command{} : find_command(commands, arguments[0]);
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (!command.name || asks_for(rest, {"--version"})) {
    around.out << "arcuate " << version << "\n";
    return 0;
  }
  outcome.command = command.name;
  if (asks_for(rest, {"--json-log"})) outcome.style = LogStyle::json;  // for options that are wrong, too
  if (asks_for(rest, {"--help", "-h"})) {
    around.out << help_text(command);
    return 0;
  }
  return run_command(command, commands, rest, around, outcome);
}

int explain(const Error& error, const Outcome& outcome, std::ostream& log) {
  if (outcome.style == LogStyle::json) {
    log << event_line("error", {{"exit_code", static_cast<int>(error.fault())},
                                {"text", error.what()},
                                {"to_continue", outcome.resume_hint}})
        << "\n";
    return static_cast<int>(error.fault());
  }
  log << "arcuate: " << error.what() << "\n";
  if (error.fault() == Fault::usage && !outcome.command.empty())
    log << "'arcuate help " << outcome.command << "' lists the options.\n";
  if (error.fault() == Fault::interrupted && !outcome.resume_hint.empty())
    log << "To continue: " << outcome.resume_hint << "\n";
  return static_cast<int>(error.fault());
}

int explain_bug(const std::string& message, const Outcome& outcome, std::ostream& log) {
  const auto first_line = message.substr(0, message.find('\n'));
  if (outcome.style == LogStyle::json) {
    log << event_line("error",
                      {{"exit_code", static_cast<int>(Fault::failed)}, {"text", "internal error: " + first_line}})
        << "\n";
    return static_cast<int>(Fault::failed);
  }
  log << "arcuate: internal error: " << first_line
      << "\nThis is a bug in arcuate. Please report it with the command line and the output of 'arcuate doctor'.\n";
  return static_cast<int>(Fault::failed);
}

int run_guarded(Commands commands, const std::vector<std::string>& arguments, const Surroundings& around) {
  Outcome outcome;
  try {
    const int code = dispatch(commands, arguments, around, outcome);
    around.out.flush();
    if (!around.out) fail(Fault::failed, "cannot write to standard output: is the disk full?");
    return code;
  } catch (const Error& error) {
    return explain(error, outcome, around.log);
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) return explain(Error(Fault::failed, out_of_memory_advice), outcome, around.log);
    const auto* torch = dynamic_cast<const c10::Error*>(&error);
    return explain_bug(torch ? torch->what_without_backtrace() : error.what(), outcome, around.log);
  }
}

}  // namespace

Surroundings process_surroundings() {
  return {std::cout, std::cerr, isatty(STDERR_FILENO) == 1, [](const std::string& name) {
            const char* value = std::getenv(name.c_str());
            return value ? std::optional<std::string>(value) : std::nullopt;
          }};
}

int run_program(Commands commands, const std::vector<std::string>& arguments, const Surroundings& around) {
  return run_guarded(commands, arguments, around);
}

}  // namespace arcuate::cli
