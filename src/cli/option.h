// One option, flag or input of a command with the type of its field erased, and everything a command says about itself.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace arcuate::cli {

/// The value of a field as text: for help, configuration files and the manifest.
struct Value {
  enum class Kind { text, number, boolean };
  Kind kind = Kind::text;            ///< How the items are written in TOML and JSON.
  bool list = false;                 ///< An array even with one item.
  std::vector<std::string> items{};  ///< Empty: not set, or an empty list.
};

/// A word that an option accepts; `value` is the enumerator behind it (0 for fields of text).
struct Choice {
  std::string name{};
  int64_t value = 0;
};

struct Option {
  enum class Form { option, flag, input };
  std::string name{};         ///< Whole words joined by '-', without the leading "--".
  std::string help{};         ///< One or two sentences without the default, which is added.
  std::string metavar{};      ///< What stands for the value in the help.
  std::string section{};      ///< Heading in the help; "" is the command's own.
  const char* kind = "text";  ///< "a whole number": what the messages say is expected.
  char short_name = 0;        ///< One letter, or 0.
  Form form = Form::option;   ///< Option with a value, flag, or positional input.
  bool many = false;          ///< Takes a list.
  bool splits = true;         ///< A list's values may be separated by commas.
  bool required = false;      ///< An error when nobody gives it.
  bool recorded = true;       ///< Kept in the manifest; false for what cannot change a result.
  bool configurable = true;   ///< May come from the environment and configuration files.
  bool hidden = false;        ///< Not in help, pages or completion.
  double lowest = -std::numeric_limits<double>::infinity();  ///< Smallest number allowed.
  double highest = std::numeric_limits<double>::infinity();  ///< Largest number allowed.
  std::vector<Choice> choices{};                             ///< The only words allowed; empty: any.
  /// Stores the items in the field; returns what is wrong with them, or "".
  std::function<std::string(const Option&, const std::vector<std::string>&)> set{};
  std::function<Value(const Option&)> get{};  ///< The field's present value.
};

struct Example {
  std::string command{};
  std::string what{};
};

/// All that a command's describe() said. A deque, because handles point into it while it grows.
struct Description {
  std::string summary{};
  std::vector<std::string> paragraphs{};
  std::deque<Option> options{};
  std::vector<Example> examples{};
  bool informational = false;  ///< Computes nothing: has no threads, seed, device, limits, force or dry run.
};

// How Spec fills a description; texts are literals.
void set_summary(Description& description, const char* text);
void add_paragraph(Description& description, const char* text);
void add_example(Description& description, const char* command, const char* what);
struct Wording {
  const char* name = "";
  const char* help = "";
  std::string section{};
  const char* metavar = "";
  const char* kind = "";
};
/// A new last option, without set and get.
Option& add_option(Description& description, Option::Form form, const Wording& wording);

const Option* find_option(const Description& description, const std::string& name);
const Choice* find_choice(const Option& option, const std::string& name);
std::vector<std::string> choice_names(const Option& option);

/// "a whole number from 2 to 100", "one of mse, r2, r".
std::string expectation(const Option& option);
/// "expects a whole number from 2 to 100, found '1'".
std::string mismatch(const Option& option, const std::string& found);
/// The items of a list option: each text is split at its commas.
std::vector<std::string> split_list(const std::vector<std::string>& texts);
/// "true", "yes", "on", "1" and their opposites in any case; 1, 0, or -1 for anything else.
int read_switch(const std::string& text);
/// "--folds" or, for an input, "FEATURES".
std::string display_name(const Option& option);

}  // namespace arcuate::cli
