// One array of a GIfTI file: what it may be, and its <Data> as numbers, with every size checked before memory is asked
// for.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace arcuate {

constexpr int64_t most_gifti_dimensions = 6;  // that the format knows

/// A name like "NIFTI_INTENT_TIME_SERIES".
bool is_gifti_intent(std::string_view name);

enum class GiftiEncoding { ascii, base64, gzip_base64 };

struct GiftiType {
  const char* name;          ///< "NIFTI_TYPE_FLOAT32", …
  at::ScalarType stored;     ///< unsigned ones as the signed type of their size, but for uint8
  at::ScalarType result;     ///< float32, int32 or uint8
  bool is_unsigned = false;  ///< and read as a signed one
};

/// The type of that name, or nullptr.
const GiftiType* find_gifti_type(std::string_view name);

struct GiftiLayout {
  const GiftiType* type = nullptr;                      ///< of the numbers
  GiftiEncoding encoding = GiftiEncoding::gzip_base64;  ///< of the text
  bool big_endian = false;                              ///< order of the bytes of a number
  bool column_major = false;                            ///< the first index runs fastest
  std::vector<int64_t> shape{};                         ///< positive, with a product that can be counted
};

/// Errors: input, without the name of the file.
at::Tensor decode_gifti_data(std::string_view text, const GiftiLayout& layout);

}  // namespace arcuate
