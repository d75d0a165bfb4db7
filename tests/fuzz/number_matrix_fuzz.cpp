// Any bytes as a matrix of bare numbers: an Error, or rows and columns that the bytes can hold.
#include "io/number_matrix.h"

#include <ATen/ATen.h>

#include "only_errors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  arcuate::fuzz::only_errors([&] {
    const auto matrix = arcuate::parse_number_matrix(arcuate::fuzz::text_of(data, size), "fuzz");
    if (matrix.dim() != 2 || matrix.numel() < 1 || matrix.numel() > static_cast<int64_t>(size)) std::abort();
    if (matrix.scalar_type() != at::kDouble) std::abort();
  });
  return 0;
}
