// Help from descriptions. Defaults are those of options that nothing has been read into.
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "core/version.h"

namespace arcuate::cli {

static int width_of(const std::string& text) { return static_cast<int>(code_points(text).size()); }

std::string wrap(const std::string& text, int columns, int indent) {
  std::string out;
  int column = 0;
  for (const auto& word : split_fields(text, ' ')) {
    const int width = width_of(word);
    if (column > 0 && column + 1 + width > columns - indent) {
      out.append("\n").append(static_cast<size_t>(indent), ' ');
      column = 0;
    } else if (!out.empty()) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
  }
  return out;
}

static std::string value_name(const Option& option) {
  if (option.form == Option::Form::flag) return "";
  const auto words = join(choice_names(option), "|");
  const std::string name = words.empty() || words.size() > 30 ? option.metavar : words;
  return name + (option.many ? "..." : "");
}

static std::string left_column(const Option& option) {
  if (option.form == Option::Form::input) return display_name(option) + (option.many ? "..." : "");
  std::string text = option.short_name ? fmt::format("-{}, ", option.short_name) : "    ";
  text += "--" + option.name;
  return option.form == Option::Form::flag ? text : fmt::format("{} {}", text, value_name(option));
}

static std::string default_text(const Option& option) {
  const auto value = option.get(option);
  return option.form == Option::Form::flag ? "" : join(value.items, ",");
}

// "one of mse, r2, r; default mse"
static std::string limits_text(const Option& option) {
  std::vector<std::string> parts;
  const bool bounded = std::isfinite(option.lowest) || std::isfinite(option.highest);
  if (option.form != Option::Form::flag && (bounded || !option.choices.empty())) parts.push_back(expectation(option));
  const auto usual = default_text(option);
  if (option.required)
    parts.emplace_back("required");
  else if (!usual.empty())
    parts.push_back("default " + usual);
  return join(parts, "; ");
}

static std::string right_column(const Option& option) {
  const auto limits = limits_text(option);
  return limits.empty() ? option.help : fmt::format("{} ({})", option.help, limits);
}

static std::string usage_line(const std::string& name, const Description& description) {
  std::string line = "arcuate " + name;
  for (const auto& option : description.options) {
    if (option.form != Option::Form::input || option.hidden) continue;
    line += fmt::format(fmt::runtime(option.required ? " {}" : " [{}]"), left_column(option));
  }
  for (const auto& option : description.options)
    if (option.form != Option::Form::input && option.required)
      line += fmt::format(" --{} {}", option.name, value_name(option));
  return line + " [options]";
}

// Headings in the order of first use; inputs come first, the command's own options have the heading "Options".
static std::string heading_of(const Option& option) {
  if (option.form == Option::Form::input) return "Inputs";
  return option.section.empty() ? "Options" : option.section;
}

static std::vector<std::string> headings(const Description& description) {
  std::vector<std::string> found;
  const auto add = [&](const Option& option, bool input) {
    const auto heading = heading_of(option);
    if (!option.hidden && (option.form == Option::Form::input) == input &&
        std::find(found.begin(), found.end(), heading) == found.end())
      found.push_back(heading);
  };
  for (const auto& option : description.options) add(option, true);
  for (const auto& option : description.options) add(option, false);
  return found;
}

static std::string option_rows(const Description& description, const std::string& heading) {
  constexpr int widest = 34;
  const auto shown = [&](const Option& option) { return !option.hidden && heading_of(option) == heading; };
  int width = 0;
  for (const auto& option : description.options)
    if (shown(option) && width_of(left_column(option)) <= widest)
      width = std::max(width, width_of(left_column(option)));
  std::string text;
  for (const auto& option : description.options) {
    if (!shown(option)) continue;
    const auto left = left_column(option);
    const int gap = width - width_of(left);
    const auto right = wrap(right_column(option), help_columns, width + 4);
    text += gap >= 0 ? fmt::format("  {}{:{}}{}\n", left, "", gap + 2, right)
                     : fmt::format("  {}\n{:{}}{}\n", left, "", width + 4, right);
  }
  return text;
}

static std::string precedence_text(const std::string& name) {
  return fmt::format(
      "An option may also come from the environment (ARCUATE_THREADS=4) or from a TOML file given with --config "
      "(top-level keys, or a table [{}]). The command line wins over the environment, the environment over the file. "
      "Lists may be written with commas.",
      name);
}

std::string help_text(const Command& command) {
  const auto bound = command.bind();
  const auto& description = bound->description;
  std::string text = fmt::format("arcuate {}: {}\n\nUsage: {}\n", command.name, description.summary,
                                 wrap(usage_line(command.name, description), help_columns - 7, 4));
  for (const auto& paragraph : description.paragraphs) text += fmt::format("\n{}\n", wrap(paragraph, help_columns, 0));
  for (const auto& heading : headings(description))
    text += fmt::format("\n{}:\n{}", heading, option_rows(description, heading));
  text += fmt::format("\n{}\n", wrap(precedence_text(command.name), help_columns, 0));
  if (!description.examples.empty()) text += "\nExamples:\n";
  for (const auto& example : description.examples)
    text +=
        fmt::format("  {}\n      {}\n", wrap(example.command, help_columns, 6), wrap(example.what, help_columns, 6));
  return text;
}

// "fit ridge regressions" -> "Fit ridge regressions."
static std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text.append(".");
}

static std::string table_cell(std::string_view text) { return join(split_fields(text, '|'), "\\|"); }

static std::string markdown_rows(const Description& description, const std::string& heading) {
  std::string text;
  for (const auto& option : description.options)
    if (!option.hidden && heading_of(option) == heading)
      text += fmt::format("| `{}` | {} | {} |\n", table_cell(trim(left_column(option))), table_cell(option.help),
                          table_cell(limits_text(option)));
  return text;
}

std::string help_markdown(const Command& command) {
  const auto bound = command.bind();
  const auto& description = bound->description;
  std::string text = fmt::format(
      "<!-- Written by tools/make_docs.sh from the program itself: do not edit. -->\n"
      "# arcuate {}\n\n{}\n\n```\n{}\n```\n",
      command.name, sentence(description.summary), usage_line(command.name, description));
  for (const auto& paragraph : description.paragraphs) text += "\n" + paragraph + "\n";
  for (const auto& heading : headings(description))
    text += fmt::format("\n## {}\n\n| name | meaning | values |\n|---|---|---|\n{}", heading,
                        markdown_rows(description, heading));
  text += fmt::format("\n{}\n", precedence_text(command.name));
  if (!description.examples.empty()) text += "\n## Examples\n";
  for (const auto& example : description.examples)
    text += fmt::format("\n```\n{}\n```\n{}\n", example.command, sentence(example.what));
  return text;
}

std::string command_list(std::span<const Command* const> commands) {
  std::string text = fmt::format(
      "arcuate {}: how well language and speech models predict brain recordings\n\n"
      "Usage: arcuate COMMAND [options]\n\nCommands:\n",
      version);
  int width = 0;
  for (const auto* command : commands) width = std::max(width, width_of(command->name));
  for (const auto* command : commands)
    text += fmt::format("  {:<{}}  {}\n", command->name, width,
                        wrap(command->bind()->description.summary, help_columns, width + 4));
  return text + "\n'arcuate help COMMAND' tells more about one of them.\n";
}

}  // namespace arcuate::cli
