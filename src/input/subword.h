// What models of sub-words make of a piece of text.
#pragma once
#include <cstddef>
#include <cstdint>

namespace arcuate {

/// A token of a piece and the number of bytes it covers; id -1: nothing in the vocabulary covers this character.
struct Subword {
  int64_t id = -1;
  size_t length = 0;
};

}  // namespace arcuate
