// Within the io layer only: the kinds of numbers in NIfTI files, and their bytes as values.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "io/byte_stream.h"

namespace arcuate {

struct NiftiType {
  int code;               ///< NIFTI_TYPE_…
  const char* name;       ///< "int16"
  size_t size;            ///< bytes of a number
  at::ScalarType plain;   ///< of values without scale
  at::ScalarType scaled;  ///< of values with one
};

/// nullptr for codes that are not read.
const NiftiType* find_nifti_type(int code);
/// The type that stores such values as they are, or nullptr.
const NiftiType* nifti_type_of(at::ScalarType type);
/// "complex64", "RGB24", …, or "unknown".
const char* refused_nifti_type(int code);

/// How the numbers of a file become values.
struct NiftiNumbers {
  const NiftiType* type = nullptr;
  bool swapped = false;  ///< the other byte order
  double slope = 1, intercept = 0;
  bool scaled() const { return slope != 1 || intercept != 0; }
  at::ScalarType result() const { return scaled() ? type->scaled : type->plain; }
};

/// The next numbers of a stream as values of the type of `to`, all of which is filled: the type of result(), or
/// float32. to: contiguous. Errors: input, for a stream that ends before, and for numbers that the type cannot hold.
void read_nifti_numbers(ByteStream& stream, const NiftiNumbers& numbers, const at::Tensor& to);

}  // namespace arcuate
