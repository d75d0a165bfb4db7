// Any bytes as a MAT-file: an Error, or arrays of the types and shapes that were promised, which are not more than the
// file accounts for.
#include <ATen/core/ivalue.h>  // first: clang, in C++20, wants it complete in the headers of libtorch 1.13

#include <ATen/ATen.h>

#include "io/mat.h"
#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto path = fuzz::file_of(fuzz::text_of(data, size));
  fuzz::only_errors([&] {
    const MatFile file(path);
    for (const auto& name : file.names()) {
      if (!file.contains(name) || file.others().contains(name)) std::abort();
      fuzz::only_errors([&] {
        const auto tensor = file.tensor(name);
        // Zeros pack best (1032 to 1), and a byte becomes a float64.
        if (tensor.nbytes() > 8 * 1032 * size || !tensor.is_contiguous()) std::abort();
        if (tensor.sizes() != file.shape(name) || tensor.scalar_type() != file.scalar_type(name)) std::abort();
      });
    }
  });
  return 0;
}
