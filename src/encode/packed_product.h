// Within the encode layer only: products of matrices that are brought into the order of the processor's kernel once and
// then multiplied many times, in float32 or bfloat16 (which rounds both factors to 8 bits and sums in float32).
//
// A kernel multiplies 8 rows by 48 columns and keeps the 384 sums in registers of AVX-512. Factors are packed in
// panels of 8 rows and of 48 columns; a step along the inner dimension is one number of each (float32) or two
// (bfloat16, vdpbf16ps).
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace arcuate::ridge {

enum class Packing { f32, bf16 };
/// Whether this processor has the instructions.
bool can_pack(Packing packing);

constexpr int64_t panel_rows = 8, panel_columns = 48;

/// A factor of float32, rows x inner, packed. Rows are filled up with zeros.
class PackedRows {
 public:
  PackedRows(const at::Tensor& matrix, Packing packing);
  int64_t panels() const { return panels_; }
  int64_t steps() const { return steps_; }
  Packing packing() const { return packing_; }
  const float* panel(int64_t number) const { return values_.data() + number * steps_ * panel_rows; }

 private:
  Packing packing_;
  int64_t panels_ = 0, steps_ = 0;
  std::vector<float> values_;  // [panel][step][row]; a float is two bfloat16 there
};

/// A factor of float32, inner x columns, times a number for each inner index; columns are a multiple of panel_columns.
class PackedColumns {
 public:
  /// weights: as many as the matrix has rows, or null for ones.
  PackedColumns(const at::Tensor& matrix, const float* weights, Packing packing);
  int64_t steps() const { return steps_; }
  const float* panel(int64_t number) const { return values_.data() + number * steps_ * panel_columns; }

 private:
  int64_t steps_ = 0;
  std::vector<float> values_;  // [panel][step][column]
};

/// One panel of rows times one of columns: out[row * stride + column].
void multiply_panels(const PackedRows& rows, int64_t row_panel, const PackedColumns& columns, int64_t column_panel,
                     float* out, int64_t stride);

/// The whole product, rows x columns, float32.
at::Tensor multiply(const PackedRows& rows, int64_t row_count, const PackedColumns& columns, int64_t column_count);

}  // namespace arcuate::ridge
