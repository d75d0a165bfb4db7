// The command line is taken apart by CLI11; types, ranges and required options are checked later, so that all problems
// can be told at once.
#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/text.h"

namespace arcuate::cli {

static std::string parser_name(const Option& option) {
  if (option.form == Option::Form::input) return option.name;
  const std::string name = "--" + option.name;
  return option.short_name ? std::string{'-', option.short_name, ','} + name : name;
}

static CLI::Option* declare(CLI::App& app, const Option& option) {
  if (option.form == Option::Form::flag)
    return app.add_flag(parser_name(option))->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto* parsed = app.add_option(parser_name(option))->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return option.many && option.splits ? parsed->expected(CLI::detail::expected_max_vector_size) : parsed->expected(1);
}

static std::vector<std::string> option_names(const Description& description) {
  std::vector<std::string> names;
  for (const auto& option : description.options)
    if (option.form != Option::Form::input && !option.hidden) names.push_back("--" + option.name);
  return names;
}

// What no option took: unknown options, and arguments that are too many. The word after an unknown option is probably
// its value and is not a problem of its own.
static void report_rest(const Description& description, const std::vector<std::string>& rest, Problems& problems) {
  const auto names = option_names(description);
  bool after_unknown = false;
  for (const auto& word : rest) {
    const bool is_option = word.size() > 1 && word[0] == '-';
    if (is_option) {
      const auto near = nearest_name(word.substr(0, word.find('=')), names);
      problems.add("unknown option '{}'{}", word, near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
    } else if (!after_unknown) {
      problems.add("unexpected argument '{}'", word);
    }
    after_unknown = is_option && word.find('=') == word.npos;
  }
}

// "--output --folds 5": the parser takes the second option for the value of the first.
static bool value_is_missing(const Description& description, const Option& option,
                             const std::vector<std::string>& texts, Problems& problems) {
  for (const auto& text : texts) {
    if (!text.starts_with("--") || !find_option(description, text.substr(2, text.find('=') - 2))) continue;
    problems.add("{} expects {}, found the option '{}'", display_name(option), expectation(option), text);
    return true;
  }
  return false;
}

static void check_count(const Option& option, const std::vector<std::string>& texts, Problems& problems) {
  if (option.form != Option::Form::option || option.many || texts.size() < 2) return;
  problems.add("{} is given {} times ('{}'); once was expected", display_name(option), texts.size(),
               join(texts, "', '"));
}

Given parse_arguments(const Description& description, const std::vector<std::string>& arguments, Problems& problems) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::pair<const Option*, CLI::Option*>> parsed;
  for (const auto& option : description.options) parsed.emplace_back(&option, declare(app, option));
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch&) {
    // Only the last option can be short of values: anywhere else the parser takes the word that follows.
    problems.add("'{}' is the last word and needs a value", arguments.back());
  } catch (const CLI::ParseError& error) {
    problems.add("{}", error.what());
  }
  report_rest(description, app.remaining(), problems);
  Given given;
  for (const auto& [option, result] : parsed) {
    if (result->results().empty() || value_is_missing(description, *option, result->results(), problems)) continue;
    check_count(*option, result->results(), problems);
    given[option->name] = result->results();
  }
  return given;
}

}  // namespace arcuate::cli
