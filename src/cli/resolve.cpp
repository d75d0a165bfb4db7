// Precedence: command line > environment > configuration file > default.
#include "cli/resolve.h"

#include <algorithm>
#include <map>

#include "cli/arguments.h"
#include "cli/config.h"
#include "core/error.h"
#include "core/text.h"

namespace arcuate::cli {

namespace {

struct Source {
  std::string place;  ///< How a message names it.
  std::vector<std::string> texts;
};
using Sources = std::map<std::string, Source>;

}  // namespace

std::string environment_name(const std::string& option) {
  std::string name = "ARCUATE_" + option;
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

static void add_environment(const Description& description, const Environment& environment, Sources& sources) {
  for (const auto& option : description.options) {
    if (option.form == Option::Form::input || !option.configurable || sources.contains(option.name)) continue;
    const auto name = environment_name(option.name);
    if (auto text = environment(name)) sources[option.name] = {"the environment's " + name, {std::move(*text)}};
  }
}

static void add_config(const Description& description, const std::vector<ConfigEntry>& entries, const std::string& path,
                       Sources& sources, Problems& problems) {
  std::vector<std::string> known;
  for (const auto& option : description.options)
    if (option.configurable && !option.hidden && option.name != "config") known.push_back(option.name);
  Sources found;
  for (const auto& entry : entries) {
    const auto place = fmt::format("'{}', line {}: key '{}'", path, entry.line, entry.written);
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      problems.add("{} is unknown{}", place, suggestion(entry.key, known));
    else
      found[entry.key] = {place, entry.values};
  }
  sources.merge(found);  // What is there already stays.
}

static void assign(const Option& option, const Source& source, Problems& problems) {
  const auto items = option.many && option.splits ? split_list(source.texts) : source.texts;
  if (!option.many && items.size() != 1 && option.form != Option::Form::flag) {
    if (items.empty()) problems.add("{} expects {}, found an empty list", source.place, expectation(option));
    // Several on the command line have been reported where they were parsed.
    else if (!source.place.starts_with("--"))
      problems.add("{} expects {}, found a list", source.place, expectation(option));
    return;
  }
  const auto wrong = option.set(option, items);
  if (!wrong.empty()) problems.add("{} {}", source.place, wrong);
}

static void check_required(const Description& description, const Sources& sources, Problems& problems) {
  for (const auto& option : description.options)
    if (option.required && !sources.contains(option.name))
      problems.add("{} is missing: {}", display_name(option), option.help);
}

void resolve(const Description& description, const std::string& command, const std::vector<std::string>& arguments,
             const Environment& environment, std::span<const std::string> command_names) {
  Problems problems(command, Fault::usage);
  Sources sources;
  for (const auto& [name, texts] : parse_arguments(description, arguments, problems))
    sources[name] = {display_name(*find_option(description, name)), texts};
  add_environment(description, environment, sources);
  if (const auto config = sources.find("config"); config != sources.end()) {
    const auto& path = config->second.texts.front();
    add_config(description, read_config(path, command, command_names), path, sources, problems);
  }
  for (const auto& option : description.options)
    if (const auto source = sources.find(option.name); source != sources.end())
      assign(option, source->second, problems);
  if (!sources.contains("print-config")) check_required(description, sources, problems);
  problems.raise();
}

}  // namespace arcuate::cli
