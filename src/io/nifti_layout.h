// Within the io layer only: where the fields of the two headers of NIfTI stand (nifti1.h, nifti2.h).
#pragma once
#include <cstddef>

namespace arcuate {

/// Bytes from the beginning. In version 1 real numbers are float32 and whole ones int16; in version 2 they are float64,
/// int64 (sizes and offset) and int32 (codes). Not listed is what nobody here reads; it is written as zeros.
struct NiftiFields {
  size_t header_size;
  size_t magic, type, bits, shape, pixdim, data_start, slope, intercept, description, qform, sform, quaternion, qoffset,
      srow, units, intent, intent_name;
  size_t real_size, size_size, code_size, units_size;  ///< bytes of each kind of field
  bool real_data_start;                                ///< data_start is a real number
};

constexpr NiftiFields nifti1_fields{348, 344, 70,  72,  40, 76,  108, 112, 116, 148, 252, 254,
                                    256, 268, 280, 123, 68, 328, 4,   2,   2,   1,   true};
constexpr NiftiFields nifti2_fields{540, 4,   12,  14,  16,  104, 168, 176, 184, 240, 344,  348,
                                    352, 376, 400, 500, 504, 508, 8,   8,   4,   4,   false};
constexpr size_t description_bytes = 80, intent_name_bytes = 16;

}  // namespace arcuate
