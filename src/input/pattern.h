// Regular expressions of tokenizers: cuts a text into the matches and what lies between them.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input/traced_text.h"

namespace arcuate {

/// A compiled expression; one object may be used by several threads.
class Pattern {
 public:
  /// Errors: input, naming the expression, the place in it and the reason.
  explicit Pattern(const std::string& expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// Appends the ends of the stretches that `text` falls into (a match or a gap each, none empty), counted from
  /// `offset`; the last one is offset + text.size(). `text` must be valid UTF-8.
  void cut(std::string_view text, size_t offset, std::vector<size_t>& ends) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace arcuate
