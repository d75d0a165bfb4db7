// Within the io layer only: the first bytes of a NIfTI file.
#pragma once
#include <cstdint>
#include <string>

#include "io/byte_stream.h"
#include "io/nifti.h"
#include "io/nifti_types.h"

namespace arcuate {

struct NiftiStart {
  NiftiHeader header{};
  NiftiNumbers numbers{};
  int64_t count = 0;  ///< values
};

/// Leaves the stream at the first number. What the header announces is held against what the stream can give.
/// Errors: input, all problems of the header at once.
NiftiStart read_nifti_start(ByteStream& stream);
/// Errors: input, unless the stream is at its end.
void expect_end(ByteStream& stream);

/// Header and extensions, up to the first number. Errors: failed, for what the format cannot hold.
std::string nifti_start_bytes(const NiftiHeader& header, const NiftiType& type);

/// The version that holds such a shape.
int nifti_version_for(const std::vector<int64_t>& shape);

}  // namespace arcuate
