// The rule that every target keeps: only an Error may come out of a reader, with a message that a terminal can show.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "core/text.h"

namespace arcuate::fuzz {

inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Whether `body` ended without an Error. Any other exception ends the program.
template <class F>
bool only_errors(F&& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    if (invalid_utf8(error.what())) std::abort();
    return false;
  }
}

}  // namespace arcuate::fuzz
