// Completion for bash, zsh and fish: commands, their options, and the words an option accepts; files otherwise.
#include "cli/completion.h"

#include <fmt/format.h>

#include "core/text.h"

namespace arcuate::cli {

namespace {

using Commands = std::span<const Command* const>;

std::string command_names(Commands commands) {
  std::vector<std::string> names;
  for (const auto* command : commands) names.emplace_back(command->name);
  return join(names, " ");
}

// The words that complete a value: its choices, or the commands where a command is asked for.
std::string words_for(const Option& option, Commands commands) {
  if (option.metavar == "COMMAND") return command_names(commands);
  return join(choice_names(option), " ");
}

std::string input_words(const Description& description, Commands commands) {
  for (const auto& option : description.options)
    if (option.form == Option::Form::input) return words_for(option, commands);
  return "";
}

std::string spelled(const Option& option) {
  return option.short_name ? fmt::format("--{} -{}", option.name, option.short_name) : "--" + option.name;
}

template <class F>
void for_each_option(const Description& description, F&& f) {
  for (const auto& option : description.options)
    if (option.form != Option::Form::input && !option.hidden) f(option);
}

std::string bash_case(const Command& command, Commands commands) {
  const auto bound = command.bind();
  std::string options, values;
  for_each_option(bound->description, [&](const Option& option) {
    options.append(options.empty() ? "" : " ").append(spelled(option));
    const auto words = words_for(option, commands);
    if (!words.empty()) values += fmt::format("        --{}) words=\"{}\" ;;\n", option.name, words);
  });
  return fmt::format(
      "    {})\n      options=\"{}\"\n      words=\"{}\"\n      case $before in\n{}        -*) words= ;;\n"
      "      esac ;;\n",
      command.name, options, input_words(bound->description, commands), values);
}

std::string bash_script(Commands commands) {
  std::string cases;
  for (const auto* command : commands) cases += bash_case(*command, commands);
  return fmt::format(R"(# bash completion for arcuate. Load it with: source <(arcuate completion bash)
_arcuate() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} options= words=
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _arcuate arcuate
)",
                     command_names(commands), cases);
}

// Help inside single quotes, with the characters that would end a zsh specification or a quoted word removed.
std::string plain(const std::string& help) {
  std::string text;
  for (char c : help)
    if (c != '\'' && c != '[' && c != ']' && c != ':' && c != '\\') text += c;
  return text;
}

std::string zsh_case(const Command& command, Commands commands) {
  const auto bound = command.bind();
  std::string rows;
  const auto action = [&](const std::string& words) {
    return words.empty() ? std::string("_files") : fmt::format("({})", words);
  };
  for_each_option(bound->description, [&](const Option& option) {
    const std::string value = option.form == Option::Form::flag
                                  ? ""
                                  : fmt::format(":{}:{}", option.metavar, action(words_for(option, commands)));
    rows += fmt::format(" \\\n        '--{}[{}]{}'", option.name, plain(option.help), value);
    if (option.short_name)
      rows += fmt::format(" \\\n        '-{}[{}]{}'", option.short_name, plain(option.help), value);
  });
  return fmt::format("    {})\n      _arguments{} \\\n        '*:input:{}' ;;\n", command.name, rows,
                     action(input_words(bound->description, commands)));
}

std::string zsh_script(Commands commands) {
  std::string names, cases;
  for (const auto* command : commands) {
    names += fmt::format("    '{}:{}'\n", command->name, plain(command->bind()->description.summary));
    cases += zsh_case(*command, commands);
  }
  return fmt::format(R"(#compdef arcuate
# zsh completion for arcuate. Load it with: source <(arcuate completion zsh)
_arcuate() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{}  esac
}}
compdef _arcuate arcuate
)",
                     names, cases);
}

std::string fish_rows(const Command& command, Commands commands) {
  const auto bound = command.bind();
  const std::string here = fmt::format("-n '__fish_seen_subcommand_from {}'", command.name);
  std::string rows = fmt::format("complete -c arcuate -n __fish_use_subcommand -f -a {} -d '{}'\n", command.name,
                                 plain(bound->description.summary));
  for_each_option(bound->description, [&](const Option& option) {
    rows += fmt::format("complete -c arcuate {} -l {}", here, option.name);
    if (option.short_name) rows += fmt::format(" -s {}", option.short_name);
    const auto words = words_for(option, commands);
    if (option.form != Option::Form::flag) rows += words.empty() ? " -r" : fmt::format(" -x -a '{}'", words);
    rows += fmt::format(" -d '{}'\n", plain(option.help));
  });
  const auto words = input_words(bound->description, commands);
  if (!words.empty()) rows += fmt::format("complete -c arcuate {} -f -a '{}'\n", here, words);
  return rows;
}

std::string fish_script(Commands commands) {
  std::string text = "# fish completion for arcuate. Load it with: arcuate completion fish | source\n";
  for (const auto* command : commands) text += fish_rows(*command, commands);
  return text;
}

}  // namespace

std::string completion_script(Shell shell, Commands commands) {
  switch (shell) {
    case Shell::bash:
      return bash_script(commands);
    case Shell::zsh:
      return zsh_script(commands);
    case Shell::fish:
      return fish_script(commands);
  }
  return "";
}

}  // namespace arcuate::cli
