// Configuration files, by toml++.
#include "cli/config.h"

#include <toml++/toml.h>
#include <algorithm>
#include <optional>
#include <sstream>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"

namespace arcuate::cli {

static std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* number = node.as_floating_point()) return shortest(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  return std::nullopt;
}

static std::vector<std::string> texts_of(const toml::node& node, const std::string& place) {
  std::vector<std::string> texts;
  const auto add = [&](const toml::node& item) {
    auto text = scalar_text(item);
    if (!text) bad_usage("{}: expected text, a number, true or false, or an array of them", place);
    texts.push_back(std::move(*text));
  };
  if (const auto* array = node.as_array())
    for (const auto& item : *array) add(item);
  else
    add(node);
  return texts;
}

static toml::table parse_file(const fs::path& path) {
  std::string text;
  try {
    text = read_file(path);
  } catch (const Error& error) {
    bad_usage("--config: {}", error.what());
  }
  try {
    return toml::parse(text, path.string());
  } catch (const toml::parse_error& error) {
    bad_usage("'{}' is not valid TOML: line {}, column {}: {}", path.string(), error.source().begin.line,
              error.source().begin.column, error.description());
  }
}

static void append_entries(const toml::table& table, const fs::path& path, std::vector<ConfigEntry>& entries) {
  for (const auto& [key, node] : table) {
    ConfigEntry entry{.written = std::string(key.str()), .line = node.source().begin.line};
    entry.key = entry.written;
    std::replace(entry.key.begin(), entry.key.end(), '_', '-');
    entry.values = texts_of(node, fmt::format("'{}', line {}, key '{}'", path.string(), entry.line, entry.written));
    entries.push_back(std::move(entry));
  }
}

std::vector<ConfigEntry> read_config(const fs::path& path, const std::string& command,
                                     std::span<const std::string> command_names) {
  toml::table all = parse_file(path), own;
  std::vector<std::string> tables;
  for (const auto& [key, node] : all)
    if (node.is_table()) tables.emplace_back(key.str());
  for (const auto& name : tables) {
    auto& table = *all[name].as_table();
    if (std::find(command_names.begin(), command_names.end(), name) == command_names.end())
      bad_usage("'{}', line {}: the table [{}] is not named like a command{}", path.string(), table.source().begin.line,
                name, suggestion(name, command_names));
    if (name == command) own = table;
    all.erase(name);
  }
  std::vector<ConfigEntry> entries;
  append_entries(all, path, entries);
  append_entries(own, path, entries);
  return entries;
}

static std::string toml_text(const std::string& text) {
  std::ostringstream out;
  out << toml::toml_formatter(toml::value<std::string>(text), toml::format_flags::none);
  return out.str();
}

static std::string toml_value(const Value& value) {
  std::vector<std::string> items;
  for (const auto& item : value.items) items.push_back(value.kind == Value::Kind::text ? toml_text(item) : item);
  return value.list ? fmt::format("[{}]", join(items, ", ")) : items.front();
}

std::string write_config(const std::string& command, const Description& description) {
  std::string text = fmt::format("[{}]\n", command);
  for (const auto& option : description.options) {
    if (!option.configurable || option.hidden || option.name == "config") continue;
    std::string key = option.name;
    std::replace(key.begin(), key.end(), '-', '_');
    const auto value = option.get(option);
    if (value.items.empty())
      text += fmt::format("# {} = {}\n", key, option.required ? "(required)" : "(not set)");
    else
      text += fmt::format("{} = {}\n", key, toml_value(value));
  }
  return text;
}

}  // namespace arcuate::cli
