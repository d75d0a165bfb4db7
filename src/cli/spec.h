// How a command declares its options, each bound to a field of its Options by member pointer. From this one declaration
// come parsing, the help, the documentation page, shell completion, configuration files and the manifest.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "cli/field.h"
#include "cli/handle.h"
#include "cli/option.h"

namespace arcuate::cli {

template <class Options>
class Spec {
 public:
  Spec(Options& options, Description& description, std::string section = "")
      : options_(options), description_(description), section_(std::move(section)) {}

  /// One line, lower case, without a full stop: "fit voxelwise ridge regressions".
  void summary(const char* text) { set_summary(description_, text); }
  /// A paragraph for the help; may be called several times.
  void description(const char* text) { add_paragraph(description_, text); }
  /// The options that follow appear under this heading.
  void section(const char* heading) { section_ = heading; }
  void example(const char* command, const char* what) { add_example(description_, command, what); }
  /// The command computes nothing and has only the options about the program itself.
  void informational() { description_.informational = true; }

  template <class T, class Owner>
  Handle<T> option(const char* name, T Owner::* field, const char* help) {
    return add(Option::Form::option, name, options_.*field, help);
  }
  /// Giving the flag turns the field into the opposite of its default: "no-intercept" may be bound to `intercept =
  /// true`.
  template <class Owner>
  Handle<bool> flag(const char* name, bool Owner::* field, const char* help) {
    auto handle = add(Option::Form::flag, name, options_.*field, help);
    auto& option = description_.options.back();
    bool& target = options_.*field;
    option.set = [&target, usual = target](const Option& self, const std::vector<std::string>& items) -> std::string {
      const int given = read_switch(items.back());
      if (given < 0) return mismatch(self, items.back());
      target = (given == 1) != usual;
      return "";
    };
    option.get = [&target, usual = target](const Option&) {
      return Value{Value::Kind::boolean, false, {target == usual ? "false" : "true"}};
    };
    return handle;
  }
  /// A positional argument, in the order of declaration; a list takes all that is left.
  template <class T, class Owner>
  Handle<T> input(const char* name, T Owner::* field, const char* help) {
    return optional_input(name, field, help).required();
  }
  template <class T, class Owner>
  Handle<T> optional_input(const char* name, T Owner::* field, const char* help) {
    return add(Option::Form::input, name, options_.*field, help);
  }
  /// Options that several commands share: `describe` is a function of Spec<Group>&.
  template <class Describe, class Group, class Owner>
  void group(Describe describe, Group Owner::* field) {
    Spec<Group> inner(options_.*field, description_, section_);
    describe(inner);
  }

 private:
  template <class T>
  Handle<T> add(Option::Form form, const char* name, T& field, const char* help) {
    using Item = ItemOf<T>;
    auto& option = add_option(description_, form, {name, help, section_, metavar_of<Item>(), kind_of<Item>()});
    option.many = FieldOf<T>::many;
    option.set = [&field](const Option& self, const std::vector<std::string>& items) {
      return store(self, items, field);
    };
    option.get = [&field](const Option& self) { return show(self, field); };
    return Handle<T>(option);
  }

  template <class T>
  static std::string store(const Option& option, const std::vector<std::string>& items, T& field) {
    std::vector<ItemOf<T>> values;
    for (const auto& item : items) {
      auto value = read_item<ItemOf<T>>(option, item);
      if (!value) return mismatch(option, item);
      values.push_back(std::move(*value));
    }
    if constexpr (FieldOf<T>::many)
      field = std::move(values);
    else
      field = values.back();
    return "";
  }

  template <class T>
  static Value show(const Option& option, const T& field) {
    using Item = ItemOf<T>;
    Value value{.list = FieldOf<T>::many};
    if constexpr (NumberField<Item>) value.kind = Value::Kind::number;
    if constexpr (std::same_as<Item, bool>) value.kind = Value::Kind::boolean;
    append(option, field, value.items);
    // An empty path or text that is no choice means "not given".
    if (!value.list && value.items == std::vector<std::string>{""}) value.items.clear();
    return value;
  }

  template <class T>
  static void append(const Option& option, const T& field, std::vector<std::string>& items) {
    if constexpr (ItemField<T>) {
      items.push_back(write_item(option, field));
    } else if constexpr (requires { field.has_value(); }) {
      if (field) append(option, *field, items);
    } else {
      for (const auto& item : field) append(option, static_cast<ItemOf<T>>(item), items);
    }
  }

  Options& options_;
  Description& description_;
  std::string section_;
};

}  // namespace arcuate::cli
