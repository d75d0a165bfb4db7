// Reading and writing the types that an option's field may have; a type that is not here does not compile.
#pragma once
#include <concepts>
#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/bytes.h"
#include "cli/option.h"
#include "core/text.h"

namespace arcuate::cli {

namespace fs = std::filesystem;

template <class T>
concept WholeField = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept NumberField = WholeField<T> || std::floating_point<T>;
template <class T>
concept TextField = std::same_as<T, std::string> || std::same_as<T, fs::path>;
template <class T>
concept ItemField =
    NumberField<T> || TextField<T> || std::same_as<T, bool> || std::is_enum_v<T> || std::same_as<T, Bytes>;

/// What a field holds: one item, perhaps none (optional), or a list.
template <class T>
struct FieldOf {
  using Item = T;
  static constexpr bool many = false;
};
template <class T>
struct FieldOf<std::optional<T>> : FieldOf<T> {};
template <class T>
struct FieldOf<std::vector<T>> {
  using Item = T;
  static constexpr bool many = true;
};
template <class T>
using ItemOf = typename FieldOf<T>::Item;

template <ItemField T>
constexpr const char* kind_of() {
  if constexpr (std::same_as<T, bool>) return "true or false";
  if constexpr (WholeField<T>) return "a whole number";
  if constexpr (std::floating_point<T>) return "a number";
  if constexpr (std::same_as<T, fs::path>) return "a path";
  if constexpr (std::same_as<T, Bytes>) return "an amount of memory such as 4GB or 512MiB";
  return "text";
}

template <ItemField T>
constexpr const char* metavar_of() {
  if constexpr (WholeField<T>) return "N";
  if constexpr (std::floating_point<T>) return "X";
  if constexpr (std::same_as<T, fs::path>) return "FILE";
  if constexpr (std::same_as<T, Bytes>) return "SIZE";
  return "TEXT";
}

inline bool in_range(const Option& option, double value) { return value >= option.lowest && value <= option.highest; }

/// The item that `text` stands for, or nothing when it is not one the option accepts.
template <ItemField T>
std::optional<T> read_item(const Option& option, const std::string& text) {
  if constexpr (std::is_enum_v<T>) {
    const auto* choice = find_choice(option, text);
    return choice ? std::optional(static_cast<T>(choice->value)) : std::nullopt;
  } else if constexpr (std::same_as<T, bool>) {
    const int value = read_switch(text);
    return value < 0 ? std::nullopt : std::optional(value == 1);
  } else if constexpr (WholeField<T>) {
    const auto value = to_integer(text);
    if (!value || !std::in_range<T>(*value) || !in_range(option, static_cast<double>(*value))) return std::nullopt;
    return static_cast<T>(*value);
  } else if constexpr (std::floating_point<T>) {
    const auto value = to_double(text);
    return value && in_range(option, *value) ? std::optional(static_cast<T>(*value)) : std::nullopt;
  } else if constexpr (std::same_as<T, Bytes>) {
    return parse_bytes(text);
  } else {
    const bool known = option.choices.empty() || find_choice(option, text);
    const bool usable = !std::same_as<T, fs::path> || !text.empty();
    return known && usable ? std::optional(T(text)) : std::nullopt;
  }
}

template <ItemField T>
std::string write_item(const Option& option, const T& item) {
  if constexpr (std::is_enum_v<T>) {
    for (const auto& choice : option.choices)
      if (choice.value == static_cast<int64_t>(item)) return choice.name;
    return "";
  } else if constexpr (std::same_as<T, bool>) {
    return item ? "true" : "false";
  } else if constexpr (WholeField<T>) {
    return std::to_string(item);
  } else if constexpr (std::floating_point<T>) {
    return shortest(item);
  } else if constexpr (std::same_as<T, Bytes>) {
    return exact_bytes(item);
  } else if constexpr (std::same_as<T, fs::path>) {
    return item.string();
  } else {
    return item;
  }
}

}  // namespace arcuate::cli
