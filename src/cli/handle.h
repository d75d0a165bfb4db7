// What may be said of an option after it is declared: range, choices, names, where it may come from.
#pragma once
#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "cli/field.h"
#include "cli/option.h"

namespace arcuate::cli {

/// What may be added to an option just declared: `s.option(…).range(2, 100).metavar("K")`.
template <class T>
class Handle {
 public:
  using Item = ItemOf<T>;
  explicit Handle(Option& option) : option_(option) {}

  /// Both ends are allowed.
  Handle& range(double lowest, double highest)
    requires NumberField<Item>
  {
    option_.lowest = lowest;
    option_.highest = highest;
    return *this;
  }
  Handle& choices(std::initializer_list<const char*> names)
    requires std::same_as<Item, std::string>
  {
    for (const char* name : names) option_.choices.push_back({name, 0});
    return *this;
  }
  /// The words for the enumerators: `{{"mse", Select::mse}, {"r2", Select::r2}}`. An option of an enumeration needs it.
  Handle& choices(std::span<const std::pair<const char*, Item>> table)
    requires std::is_enum_v<Item>
  {
    for (const auto& [name, value] : table) option_.choices.push_back({name, static_cast<int64_t>(value)});
    return *this;
  }
  Handle& choices(std::initializer_list<std::pair<const char*, Item>> table)
    requires std::is_enum_v<Item>
  {
    return choices(std::span<const std::pair<const char*, Item>>(table.begin(), table.size()));
  }
  Handle& required() { return option_.required = true, *this; }
  Handle& metavar(const char* text) { return option_.metavar = text, *this; }
  Handle& short_name(char letter) { return option_.short_name = letter, *this; }
  /// Cannot change a result (an output path, say): stays out of the manifest.
  Handle& unrecorded() { return option_.recorded = false, *this; }
  /// Only on the command line: neither in the environment nor in configuration files.
  Handle& command_line_only() { return option_.configurable = false, *this; }
  /// A comma is part of a value: each value is given with an option of its own.
  Handle& whole_values() { return option_.splits = false, *this; }
  Handle& hidden() { return option_.hidden = true, *this; }

 private:
  Option& option_;
};

}  // namespace arcuate::cli
