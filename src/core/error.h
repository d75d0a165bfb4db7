// Errors: one exception type that carries a cause and a stack of sentences, innermost first.
#pragma once
#include <fmt/format.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace arcuate {

/// Who has to act on an error. Values are the program's exit codes (docs/design: 1 failed, 2 usage, 3 bad input).
enum class Fault { failed = 1, usage = 2, input = 3, partial = 4, interrupted = 130 };

/// A failure that a person will read: what was expected, what was found, where, what to try.
class Error : public std::exception {
 public:
  Error(Fault fault, std::string sentence) : fault_(fault), sentences_{std::move(sentence)} { compose(); }

  /// Adds the sentence of an outer level ("while reading the story …") and returns the same error, to be rethrown.
  Error& within(std::string sentence);

  Fault fault() const { return fault_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  void compose();
  Fault fault_;
  std::vector<std::string> sentences_;
  std::string text_;
};

template <class... Args>
[[noreturn]] void fail(Fault fault, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fault, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
[[noreturn]] void bad_input(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Fault::input, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
[[noreturn]] void bad_usage(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Fault::usage, fmt::format(format, std::forward<Args>(args)...));
}

/// Runs `body`; an Error that leaves it gains the sentence `where`.
template <class F>
decltype(auto) within(const std::string& where, F&& body) {
  try {
    return body();
  } catch (Error& error) {
    throw Error(error.within(where));
  }
}

/// Collects every problem of one kind, so that all are told at once.
class Problems {
 public:
  explicit Problems(std::string subject, Fault fault = Fault::input) : subject_(std::move(subject)), fault_(fault) {}
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    found_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  bool empty() const { return found_.empty(); }
  /// Throws one Error naming all problems (the first 20 in full); does nothing when there are none.
  void raise() const;

 private:
  std::string subject_;
  Fault fault_;
  std::vector<std::string> found_;
};

}  // namespace arcuate
