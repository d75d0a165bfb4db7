// What products by tile units are made of (tile_product.h, and ridge's packed_product.h): factors in the order in which
// the units want them, and the kernel. Only where has_tile_units().
//
// A tile is 16 rows of 32 bfloat16. Factors are packed in panels of 32 rows (of the left one) or 32 columns (of the
// right one); a panel is blocks of 32 along the inner dimension, filled up with zeros, and a block has for each part of
// its numbers two tiles.
#pragma once
#include <c10/util/BFloat16.h>

#include <cstdint>

namespace arcuate::tiles {

using Bf16 = uint16_t;

constexpr int64_t side = 32;
constexpr int64_t blocks_of(int64_t count) { return (count + side - 1) / side; }

/// How many bfloat16 stand for a number: three hold a float32 to its last bit, one rounds it.
enum class Parts : int64_t { one = 1, three = 3 };

/// Of a packed panel; panels lie one after another, at addresses that are multiples of 64 bytes.
constexpr int64_t panel_numbers(int64_t inner, Parts parts) {
  return blocks_of(inner) * static_cast<int64_t>(parts) * side * side;
}

/// Some columns of a matrix; row r begins at values + r * stride.
template <class T>
struct Rows {
  const T* values = nullptr;
  int64_t rows = 0, columns = 0, stride = 0;
};

/// What the rows of a matrix become, whose columns are the inner dimension then.
enum class Factor { rows_of_left, columns_of_right };

void pack(const Rows<float>& from, Factor factor, Parts parts, Bf16* out);
void pack(const Rows<c10::BFloat16>& from, Factor factor, Bf16* out);
/// A right factor as it is, inner x columns, each row times its weight (null: 1).
void pack_right(const Rows<float>& from, const float* weights, Parts parts, Bf16* out);

/// The units of this thread are set up as long as it lives.
class InUse {
 public:
  InUse();
  ~InUse();
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
};

/// Panels of a packed factor; panel p begins at first + p * stride.
struct Panels {
  const Bf16* first = nullptr;
  int64_t count = 0, stride = 0;
};

/// The sums of a product, and what they start from: rows that are start_stride floats apart (0: the same for all).
struct Sums {
  const float* start = nullptr;
  int64_t start_stride = 0;
  float* out = nullptr;
  int64_t stride = 0;
};

/// Panels of rows times panels of columns over some blocks of the inner dimension. Of three parts the six largest of
/// the nine products are summed. Only while an InUse lives in this thread.
void multiply(const Panels& left, const Panels& right, int64_t blocks, Parts parts, const Sums& sums);

}  // namespace arcuate::tiles
