// Regular expressions of tokenizers: cuts a text into the matches and what lies between them.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input/traced_text.h"

namespace arcuate {

/// A match of an expression, or what lies between two of them.
struct Stretch {
  ByteRange range;     ///< never empty
  bool match = false;  ///< or a gap
};

/// A compiled expression; one object may be used by several threads.
class Pattern {
 public:
  /// Errors: input, naming the expression, the place in it and the reason.
  explicit Pattern(const std::string& expression);
  /// Matches `text` as it stands.
  static Pattern literal(std::string_view text);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// The stretches that `text` falls into, in order. `text` must be valid UTF-8. An empty match ends a gap.
  std::vector<Stretch> stretches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace arcuate
