// What the messages about options have in common: names, expectations, lists.
#include "cli/option.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace arcuate::cli {

void set_summary(Description& description, const char* text) { description.summary = text; }

void add_paragraph(Description& description, const char* text) { description.paragraphs.emplace_back(text); }

void add_example(Description& description, const char* command, const char* what) {
  description.examples.push_back({command, what});
}

Option& add_option(Description& description, Option::Form form, const Wording& wording) {
  auto& option = description.options.emplace_back();
  option.name = wording.name;
  option.help = wording.help;
  option.section = wording.section;
  option.metavar = wording.metavar;
  option.kind = wording.kind;
  option.form = form;
  return option;
}

const Option* find_option(const Description& description, const std::string& name) {
  for (const auto& option : description.options)
    if (option.name == name) return &option;
  return nullptr;
}

const Choice* find_choice(const Option& option, const std::string& name) {
  for (const auto& choice : option.choices)
    if (choice.name == name) return &choice;
  return nullptr;
}

std::vector<std::string> choice_names(const Option& option) {
  std::vector<std::string> names;
  for (const auto& choice : option.choices) names.push_back(choice.name);
  return names;
}

std::string expectation(const Option& option) {
  if (!option.choices.empty()) return "one of " + join(choice_names(option), ", ");
  const bool below = std::isfinite(option.lowest), above = std::isfinite(option.highest);
  std::string text = option.kind;
  if (below && above) text += fmt::format(" from {} to {}", shortest(option.lowest), shortest(option.highest));
  if (below && !above) text += fmt::format(" of at least {}", shortest(option.lowest));
  if (!below && above) text += fmt::format(" of at most {}", shortest(option.highest));
  return text;
}

std::string mismatch(const Option& option, const std::string& found) {
  return fmt::format("expects {}, found '{}'", expectation(option), found);
}

std::vector<std::string> split_list(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const auto& text : texts)
    for (const auto& field : split_fields(text, ',')) items.emplace_back(trim(field));
  return items;
}

int read_switch(const std::string& text) {
  const auto word = lower_ascii(text);
  for (const char* yes : {"true", "yes", "on", "1"})
    if (word == yes) return 1;
  for (const char* no : {"false", "no", "off", "0"})
    if (word == no) return 0;
  return -1;
}

std::string display_name(const Option& option) {
  if (option.form != Option::Form::input) return "--" + option.name;
  std::string name = option.name;
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

}  // namespace arcuate::cli
