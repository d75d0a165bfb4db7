// Any bytes as a .npy file: an Error, or an array in C order that is not larger than the file accounts for.
#include "io/npy.h"

#include <ATen/ATen.h>

#include "one_file.h"
#include "only_errors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  arcuate::fuzz::only_errors([&] {
    const auto tensor = arcuate::read_npy(arcuate::fuzz::file_of(arcuate::fuzz::text_of(data, size)));
    constexpr size_t widest = 4;  // unsigned items of two bytes become eight
    if (!tensor.is_contiguous() || tensor.nbytes() > widest * size) std::abort();
  });
  return 0;
}
