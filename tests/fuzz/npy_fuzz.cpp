// Any bytes as a .npy file: an Error, or an array in C order that is not larger than the file accounts for.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/text.h"
#include "io/npy.h"
#include "one_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto tensor = arcuate::read_npy(arcuate::fuzz::file_of({reinterpret_cast<const char*>(data), size}));
    constexpr size_t widest = 4;  // unsigned items of two bytes become eight
    if (!tensor.is_contiguous() || tensor.nbytes() > widest * size) std::abort();
  } catch (const arcuate::Error& error) {
    // A message must be text that a terminal can show.
    if (arcuate::invalid_utf8(error.what())) std::abort();
  }
  return 0;
}
