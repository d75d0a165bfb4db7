// Any bytes as a transform of pycortex: an Error, or a matrix that has an inverse.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include "brain/pycortex_transform.h"
#include "only_errors.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::only_errors([&] {
    const auto matrix = parse_pycortex_transform({reinterpret_cast<const char*>(data), size}, "matrices.xfm");
    if (matrix.sizes() != at::IntArrayRef({4, 4}) || !at::isfinite(matrix).all().item<bool>()) std::abort();
    if (matrix.det().item<double>() == 0) std::abort();
  });
  return 0;
}
